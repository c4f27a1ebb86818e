/// Observer: sees every request from submit to complete; what --stats and --trace are made of.
#pragma once

#include <evt/request.hpp>
#include <evt/time.hpp>

namespace evt {

/// One operation of one request, as an observer sees it.
struct Observation {
  Operation operation;
  std::uint64_t id;       ///< Unique in its loop.
  int fd;                 ///< -1 where there is none.
  nanoseconds submitted;  ///< Monotonic clock.
  nanoseconds completed;  ///< Zero in submitted().
  std::int64_t result;    ///< A count, or -errno; canceled is -ECANCELED, eof is 0.
};

/// Called on the loop's thread, synchronously; must not touch the loop. Outlives it.
class Observer {
 public:
  virtual void submitted(const Observation&) {}
  virtual void completed(const Observation& observation) = 0;

 protected:
  ~Observer() = default;
};

}  // namespace evt
