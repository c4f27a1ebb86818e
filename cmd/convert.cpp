/// The part of convert() that is not a template.
#include "convert.hpp"

namespace evtool {

Refusal none_of(std::span<const std::string_view> allowed) {
  Refusal refusal = "is none of ";
  for (std::size_t index = 0; index < allowed.size(); ++index) {
    if (index > 0) refusal += index + 1 == allowed.size() ? " and " : ", ";
    refusal += allowed[index];
  }
  return refusal;
}

}  // namespace evtool
