/// The parameters of SVCB and HTTPS (RFC 9460), as text.
#include "dns/digits.hpp"
#include "dns/printer.hpp"
#include "dns/text.hpp"
#include "dns/words_of_numbers.hpp"

namespace evt::dns {

namespace {

void append_key(std::string& out, unsigned key) {
  constexpr unsigned last_of_rfc9460 = 6;  // dig 9.18 knows no others.
  std::string_view word = word_of(Vocabulary::parameter, key);
  if (key > last_of_rfc9460) {
    out += "key";
    append_number(out, key);
    return;
  }
  for (char letter : word)
    out += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 0x20) : letter;
}

}  // namespace

void Printer::parameters() {
  while (reader_.left() != 0) {
    const unsigned key = reader_.u16();
    auto value = reader_.take(reader_.u16());
    blank();
    append_key(out_, key);
    if (value.empty()) continue;
    out_ += '=';
    parameter(key, value);
  }
}

void Printer::parameter(unsigned key, std::span<const std::byte> value) {
  detail::OctetReader reader(value);
  const auto addresses = [&](std::size_t size, auto print) {
    for (bool more = false; reader.left() != 0; more = true) {
      if (more) out_ += ',';
      first_ = true;
      print(reader.take(size));
    }
  };
  switch (key) {
    case 0:
      return mandatory(reader);
    case 1:
      return protocols(reader);
    case 3:
      return append_number(out_, reader.u16());
    case 4:
      return addresses(4, [&](auto octets) { ipv4(octets); });
    case 5:
      return append_base64(out_, value, Grouped::no);
    case 6:
      return addresses(16, [&](auto octets) { ipv6(octets); });
    default:
      first_ = true;
      quoted(value);
  }
}

void Printer::mandatory(detail::OctetReader value) {
  for (bool more = false; value.left() != 0; more = true) {
    if (more) out_ += ',';
    append_key(out_, value.u16());
  }
}

/// A list of values inside one string: a comma or backslash of a value is escaped twice (RFC 9460 appendix A.1).
void Printer::protocols(detail::OctetReader value) {
  out_ += '"';
  for (bool more = false; value.left() != 0; more = true) {
    if (more) out_ += ',';
    for (std::byte octet : value.take(value.u8())) {
      if (octet == std::byte{','} || octet == std::byte{'\\'}) out_ += "\\\\";
      if (octet == std::byte{' '}) {
        append_decimal_escape(out_, octet);
      } else {
        append_quotable(out_, octet);
      }
    }
  }
  out_ += '"';
}

}  // namespace evt::dns
