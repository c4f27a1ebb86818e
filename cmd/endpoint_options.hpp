/// The options behind the commas of an endpoint.
#pragma once

#include "endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace evtool::endpoint {

/// Takes `name` or `name=value` into the options of `endpoint`. What is wrong with it, as a phrase; nothing where it
/// was taken.
std::optional<std::string> take_option(Endpoint& endpoint, std::string_view text);

}  // namespace evtool::endpoint
