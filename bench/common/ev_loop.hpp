/// What the benchmarks on libev share.
#pragma once

#include "common/measure.hpp"

#include <ev.h>

namespace bench {

inline struct ev_loop* make_ev_loop() {
  struct ev_loop* loop = ev_loop_new(unsigned{EVBACKEND_EPOLL} | unsigned{EVFLAG_NOENV});
  if (loop == nullptr) fail("ev_loop_new", "failed");
  return loop;
}

}  // namespace bench
