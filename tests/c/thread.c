/// Other threads, in C: posts, stop, wakes, tickets and pool work.
#include "check.h"

#include <pthread.h>
#include <unistd.h>

static pthread_t start_thread(void* (*run)(void*), void* context) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, run, context) == 0);
  return thread;
}

static void join(pthread_t thread) {
  CHECK(pthread_join(thread, NULL) == 0);
}

enum { many = 200 };

struct Counter {
  evt_loop* loop;
  int count;
};

static void count(void* context) {
  struct Counter* counter = context;
  if (++counter->count == many) evt_loop_stop(counter->loop);
}

static void* post_many(void* context) {
  struct Counter* counter = context;
  for (int each = 0; each < many; ++each)
    CHECK_EQ(evt_loop_post(counter->loop, count, counter), 0);
  return NULL;
}

static void posts(evt_loop* loop) {
  struct Counter counter = {loop, 0};
  struct CheckResult seen = {0};
  evt_timer forever;
  evt_timer_init(&forever, loop, EVT_MONOTONIC, &seen);
  CHECK_EQ(evt_timer_after(&forever, EVT_NEVER, check_done), 0);
  const pthread_t thread = start_thread(post_many, &counter);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), many);
  join(thread);
  CHECK_EQ(counter.count, many);
  evt_timer_destroy(&forever);
}

struct Bell {
  evt_wake wake;
  int* value;
};

static void* ring(void* context) {
  struct Bell* bell = context;
  *bell->value = 42;
  evt_wake_notify(&bell->wake);
  return NULL;
}

static void wakes(evt_loop* loop) {
  int value = 0;
  struct CheckResult seen = {0};
  struct Bell bell = {.value = &value};
  evt_wake_init(&bell.wake, loop, &seen);
  CHECK_EQ(evt_wake_wait(&bell.wake, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 0);  // It starts unreferenced.
  evt_ref(&bell.wake.request);
  const pthread_t thread = start_thread(ring, &bell);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(value, 42);
  CHECK_EQ(seen.result, 0);
  join(thread);
  evt_wake_notify(&bell.wake);
  evt_wake_notify(&bell.wake);
  CHECK_EQ(evt_wake_wait(&bell.wake, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(seen.calls, 2);
  CHECK_EQ(evt_wake_wait(&bell.wake, check_done), 0);
  evt_wake_notify(&bell.wake);
  int64_t result = -1;
  CHECK(evt_cancel_sync(&bell.wake.request, &result));
  CHECK_EQ(result, 0);
  evt_wake_destroy(&bell.wake);
}

struct Canceler {
  evt_loop* loop;
  evt_ticket ticket;
};

static void* cancel_it(void* context) {
  struct Canceler* canceler = context;
  CHECK_EQ(evt_request_cancel(canceler->loop, canceler->ticket), 0);
  return NULL;
}

static void tickets(evt_loop* loop) {
  int ends[2];
  check_pipe(ends);
  char buffer[4];
  struct CheckResult seen = {0};
  evt_file file;
  evt_io io;
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&io, &file, &seen);
  CHECK_EQ(evt_read(&io, buffer, sizeof buffer, check_done), 0);
  struct Canceler canceler = {loop, evt_ticket_of(&io.request)};
  const pthread_t thread = start_thread(cancel_it, &canceler);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  join(thread);
  CHECK_EQ(seen.calls, 1);
  CHECK_EQ(seen.result, -ECANCELED);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
  close(ends[1]);
}

struct Job {
  evt_work work;
  pthread_t where;
  int64_t result;
};

static void note_thread(void* user) {
  struct Job* job = user;
  job->where = pthread_self();
}

static evt_action job_is_over(evt_request* request, int64_t result, void* user) {
  struct Job* job = user;
  CHECK(request == &job->work.request);
  CHECK(!pthread_equal(job->where, pthread_self()));
  job->result = result;
  return EVT_DISARM;
}

static void pool_work(evt_loop* loop) {
  evt_pool pool;
  CHECK_EQ(evt_pool_init(&pool, 2), 0);
  struct Job jobs[8];
  for (int index = 0; index < 8; ++index) {
    jobs[index].result = -1;
    evt_work_init(&jobs[index].work, loop, &pool, &jobs[index]);
    CHECK_EQ(evt_work_run(&jobs[index].work, note_thread, job_is_over), 0);
  }
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 8);
  for (int index = 0; index < 8; ++index) {
    CHECK_EQ(jobs[index].result, 0);
    evt_work_destroy(&jobs[index].work);
  }
  evt_pool_destroy(&pool);
}

static void pool_of_a_loop(evt_loop* unused) {
  (void)unused;
  evt_pool pool;
  CHECK_EQ(evt_pool_init(&pool, 0), 0);
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend, .disk_work = EVT_DISK_ON_POOL, .pool = &pool};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  struct CheckResult seen = {0};
  evt_open opener;
  evt_open_init(&opener, &loop, &seen);
  CHECK_EQ(evt_openat(&opener, -1, "/", 0, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(&loop, EVT_UNTIL_DONE), 1);
  CHECK(seen.result >= 0);
  close((int)seen.result);
  evt_open_destroy(&opener);
  evt_loop_destroy(&loop);
  evt_pool_destroy(&pool);
}

const struct CheckCase thread_cases[] = {
    {"posts of another thread run on the loop's", posts},
    {"a wake is told once of many notifications, and sees what was written before", wakes},
    {"a ticket cancels from another thread", tickets},
    {"work runs on a pool, its callback on the loop's thread", pool_work},
    {"a loop borrows a pool", pool_of_a_loop},
    {NULL, NULL},
};
