/// Loops in C: options, run modes, posts, stopping, embedding, fork.
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void say_backend(evt_loop* loop) {
  CHECK_EQ(evt_loop_backend(loop), check_backend);
  const char* name = check_backend == EVT_EPOLL ? "epoll" : "io_uring";
  CHECK(strstr(evt_loop_backend_reason(loop), name) != NULL);
}

static void default_options(evt_loop* unused) {
  (void)unused;
  evt_loop loop;
  CHECK_EQ(evt_loop_init(&loop, NULL), 0);
  CHECK(evt_loop_backend(&loop) != EVT_AUTOMATIC);
  CHECK_EQ(evt_loop_run(&loop, EVT_UNTIL_DONE), 0);
  evt_loop_destroy(&loop);
}

static void small_options(evt_loop* unused) {
  (void)unused;
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend, .entries = 1, .budget = 1, .post_capacity = 2};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  enum { count = 50 };
  evt_nop nops[count];
  struct CheckResult seen = {0};
  for (int index = 0; index < count; ++index) {
    evt_nop_init(&nops[index], &loop, &seen);
    CHECK_EQ(evt_nop_submit(&nops[index], check_done), 0);
  }
  CHECK(evt_loop_run(&loop, EVT_NO_WAIT) <= 1);
  evt_loop_run(&loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.calls, count);
  for (int index = 0; index < count; ++index)
    evt_nop_destroy(&nops[index]);
  evt_loop_destroy(&loop);
}

static void run_modes(evt_loop* loop) {
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);
  struct CheckResult seen = {.rearms = 4};
  evt_nop nop;
  evt_nop_init(&nop, loop, &seen);
  CHECK_EQ(evt_nop_submit(&nop, check_done), 0);
  CHECK_EQ(seen.calls, 0);
  CHECK_EQ(evt_loop_run(loop, EVT_ONCE), 1);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 4);
  CHECK_EQ(seen.calls, 5);
  CHECK_EQ(evt_loop_dispatch(loop, 0), 0);
  evt_nop_destroy(&nop);
}

struct Nested {
  evt_loop* loop;
  int64_t result;
};

static evt_action run_again(evt_request* request, int64_t result, void* user) {
  (void)request;
  (void)result;
  struct Nested* nested = user;
  nested->result = evt_loop_run(nested->loop, EVT_NO_WAIT);
  return EVT_DISARM;
}

static void nested_run(evt_loop* loop) {
  struct Nested nested = {loop, 0};
  evt_nop nop;
  evt_nop_init(&nop, loop, &nested);
  CHECK_EQ(evt_nop_submit(&nop, run_again), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(nested.result, EVT_BUSY);
  evt_nop_destroy(&nop);
}

static void add_one(void* context) {
  ++*(int*)context;
}

static void posts_and_deferred_calls(evt_loop* loop) {
  int posted = 0;
  int deferred = 0;
  for (int index = 0; index < 10; ++index) {
    CHECK_EQ(evt_loop_post(loop, add_one, &posted), 0);
    CHECK_EQ(evt_loop_defer(loop, add_one, &deferred), 0);
  }
  CHECK_EQ(posted + deferred, 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 20);
  CHECK_EQ(posted, 10);
  CHECK_EQ(deferred, 10);
}

static void too_many_posts(evt_loop* unused) {
  (void)unused;
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend, .post_capacity = 4};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  int ran = 0;
  for (int index = 0; index < 4; ++index)
    CHECK_EQ(evt_loop_post(&loop, add_one, &ran), 0);
  CHECK_EQ(evt_loop_post(&loop, add_one, &ran), -ENOBUFS);
  CHECK_EQ(evt_loop_run(&loop, EVT_UNTIL_DONE), 4);
  CHECK_EQ(evt_loop_post(&loop, add_one, &ran), 0);
  evt_loop_destroy(&loop);
  CHECK_EQ(ran, 4);
}

static evt_loop* stopped_loop;

static void stop_it(int signal_number) {
  (void)signal_number;
  evt_loop_stop(stopped_loop);
}

static void stop_from_a_signal_handler(evt_loop* loop) {
  stopped_loop = loop;
  struct sigaction action = {.sa_handler = stop_it};
  struct sigaction before;
  CHECK(sigaction(SIGUSR1, &action, &before) == 0);
  struct CheckResult seen = {0};
  evt_timer timer;
  evt_timer_init(&timer, loop, EVT_MONOTONIC, &seen);
  CHECK_EQ(evt_timer_after(&timer, 3600 * INT64_C(1000000000), check_done), 0);
  raise(SIGUSR1);
  CHECK(evt_loop_stopped(loop));
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);
  evt_loop_restart(loop);
  CHECK(!evt_loop_stopped(loop));
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  evt_timer_destroy(&timer);
  CHECK_EQ(seen.calls, 0);
  sigaction(SIGUSR1, &before, NULL);
}

static void embedding(evt_loop* loop) {
  int ends[2];
  check_pipe(ends);
  char buffer[8];
  struct CheckResult seen = {0};
  evt_file file;
  evt_io io;
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&io, &file, &seen);
  CHECK_EQ(evt_read(&io, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_loop_prepare(loop), EVT_NEVER);
  struct pollfd host = {.fd = evt_loop_fd(loop), .events = POLLIN};
  CHECK(host.fd >= 0);
  CHECK(write(ends[1], "hello", 5) == 5);
  while (seen.calls == 0) {
    CHECK(poll(&host, 1, 10000) == 1);
    CHECK(evt_loop_run(loop, EVT_NO_WAIT) >= 0);
    if (seen.calls == 0) evt_loop_prepare(loop);
  }
  CHECK_EQ(seen.result, 5);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
  close(ends[1]);
}

static void in_the_child(evt_loop* loop, evt_io* io, struct CheckResult* seen) {
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), EVT_FORKED);
  CHECK_EQ(evt_loop_after_fork(loop), 0);
  CHECK(evt_loop_run(loop, EVT_UNTIL_DONE) >= 1);
  CHECK_EQ(seen->calls, 1);
  CHECK_EQ(seen->result, -ECANCELED);
  CHECK(evt_state_of(&io->request) == EVT_IDLE);
}

static void fork_and_go_on(evt_loop* loop) {
  int ends[2];
  check_pipe(ends);
  char buffer[8];
  struct CheckResult seen = {0};
  evt_file file;
  evt_io io;
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&io, &file, &seen);
  CHECK_EQ(evt_read(&io, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    in_the_child(loop, &io, &seen);
    _exit(0);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(write(ends[1], "parent", 6) == 6);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.result, 6);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
  close(ends[1]);
}

static void texts_of_codes(evt_loop* loop) {
  (void)loop;
  CHECK(strcmp(evt_strerror(-ENOENT), "No such file or directory") == 0);
  CHECK(strcmp(evt_strerror(-ECANCELED), "Operation canceled") == 0);
  CHECK(strcmp(evt_strerror(EVT_EOF), "End of file") == 0);
  CHECK(strcmp(evt_strerror(EVT_BUSY), "Already in use") == 0);
  CHECK(strcmp(evt_strerror(7), "Success") == 0);
  CHECK(strcmp(evt_strerror(-4000), "Unknown error") == 0);
  CHECK(strcmp(evt_strerror(INT64_MIN), "Unknown error") == 0);
}

const struct CheckCase loop_cases[] = {
    {"a loop is of the backend that was named, and says why", say_backend},
    {"without options a loop takes what is best here", default_options},
    {"one entry and a budget of one lose nothing", small_options},
    {"run counts callbacks in each mode", run_modes},
    {"run in a callback is busy", nested_run},
    {"posts and deferred calls run once each, from run", posts_and_deferred_calls},
    {"more posts than fit are refused and lose none", too_many_posts},
    {"stop works in a signal handler, and lasts until restart", stop_from_a_signal_handler},
    {"a host waits for the loop with poll", embedding},
    {"a child of fork is told so, and goes on with a loop of its own", fork_and_go_on},
    {"every code has a text", texts_of_codes},
    {NULL, NULL},
};
