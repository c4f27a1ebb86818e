/// RFC 2782: priorities in order, and weights as chances.
#include "dial/service_order.hpp"

#include <sys/random.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace evt::detail {

namespace {

using Iterator = std::vector<ServiceRecord>::iterator;

/// Brings each record of one priority to its place: who comes next is drawn from those that are left.
void draw(Iterator first, Iterator last, std::uint32_t (*random)(std::uint32_t most)) {
  for (; first != last; ++first) {
    std::uint32_t sum = 0;
    std::for_each(first, last, [&](const ServiceRecord& record) { sum += record.weight; });
    const std::uint32_t chosen = random(sum);
    std::uint32_t running = 0;
    const auto next = std::find_if(first, last, [&](const ServiceRecord& record) {
      running += record.weight;
      return running >= chosen;
    });
    std::rotate(first, next, std::next(next));
  }
}

}  // namespace

void sort_services(std::vector<ServiceRecord>& records, std::uint32_t (*random)(std::uint32_t most)) {
  // Those with weight 0 stand first among equals, so that they have a small chance too.
  std::ranges::sort(records, {},
                    [](const ServiceRecord& record) { return std::pair(record.priority, record.weight != 0); });
  for (auto first = records.begin(); first != records.end();) {
    const auto last =
        std::find_if(first, records.end(), [&](const ServiceRecord& r) { return r.priority != first->priority; });
    draw(first, last, random);
    first = last;
  }
}

std::uint32_t random_up_to(std::uint32_t most) noexcept {
  std::uint64_t number = 0;
  // Without the kernel's help the first wins: no harm is done.
  if (getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) return 0;
  return static_cast<std::uint32_t>(number % (std::uint64_t{most} + 1));
}

}  // namespace evt::detail
