/// sched_setattr(2): Debian 12's C library does not have it, and the kernel's header for it excludes <sched.h>.
#include "slice.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace evtool {
namespace {

/// sched_attr of <linux/sched/types.h>, in its first size.
struct Attributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns;  ///< With SCHED_OTHER the slice, since Linux 6.12.
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};
static_assert(sizeof(Attributes) == 48);

/// False where the policy is one without slices.
bool get(Attributes& attributes) {
  return ::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0 && attributes.policy == SCHED_OTHER;
}

}  // namespace

std::uint64_t time_slice() {
  Attributes attributes{};
  return get(attributes) ? attributes.runtime_ns : 0;
}

void set_time_slice(std::uint64_t slice_ns) {
  Attributes attributes{};
  if (!get(attributes)) return;
  attributes.size = sizeof attributes;
  attributes.runtime_ns = slice_ns;
  (void)::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace evtool
