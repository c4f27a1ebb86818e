/// dig's +words, in dig's spelling.
#pragma once

#include "dnsq/settings.hpp"

#include <string>
#include <string_view>

namespace evtool::dnsq {

/// Applies `word`, its `+` included. Returns why not, completing "'WORD' …"; empty when it was applied.
std::string apply_plus_word(std::string_view word, Settings& settings);

}  // namespace evtool::dnsq
