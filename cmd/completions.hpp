/// What the completion scripts of the three shells have in common.
#pragma once

#include "applet.hpp"

#include <cstdint>
#include <string>

namespace evtool {

std::string bash_completions();
std::string zsh_completions();
std::string fish_completions();

/// What a shell may offer for a value or an operand.
enum class Offer : std::uint8_t { nothing, words, files, directories };

inline Offer offer_for(const Option& option) {
  if (!option.words.empty()) return Offer::words;
  if (option.value == "FILE") return Offer::files;
  return option.value == "DIR" ? Offer::directories : Offer::nothing;
}

inline bool takes_files(const Applet& applet) {
  return applet.operands.form.find("FILE") != std::string_view::npos;
}

/// The applet's own options, then the common ones.
template <typename Visit>
void for_each_option(const Applet& applet, Visit visit) {
  for (const Option& option : applet.options)
    visit(option);
  for (const Option& option : common_options)
    visit(option);
}

inline std::string joined(std::span<const std::string_view> list, std::string_view separator) {
  std::string text;
  for (const auto item : list)
    text.append(text.empty() ? "" : separator).append(item);
  return text;
}

/// `text` with a backslash before each of `specials`.
inline std::string backslashed(std::string_view text, std::string_view specials) {
  std::string out;
  for (const char byte : text) {
    if (specials.find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

}  // namespace evtool
