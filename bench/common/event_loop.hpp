/// What the benchmarks on libevent share.
#pragma once

#include "common/measure.hpp"

#include <event2/event.h>

#include <string_view>

namespace bench {

inline event_base* make_event_base() {
  event_base* base = event_base_new();
  if (base == nullptr || std::string_view{event_base_get_method(base)} != "epoll") fail("event_base_new", "no epoll");
  return base;
}

inline void checked_event(int result, const char* operation) {
  if (result != 0) fail(operation, "failed");
}

}  // namespace bench
