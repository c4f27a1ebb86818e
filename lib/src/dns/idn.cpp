/// Internationalized names, by libidn2.
#include <evt/dns/idn.hpp>

#include <idn2.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace evt::dns {

namespace {

int errno_of(int code) noexcept {
  switch (code) {
    case IDN2_MALLOC:
      return ENOMEM;
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT:
      return ENAMETOOLONG;
    default:
      return EILSEQ;
  }
}

}  // namespace

Result<std::string> to_ascii(std::string_view utf8) {
  if (std::ranges::all_of(utf8, [](char letter) { return static_cast<unsigned char>(letter) < 0x80; })) {
    return std::string(utf8);
  }
  if (utf8.contains('\0')) return std::unexpected(errno_error("idn", EILSEQ));
  const std::string name(utf8);
  unsigned char* found = nullptr;
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  const int code = idn2_lookup_u8(text, &found, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<unsigned char, decltype(&idn2_free)> owner(found, &idn2_free);
  if (code != IDN2_OK) return std::unexpected(errno_error("idn", errno_of(code)));
  return std::string(reinterpret_cast<const char*>(found));
}

}  // namespace evt::dns
