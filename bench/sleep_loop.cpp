/// The hand-written limit for the ticks of timer: a bare clock_nanosleep(2) loop with a timer slack of 1 ns.
/// Usage: sleep_loop INTERVAL_US COUNT
#include "common/measure.hpp"

#include <sys/prctl.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

int main(int argc, char** argv) {
  if (argc != 3) bench::fail("sleep_loop", "usage: sleep_loop INTERVAL_US COUNT");
  const std::int64_t interval_ns = std::strtol(argv[1], nullptr, 10) * 1000;
  const std::int64_t count = std::strtol(argv[2], nullptr, 10);
  prctl(PR_SET_TIMERSLACK, 1);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  std::int64_t due = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  for (std::int64_t tick = 0; tick < count; ++tick) {
    due += interval_ns;
    const timespec then{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, nullptr) == EINTR) {
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
  }
  return 0;
}
