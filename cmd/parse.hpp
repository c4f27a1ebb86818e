/// Words of a command line into settings, by the tables.
#pragma once

#include "applet.hpp"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evtool {

struct ParsedWords {
  std::vector<std::string> operands;
  std::span<char* const> command;
};

/// Stores every option of `words` into `settings` (of the applet's type) or `common`, in the order given. The error
/// is one line that names the offending token.
std::expected<ParsedWords, std::string> parse(const Applet& applet, std::span<char* const> words, void* settings,
                                              Common& common);

/// The first word that is neither an option nor the value of one, also where parse() fails; empty where there is none.
std::string_view first_operand(const Applet& applet, std::span<char* const> words);

}  // namespace evtool
