/// The nearest name to a mistyped one, if one name is clearly nearest.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace evtool {

/// Completes a message about the unknown `word`: "; did you mean 'cat'?", or nothing when none or several
/// of `names` are near.
std::string suggestion(std::string_view word, std::span<const std::string_view> names);

}  // namespace evtool
