/// evtool with a wall clock that is stepped by EVT_STEP_BY_MS, EVT_STEP_AFTER_MS after the start, for the tests: the
/// system calls around CLOCK_REALTIME are wrapped by the linker. Time namespaces do not shift that clock.
#include "applets.hpp"
#include "signals.hpp"

#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

constinit std::atomic<std::int64_t> offset_ns = 0;
constinit std::atomic<int> wall_timer = -1;
constinit std::int64_t after_ns = 0;
constinit std::int64_t by_ns = 0;

std::int64_t in_ns(const timespec& time) {
  return time.tv_sec * second_ns + time.tv_nsec;
}

timespec in_timespec(std::int64_t ns) {
  return {.tv_sec = ns / second_ns, .tv_nsec = ns % second_ns};
}

std::int64_t milliseconds(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10) * 1'000'000;
}

}  // namespace

// The linker makes these names of those in --wrap.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
int __real_clock_gettime(clockid_t clock, timespec* time);
int __real_timerfd_create(int clock, int flags);
int __real_timerfd_settime(int fd, int flags, const itimerspec* wanted, itimerspec* before);
int __wrap_clock_gettime(clockid_t clock, timespec* time);
int __wrap_timerfd_create(int clock, int flags);
int __wrap_timerfd_settime(int fd, int flags, const itimerspec* wanted, itimerspec* before);

int __wrap_clock_gettime(clockid_t clock, timespec* time) {
  const int result = __real_clock_gettime(clock, time);
  if (clock == CLOCK_REALTIME && result == 0) *time = in_timespec(in_ns(*time) + offset_ns);
  return result;
}

int __wrap_timerfd_create(int clock, int flags) {
  if (clock != CLOCK_REALTIME) return __real_timerfd_create(clock, flags);
  wall_timer = __real_timerfd_create(CLOCK_MONOTONIC, flags);
  return wall_timer;
}

/// The deadline is on our wall clock; the timer is a monotonic one.
int __wrap_timerfd_settime(int fd, int flags, const itimerspec* wanted, itimerspec* before) {
  if (fd != wall_timer || in_ns(wanted->it_value) == 0) return __real_timerfd_settime(fd, flags, wanted, before);
  timespec wall{};
  timespec monotonic{};
  __wrap_clock_gettime(CLOCK_REALTIME, &wall);
  __real_clock_gettime(CLOCK_MONOTONIC, &monotonic);
  const auto deadline = in_ns(wanted->it_value) - in_ns(wall) + in_ns(monotonic);
  const itimerspec then{.it_interval = {}, .it_value = in_timespec(deadline > 0 ? deadline : 1)};
  return __real_timerfd_settime(fd, TFD_TIMER_ABSTIME, &then, before);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

/// As the kernel does: the clock is another one, and whoever waits for it is told.
void* step(void*) {
  const timespec wait = in_timespec(after_ns);
  nanosleep(&wait, nullptr);
  offset_ns = by_ns;
  const itimerspec now{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
  __real_timerfd_settime(wall_timer, TFD_TIMER_ABSTIME, &now, nullptr);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  after_ns = milliseconds("EVT_STEP_AFTER_MS");
  by_ns = milliseconds("EVT_STEP_BY_MS");
  pthread_t thread{};
  if (pthread_create(&thread, nullptr, step, nullptr) != 0) return 1;
  const auto exit = static_cast<int>(evtool::dispatch(std::span(argv, static_cast<std::size_t>(argc))));
  pthread_join(thread, nullptr);
  return exit & 0xff;
}
