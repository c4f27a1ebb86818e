/// The servers of a service in the order of RFC 2782.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evt::detail {

/// An SRV record. The target has no dot at the end; that of the root, "this service is not to be had", is empty.
struct ServiceRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
};

/// Lower priorities first; among equals by chance, in proportion to the weights. `random(n)` is one of 0 to n.
void sort_services(std::vector<ServiceRecord>& records, std::uint32_t (*random)(std::uint32_t most));

/// The kernel's: a fine `random` for sort_services.
std::uint32_t random_up_to(std::uint32_t most) noexcept;

}  // namespace evt::detail
