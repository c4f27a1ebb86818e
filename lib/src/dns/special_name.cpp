/// Names that are never asked about.
#include "dns/words.hpp"
#include <evt/dns/special_name.hpp>

#include <algorithm>

namespace evt::dns {

namespace {

/// Whether the last label of `name` is `label`.
bool is_below(std::string_view name, std::string_view label) noexcept {
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  return std::ranges::equal(last, label, {}, detail::lower);
}

}  // namespace

SpecialName special_name(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (is_below(name, "localhost")) return SpecialName::loopback;
  if (is_below(name, "invalid") || is_below(name, "onion")) return SpecialName::missing;
  return SpecialName::none;
}

}  // namespace evt::dns
