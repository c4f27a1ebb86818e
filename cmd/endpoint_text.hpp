/// The pieces of an endpoint's text: quotes, commas, words.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace evtool::endpoint {

/// `text` at its commas, but not at those inside quotes, brackets or behind a backslash, which all stay. The error is
/// a phrase.
std::expected<std::vector<std::string_view>, std::string> split_at_commas(std::string_view text);

/// Without quotes and backslashes: '…' as it is, "…" with escapes.
std::string unquoted(std::string_view text);

/// As unquoted(), where all of `text` stands in one pair of quotes; else `text` as it is: quotes inside are a shell's.
std::string unwrapped(std::string_view text);

/// A command line as words: blanks part them, quotes and backslashes keep them together. No variables, no patterns.
std::vector<std::string> words_of(std::string_view command);

}  // namespace evtool::endpoint
