/// The tables as text: help for people, TSV for scripts, completions for shells.
#pragma once

#include "applet.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace evtool {

enum class Shell : std::uint8_t { bash, zsh, fish };

template <>
inline constexpr auto words<Shell> = std::to_array<std::string_view>({"bash", "zsh", "fish"});

enum class Headings : std::uint8_t { plain, bold };

/// What --help prints.
std::string help(const Applet& applet, Headings headings);

/// "evtool 1.2.3\n"
std::string version_line();

/// `NAME<TAB>OPERANDS<TAB>SUMMARY`, a line an applet.
std::string list_applets();

/// `APPLET<TAB>LETTER<TAB>NAME<TAB>VALUE<TAB>HELP`, a line an option, the common ones included. `-` where an option
/// has no letter, no name or no value.
std::string list_options(const Applet& applet);

/// A completion script for evtool and the links to it.
std::string completions(Shell shell);

}  // namespace evtool
