/// Requests in C: their life, cancellation, references, and what outlives what.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/// A read of a pipe that nobody writes to.
struct Waiting {
  int ends[2];
  evt_file file;
  evt_io io;
  struct CheckResult seen;
  char buffer[16];
};

static void open_waiting(struct Waiting* waiting, evt_loop* loop) {
  memset(waiting, 0, sizeof *waiting);
  check_pipe(waiting->ends);
  evt_file_init(&waiting->file, loop, waiting->ends[0], EVT_BORROW, EVT_ORDERED);
  evt_io_init(&waiting->io, &waiting->file, &waiting->seen);
  CHECK_EQ(evt_read(&waiting->io, waiting->buffer, sizeof waiting->buffer, check_done), 0);
}

static void close_waiting(struct Waiting* waiting) {
  evt_io_destroy(&waiting->io);
  evt_file_destroy(&waiting->file);
  close(waiting->ends[0]);
  close(waiting->ends[1]);
}

static void busy(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  CHECK(evt_state_of(&waiting.io.request) != EVT_IDLE);
  CHECK_EQ(evt_read(&waiting.io, waiting.buffer, 1, check_done), EVT_BUSY);
  CHECK(write(waiting.ends[1], "data", 4) == 4);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(waiting.seen.result, 4);
  close_waiting(&waiting);
}

static void cancel(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  evt_loop_run(loop, EVT_NO_WAIT);
  evt_cancel(&waiting.io.request);
  evt_cancel(&waiting.io.request);
  CHECK_EQ(waiting.seen.calls, 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(waiting.seen.result, -ECANCELED);
  CHECK_EQ(waiting.seen.calls, 1);
  close_waiting(&waiting);
}

static void cancel_sync(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  int64_t result = 77;
  CHECK(!evt_cancel_sync(&waiting.io.request, &result));
  CHECK_EQ(result, 77);
  CHECK(evt_state_of(&waiting.io.request) == EVT_IDLE);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);
  CHECK_EQ(waiting.seen.calls, 0);
  CHECK(!evt_cancel_sync(&waiting.io.request, NULL));
  close_waiting(&waiting);
}

static void cancel_sync_of_what_won(evt_loop* unused) {
  (void)unused;
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend, .budget = 1};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  struct CheckResult first_seen = {0};
  struct CheckResult second_seen = {0};
  evt_timer first;
  evt_timer second;
  evt_timer_init(&first, &loop, EVT_MONOTONIC, &first_seen);
  evt_timer_init(&second, &loop, EVT_MONOTONIC, &second_seen);
  CHECK_EQ(evt_timer_after(&first, 0, check_done), 0);
  CHECK_EQ(evt_timer_after(&second, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(&loop, EVT_ONCE), 1);
  CHECK_EQ(first_seen.calls, 1);
  CHECK(evt_state_of(&second.request) == EVT_READY);
  int64_t result = 0;
  CHECK(evt_cancel_sync(&second.request, &result));
  CHECK_EQ(result, 1);
  CHECK_EQ(evt_loop_run(&loop, EVT_UNTIL_DONE), 0);
  CHECK_EQ(second_seen.calls, 0);
  evt_timer_destroy(&first);
  evt_timer_destroy(&second);
  evt_loop_destroy(&loop);
}

static void cancel_sync_of_an_open(evt_loop* loop) {
  char path[] = "/tmp/evt-c-XXXXXX";
  CHECK(mkdtemp(path) != NULL);
  char fifo[64];
  snprintf(fifo, sizeof fifo, "%s/fifo", path);
  CHECK(mkfifo(fifo, 0600) == 0);
  struct CheckResult seen = {0};
  evt_open opener;
  evt_open_init(&opener, loop, &seen);
  CHECK_EQ(evt_openat(&opener, AT_FDCWD, fifo, O_RDONLY, 0, check_done), 0);
  evt_loop_run(loop, EVT_NO_WAIT);
  int64_t descriptor = -1;
  if (evt_cancel_sync(&opener.request, &descriptor)) close((int)descriptor);
  CHECK_EQ(seen.calls, 0);
  evt_open_destroy(&opener);
  unlink(fifo);
  rmdir(path);
}

static void stale_ticket(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  const evt_ticket old = evt_ticket_of(&waiting.io.request);
  CHECK(write(waiting.ends[1], "1", 1) == 1);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(evt_read(&waiting.io, waiting.buffer, 1, check_done), 0);
  CHECK_EQ(evt_request_cancel(loop, old), 0);
  for (int turn = 0; turn < 4; ++turn)
    evt_loop_run(loop, EVT_NO_WAIT);
  CHECK_EQ(waiting.seen.calls, 1);
  CHECK_EQ(evt_request_cancel(loop, evt_ticket_of(&waiting.io.request)), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(waiting.seen.calls, 2);
  CHECK_EQ(waiting.seen.result, -ECANCELED);
  close_waiting(&waiting);
}

static void unreferenced(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  evt_unref(&waiting.io.request);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);
  evt_ref(&waiting.io.request);
  CHECK(write(waiting.ends[1], "1", 1) == 1);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  close_waiting(&waiting);
}

static void rearmed(evt_loop* loop) {
  struct Waiting waiting;
  open_waiting(&waiting, loop);
  waiting.seen.rearms = 2;
  for (int round = 1; round <= 3; ++round) {
    CHECK(write(waiting.ends[1], "1", 1) == 1);
    evt_loop_run(loop, EVT_ONCE);
    CHECK_EQ(waiting.seen.calls, round);
  }
  CHECK(evt_state_of(&waiting.io.request) == EVT_IDLE);
  close_waiting(&waiting);
}

struct Order {
  int number;
  int* next;
};

static evt_action note_order(evt_request* request, int64_t result, void* user) {
  (void)request;
  (void)result;
  struct Order* order = user;
  order->number = (*order->next)++;
  return EVT_DISARM;
}

static void priorities(evt_loop* loop) {
  int next = 0;
  struct Order orders[3] = {{0, &next}, {0, &next}, {0, &next}};
  evt_timer timers[3];
  for (int index = 0; index < 3; ++index) {
    evt_timer_init(&timers[index], loop, EVT_MONOTONIC, NULL);
    evt_set_user(&timers[index].request, &orders[index]);
    evt_set_priority(&timers[index].request, -index);
    CHECK_EQ(evt_timer_after(&timers[index], 0, note_order), 0);
  }
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 3);
  for (int index = 0; index < 3; ++index) {
    CHECK_EQ(orders[index].number, 2 - index);
    evt_timer_destroy(&timers[index]);
  }
}

static void outliving_the_loop(evt_loop* unused) {
  (void)unused;
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  struct Waiting waiting;
  open_waiting(&waiting, &loop);
  evt_timer timer;
  evt_timer_init(&timer, &loop, EVT_MONOTONIC, NULL);
  evt_loop_run(&loop, EVT_NO_WAIT);
  evt_loop_destroy(&loop);
  CHECK_EQ(waiting.seen.calls, 0);
  CHECK(evt_state_of(&waiting.io.request) == EVT_IDLE);
  CHECK_EQ(evt_read(&waiting.io, waiting.buffer, 1, check_done), EVT_NO_LOOP);
  CHECK_EQ(evt_timer_after(&timer, 1, check_done), EVT_NO_LOOP);
  evt_timer_destroy(&timer);
  close_waiting(&waiting);
}

static evt_action free_it(evt_request* request, int64_t result, void* user) {
  CHECK_EQ(result, 0);
  evt_nop_destroy((evt_nop*)request);
  free(user);
  return EVT_DISARM;
}

static void freed_in_the_callback(evt_loop* loop) {
  for (int each = 0; each < 10; ++each) {
    evt_nop* nop = malloc(sizeof *nop);
    CHECK(nop != NULL);
    evt_nop_init(nop, loop, nop);
    CHECK_EQ(evt_nop_submit(nop, free_it), 0);
  }
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 10);
}

const struct CheckCase request_cases[] = {
    {"a request that is not idle is busy, and goes on", busy},
    {"cancel ends a read once, with -ECANCELED, from run", cancel},
    {"cancel_sync leaves the request idle without a callback", cancel_sync},
    {"cancel_sync hands back what won", cancel_sync_of_what_won},
    {"an open that is canceled leaks no descriptor", cancel_sync_of_an_open},
    {"a stale ticket cancels nothing, the current one does", stale_ticket},
    {"an unreferenced request does not keep the loop going", unreferenced},
    {"rearm repeats the operation", rearmed},
    {"lower priorities are called first", priorities},
    {"what outlives its loop says so", outliving_the_loop},
    {"a request may be freed in its callback", freed_in_the_callback},
    {NULL, NULL},
};
