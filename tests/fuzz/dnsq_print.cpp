/// What dnsq prints of any message, as dig does and as JSON: nothing in it drives a terminal.
#include "dnsq/message_json.hpp"
#include "dnsq/print.hpp"
#include "fuzz.hpp"
#include "utf8.hpp"

#include <string>

namespace {

using evt::fuzzing::require;

bool is_harmless(std::string_view text) {
  while (!text.empty()) {
    const evtool::Character character = evtool::first_character(text);
    const bool blank = character.code == '\n' || character.code == '\t';
    if (character.length == 0 || (evtool::is_control(character.code) && !blank)) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
  auto message = evt::dns::Message::parse(input);
  if (!message) return;
  std::string text;
  evtool::dnsq::append_message(text, *message, {}, input.first(8));
  require(is_harmless(text), "text is UTF-8 without controls");
  std::string brief;
  evtool::dnsq::append_short(brief, *message);
  require(is_harmless(brief), "so is what is short");
  std::string json;
  evtool::dnsq::append_json(json, *message);
  require(is_harmless(json) && !json.contains('\n'), "so is JSON, which is one line");
}
