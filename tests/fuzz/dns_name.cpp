/// Names: from text and from octets.
#include "fuzz.hpp"
#include <evt/dns/name.hpp>

#include <algorithm>

void fuzz(std::span<const std::byte> input) {
  using evt::fuzzing::require;
  for (auto name : {evt::dns::Name::parse(evt::fuzzing::text_of(input)), evt::dns::Name::from_wire(input)}) {
    if (!name) continue;
    require(name->wire().size() <= evt::dns::Name::capacity, "a name has at most 255 octets");
    auto again = evt::dns::Name::parse(name->text());
    require(again && again->identical(*name), "the text of a name is read as the same name");
    auto octets = evt::dns::Name::from_wire(name->wire());
    require(octets && octets->identical(*name), "the octets of a name are the same name");
    require(name->hash() == again->hash(), "equal names have one hash");
    evt::dns::Name rest = *name;
    for (std::size_t i = 0; i < name->label_count(); ++i) {
      require(name->ends_with(rest), "a name ends with its parents");
      rest = rest.parent();
    }
    require(rest.is_root(), "the last parent is the root");
    if (auto joined = name->join(*name)) require(joined->ends_with(*name), "what was joined is at the end");
  }
}
