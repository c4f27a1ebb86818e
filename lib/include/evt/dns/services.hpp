/// Ports by the names of services(5), without a C library that might want shared objects for that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace evt::dns {

struct Service {
  std::string_view name;  ///< Or an alias. Case counts, as in getservbyname(3).
  std::string_view protocol = "tcp";
};

/// The port of a service as the text of a services file says it.
std::optional<std::uint16_t> service_port(std::string_view text, const Service& service) noexcept;
/// The same of /etc/services, read anew at every call; the best known services are found without the file too.
std::optional<std::uint16_t> service_port(const Service& service);

}  // namespace evt::dns
