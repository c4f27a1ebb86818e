/// Escaping, and the questions one asks a terminal.
#include "terminal.hpp"

#include "utf8.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace evtool {
namespace {

void append_hex(std::string& out, std::uint32_t number, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += "0123456789abcdef"[number >> shift & 0xf];
}

void append_escape(std::string& out, Character character, char first_byte) {
  if (character.length == 0) {
    append_hex(out += "\\x", static_cast<unsigned char>(first_byte), 2);
    return;
  }
  switch (character.code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (character.code < 0x80) {
    append_hex(out += "\\x", character.code, 2);
  } else {
    append_hex(out += "\\u", character.code, 4);
  }
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  // Mostly there is nothing to do.
  if (std::ranges::all_of(text, [](char byte) { return byte >= ' ' && byte <= '~'; })) return out.assign(text);
  out.reserve(text.size());
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.length == 0 || is_control(character.code)) {
      append_escape(out, character, text[0]);
    } else {
      out += text.substr(0, character.length);
    }
    text.remove_prefix(character.length == 0 ? 1 : character.length);
  }
  return out;
}

bool is_terminal(int fd) {
  return isatty(fd) == 1;
}

unsigned terminal_columns(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool colour_wanted(When when, int fd) {
  switch (when) {
    case When::always:
      return true;
    case When::never:
      return false;
    case When::automatic:
      break;
  }
  if (!environment("NO_COLOR").empty()) return false;
  const auto force = environment("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  if (environment("TERM") == "dumb") return false;
  return is_terminal(fd);
}

}  // namespace evtool
