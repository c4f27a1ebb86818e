/// Endpoints as people write them.
#include "endpoint.hpp"

#include "fuzz.hpp"

void fuzz(std::span<const std::byte> input) {
  auto endpoint = evtool::parse_endpoint(evt::fuzzing::text_of(input));
  evt::fuzzing::require(endpoint || !endpoint.error().empty(), "what is refused has a reason");
}
