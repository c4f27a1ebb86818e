/// The options of OPT, read.
#include "base/octets.hpp"
#include <evt/dns/edns.hpp>

namespace evt::dns {

Options::Iterator& Options::Iterator::operator++() noexcept {
  ended_ = rest_.empty();
  if (ended_) return *this;
  detail::OctetReader reader(rest_);
  option_.code = OptionCode{reader.u16()};
  option_.data = reader.take(reader.u16());
  rest_ = reader.rest();
  return *this;
}

std::optional<Option> Options::find(OptionCode code) const noexcept {
  for (const Option& option : *this) {
    if (option.code == code) return option;
  }
  return std::nullopt;
}

std::optional<ExtendedError> extended_error(const Option& option) noexcept {
  if (option.code != OptionCode::extended_error || option.data.size() < 2) return std::nullopt;
  auto text = option.data.subspan(2);
  return ExtendedError{.code = detail::OctetReader(option.data).u16(),
                       .text = {reinterpret_cast<const char*>(text.data()), text.size()}};
}

std::optional<ClientSubnet> client_subnet(const Option& option) noexcept {
  if (option.code != OptionCode::client_subnet || option.data.size() < 4) return std::nullopt;
  detail::OctetReader reader(option.data);
  ClientSubnet subnet;
  subnet.family = reader.u16();
  subnet.source = reader.u8();
  subnet.scope = reader.u8();
  subnet.address = reader.rest();
  return subnet;
}

std::span<const std::byte> Edns::cookie() const noexcept {
  auto option = options.find(OptionCode::cookie);
  if (!option) return {};
  const std::size_t size = option->data.size();
  return size == 8 || (size >= 16 && size <= 40) ? option->data : std::span<const std::byte>();
}

}  // namespace evt::dns
