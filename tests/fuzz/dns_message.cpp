/// Messages: whatever parses is walked and printed completely.
#include "fuzz.hpp"
#include <evt/dns/build.hpp>
#include <evt/dns/match.hpp>
#include <evt/dns/rdata.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace {

using evt::fuzzing::require;

void walk(const evt::dns::Message& message) {
  std::string out;
  for (const evt::dns::Question& question : message.questions()) {
    question.name.append_text(out);
    append_text(out, question.type);
    append_text(out, question.cls);
    require(question.name == question.name.name(), "a name is equal to itself");
  }
  for (auto section : {evt::dns::Section::answer, evt::dns::Section::authority, evt::dns::Section::additional}) {
    std::size_t count = 0;
    for (const evt::dns::Record& record : message.records(section)) {
      append_record(out, record);
      static_cast<void>(record.address(53));
      if (auto target = record.target()) target->append_text(out);
      static_cast<void>(record.name(record.rdata.size() / 2));
      ++count;
    }
    require(count == message.records(section).size(), "a section yields as many records as it says");
    require(count == message.header().count(section) || message.cut(), "counts are met unless the message is cut");
  }
  if (message.edns()) {
    for (const evt::dns::Option& option : message.edns()->options) {
      if (auto error = extended_error(option)) require(error->text.size() + 2 == option.data.size(), "all is text");
      if (auto subnet = client_subnet(option))
        require(subnet->address.size() + 4 == option.data.size(), "all is address");
    }
  }
  append_text(out, message.rcode());
  require(std::ranges::all_of(out, [](char letter) { return letter >= 0x20 ? letter < 0x7f : letter == '\t'; }),
          "only printable ASCII comes out");
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
  auto header = evt::dns::Header::parse(input);
  auto message = evt::dns::Message::parse(input);
  require(header.has_value() || !message, "a message has a header");
  if (message) walk(*message);
  std::array<std::byte, 512> query;
  evt::dns::Builder builder(query, {.id = header ? header->id() : std::uint16_t{0}});
  builder.question(message && message->question() ? message->question()->name.name() : evt::dns::Name(),
                   evt::dns::Type::a);
  auto built = builder.finish();
  require(built.has_value(), "a query fits 512 octets");
  static_cast<void>(evt::dns::match(input, *built));
}
