/// Timers in C.
#include "check.h"

#define MILLISECOND INT64_C(1000000)

static void after(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_timer timer;
  evt_timer_init(&timer, loop, EVT_MONOTONIC, &seen);
  evt_loop_update_now(loop);
  const int64_t start = evt_loop_now(loop);
  CHECK_EQ(evt_timer_after(&timer, 2 * MILLISECOND, check_done), 0);
  CHECK_EQ(evt_timer_deadline(&timer), start + 2 * MILLISECOND);
  CHECK_EQ(evt_loop_next_deadline(loop), evt_timer_deadline(&timer));
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.result, 1);
  CHECK(evt_read_clock(EVT_MONOTONIC) >= start + 2 * MILLISECOND);
  CHECK_EQ(evt_loop_next_deadline(loop), EVT_NEVER);
  evt_timer_destroy(&timer);
}

static void at_on_each_clock(evt_loop* loop) {
  const evt_clock clocks[] = {EVT_MONOTONIC, EVT_BOOTTIME, EVT_REALTIME};
  for (int index = 0; index < 3; ++index) {
    struct CheckResult seen = {0};
    evt_timer timer;
    evt_timer_init(&timer, loop, clocks[index], &seen);
    const int64_t deadline = evt_read_clock(clocks[index]) + MILLISECOND;
    CHECK_EQ(evt_timer_at(&timer, deadline, check_done), 0);
    CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
    CHECK(evt_read_clock(clocks[index]) >= deadline);
    CHECK_EQ(seen.result, 1);
    evt_timer_destroy(&timer);
  }
}

static void intervals(evt_loop* loop) {
  struct CheckResult seen = {.rearms = 3};
  evt_timer timer;
  evt_timer_init(&timer, loop, EVT_MONOTONIC, &seen);
  evt_loop_update_now(loop);
  const int64_t first = evt_loop_now(loop) + MILLISECOND;
  CHECK_EQ(evt_timer_every(&timer, first, MILLISECOND, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 4);
  CHECK(seen.result >= 1);
  CHECK_EQ((evt_timer_deadline(&timer) - first) % MILLISECOND, 0);
  CHECK(evt_read_clock(EVT_MONOTONIC) >= first + 3 * MILLISECOND);
  evt_timer_destroy(&timer);
}

static void reset(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_timer timer;
  evt_timer_init(&timer, loop, EVT_MONOTONIC, &seen);
  CHECK(!evt_timer_reset(&timer, 0));
  CHECK_EQ(evt_timer_after(&timer, INT64_C(3600000) * MILLISECOND, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  CHECK(evt_timer_reset(&timer, MILLISECOND));
  CHECK(evt_timer_reset_at(&timer, evt_loop_now(loop) + 2 * MILLISECOND));
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.calls, 1);
  evt_timer_destroy(&timer);
}

static void never(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_timer timer;
  evt_timer_init(&timer, loop, EVT_MONOTONIC, &seen);
  CHECK_EQ(evt_timer_after(&timer, EVT_NEVER, check_done), 0);
  CHECK_EQ(evt_loop_next_deadline(loop), EVT_NEVER);
  CHECK_EQ(evt_loop_dispatch(loop, MILLISECOND), 0);
  evt_cancel(&timer.request);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.result, -ECANCELED);
  evt_timer_destroy(&timer);
}

const struct CheckCase timer_cases[] = {
    {"a timer fires once, and never early", after},
    {"a timer fires at a time of each clock", at_on_each_clock},
    {"an interval goes on along its grid as long as it is rearmed", intervals},
    {"a reset moves the deadline of what is pending", reset},
    {"never does not come, and can be canceled", never},
    {NULL, NULL},
};
