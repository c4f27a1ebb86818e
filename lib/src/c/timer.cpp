/// Timers, wakes and pool work of evt.h.
#include "c/convert.hpp"

#include <utility>

using evt::nanoseconds;
using evt::c::code_of;
using evt::c::object;

namespace {

static_assert(EVT_MONOTONIC == std::to_underlying(evt::Clock::monotonic));
static_assert(EVT_BOOTTIME == std::to_underlying(evt::Clock::boottime));
static_assert(EVT_REALTIME == std::to_underlying(evt::Clock::realtime));

evt::Timer::Done done_of(evt_callback done) noexcept {
  return evt::c::callback<evt::Timer, std::uint64_t>(done);
}

}  // namespace

void evt_timer_init(evt_timer* timer, evt_loop* loop, evt_clock clock, void* user) {
  evt::c::make_request(timer, user, object(loop), static_cast<evt::Clock>(clock));
}
void evt_timer_destroy(evt_timer* timer) {
  evt::c::end(timer);
}
int evt_timer_after(evt_timer* timer, int64_t delay, evt_callback done) {
  return code_of(object(timer).after(nanoseconds{delay}, done_of(done)));
}
int evt_timer_at(evt_timer* timer, int64_t deadline, evt_callback done) {
  return code_of(object(timer).at(nanoseconds{deadline}, done_of(done)));
}
int evt_timer_every(evt_timer* timer, int64_t first, int64_t interval, evt_callback done) {
  const evt::Timer::Schedule schedule{.first = nanoseconds{first}, .interval = nanoseconds{interval}};
  return code_of(object(timer).every(schedule, done_of(done)));
}
bool evt_timer_reset(evt_timer* timer, int64_t delay) {
  return object(timer).reset(nanoseconds{delay});
}
bool evt_timer_reset_at(evt_timer* timer, int64_t deadline) {
  return object(timer).reset_at(nanoseconds{deadline});
}
int64_t evt_timer_deadline(const evt_timer* timer) {
  return object(timer).deadline().count();
}
int64_t evt_read_clock(evt_clock clock) {
  return evt::read_clock(static_cast<evt::Clock>(clock)).count();
}

void evt_wake_init(evt_wake* wake, evt_loop* loop, void* user) {
  evt::c::make_request(wake, user, object(loop));
}
void evt_wake_destroy(evt_wake* wake) {
  evt::c::end(wake);
}
int evt_wake_wait(evt_wake* wake, evt_callback done) {
  return code_of(object(wake).wait(evt::c::callback<evt::Wake, void>(done)));
}
void evt_wake_notify(evt_wake* wake) {
  object(wake).notify();
}

void evt_work_init(evt_work* work, evt_loop* loop, evt_pool* pool, void* user) {
  evt::c::make_request(work, user, object(loop), object(pool));
}
void evt_work_destroy(evt_work* work) {
  evt::c::end(work);
}
int evt_work_run(evt_work* work, void (*job)(void* user), evt_callback done) {
  evt::Work& object = evt::c::object(work);
  return code_of(object.run({job, object.user()}, evt::c::callback<evt::Work, void>(done)));
}
