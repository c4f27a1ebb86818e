/// `evtool --install`: a link for every applet.
#pragma once

#include "exit.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace evtool {

enum class LinkKind : std::uint8_t { hard, symbolic };

struct InstallPlan {
  std::string directory;
  LinkKind kind = LinkKind::hard;
  std::string_view prefix;  ///< Before each applet's name.
};

/// Makes the links. A name that is taken stays as it is: fine when it leads to this program already, a complaint
/// and Exit::failed otherwise.
Exit install(const InstallPlan& plan);

}  // namespace evtool
