/// Data of records from text: `TYPE text`, or with a class `CLASS TYPE text`.
#include "fuzz.hpp"
#include <evt/dns/build.hpp>
#include <evt/dns/rdata.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace {

using evt::dns::Class;
using evt::dns::Type;
using evt::fuzzing::require;

std::string printed(Type type, Class cls, std::span<const std::byte> data) {
  static std::array<std::byte, 0x10100> buffer;
  evt::dns::Builder builder(buffer, {});
  builder.record(evt::dns::Section::answer, evt::dns::Name(), {.type = type, .cls = cls}, data);
  auto built = builder.finish();
  require(built.has_value(), "a message has room for one record");
  auto message = evt::dns::Message::parse(*built);
  require(message.has_value(), "what was read from text is right in a message");
  std::string out;
  append_rdata(out, *message->answers().begin());
  return out;
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
  std::string_view text = evt::fuzzing::text_of(input);
  const auto word = [&] {
    const std::size_t size = std::min(text.find(' '), text.size());
    auto found = text.substr(0, size);
    text.remove_prefix(std::min(text.size(), size + 1));
    return found;
  };
  std::string_view first = word();
  const auto cls = evt::dns::parse_class(first);
  if (cls) first = word();
  const auto type = evt::dns::parse_type(first);
  if (!type || *type == Type::opt) return;
  const Class in = cls.value_or(Class::in);
  static std::array<std::byte, 0xffff> first_data;
  static std::array<std::byte, 0xffff> second_data;
  auto data = evt::dns::parse_rdata(*type, in, text, first_data);
  if (!data) return;
  const std::string once = printed(*type, in, *data);
  auto again = evt::dns::parse_rdata(*type, in, once, second_data);
  require(again.has_value(), "what is printed can be read");
  require(printed(*type, in, *again) == once, "what is printed is read as what prints alike");
}
