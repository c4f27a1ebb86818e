/// Signals in C.
#include "check.h"

#include <signal.h>
#include <unistd.h>

static void arrive(evt_loop* loop) {
  struct CheckResult seen = {.rearms = 1};
  evt_signal request;
  evt_signal_init(&request, loop, &seen);
  CHECK_EQ(evt_signal_wait(&request, SIGUSR1, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);  // It starts unreferenced.
  evt_ref(&request.request);
  for (int round = 1; round <= 2; ++round) {
    CHECK(kill(getpid(), SIGUSR1) == 0);
    CHECK_EQ(evt_loop_run(loop, EVT_ONCE), 1);
    CHECK_EQ(seen.calls, round);
    CHECK_EQ(seen.result, 1);
    const evt_signal_info* info = evt_signal_info_of(&request);
    CHECK_EQ(info->signal, SIGUSR1);
    CHECK_EQ(info->count, 1);
    CHECK_EQ(info->code, SI_USER);
    CHECK_EQ(info->sender, getpid());
    CHECK_EQ(info->user, getuid());
  }
  evt_signal_destroy(&request);
}

static void carry_a_value(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_signal request;
  evt_signal_init(&request, loop, &seen);
  evt_ref(&request.request);
  CHECK_EQ(evt_signal_wait(&request, SIGRTMIN, check_done), 0);
  const union sigval value = {.sival_int = 42};
  CHECK(sigqueue(getpid(), SIGRTMIN, value) == 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(evt_signal_info_of(&request)->value, 42);
  CHECK_EQ(evt_signal_info_of(&request)->code, SI_QUEUE);
  evt_signal_destroy(&request);
}

static void give_back(evt_loop* loop) {
  struct sigaction before;
  struct sigaction during;
  struct sigaction after;
  CHECK(sigaction(SIGUSR2, NULL, &before) == 0);
  struct CheckResult seen = {0};
  evt_signal request;
  evt_signal_init(&request, loop, &seen);
  CHECK_EQ(evt_signal_wait(&request, SIGUSR2, check_done), 0);
  CHECK(sigaction(SIGUSR2, NULL, &during) == 0);
  CHECK(during.sa_handler != before.sa_handler);
  evt_cancel(&request.request);
  evt_ref(&request.request);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.result, -ECANCELED);
  evt_signal_destroy(&request);
  CHECK(sigaction(SIGUSR2, NULL, &after) == 0);
  CHECK(after.sa_handler == before.sa_handler);
}

static void kept_for_cancel_sync(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_signal request;
  evt_signal_init(&request, loop, &seen);
  int64_t result = 0;
  CHECK_EQ(evt_signal_wait(&request, SIGUSR1, check_done), 0);
  CHECK(!evt_cancel_sync(&request.request, &result));
  CHECK_EQ(evt_signal_wait(&request, SIGUSR1, check_done), 0);
  raise(SIGUSR1);
  CHECK(evt_cancel_sync(&request.request, &result));
  CHECK_EQ(result, 1);
  CHECK_EQ(evt_signal_info_of(&request)->signal, SIGUSR1);
  CHECK_EQ(seen.calls, 0);
  evt_signal_destroy(&request);
}

static void refused(evt_loop* loop) {
  evt_signal request;
  evt_signal_init(&request, loop, NULL);
  CHECK_EQ(evt_signal_wait(&request, SIGKILL, check_done), -EINVAL);
  CHECK_EQ(evt_signal_wait(&request, SIGSEGV, check_done), -EINVAL);
  evt_signal_destroy(&request);
}

const struct CheckCase signal_cases[] = {
    {"a signal completes its request, and says who sent it", arrive},
    {"a signal carries a value", carry_a_value},
    {"the disposition comes back with the end of the request", give_back},
    {"cancel_sync hands back a signal that came first", kept_for_cancel_sync},
    {"what cannot be handled is refused", refused},
    {NULL, NULL},
};
