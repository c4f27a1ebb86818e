/// Processes in C: started, waited for, signalled.
#include "check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/// Starts a shell with a script, and a request that waits for it.
struct Child {
  evt_process process;
  evt_waiter waiter;
  struct CheckResult seen;
};

static void start(struct Child* child, evt_loop* loop, const char* script) {
  memset(child, 0, sizeof *child);
  const char* const arguments[] = {"/bin/sh", "-c", script, NULL};
  const evt_spawn_options options = {.arguments = arguments};
  CHECK_EQ(evt_spawn(&child->process, &options), 0);
  CHECK(child->process.id > 0 && child->process.fd >= 0);
  evt_waiter_init(&child->waiter, loop, &child->seen);
  CHECK_EQ(evt_process_wait(&child->waiter, &child->process, EVT_REAP_GRACE, check_done), 0);
}

static void finish(struct Child* child) {
  evt_waiter_destroy(&child->waiter);
  evt_process_close(&child->process);
}

static void exit_status(evt_loop* loop) {
  struct Child child;
  start(&child, loop, "exit 7");
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  const int status = (int)child.seen.result;
  CHECK(WIFEXITED(status));
  CHECK_EQ(WEXITSTATUS(status), 7);
  CHECK(evt_waiter_usage(&child.waiter) != NULL);
  CHECK_EQ(evt_process_kill(&child.process, 0), -ESRCH);
  CHECK(waitpid(child.process.id, NULL, WNOHANG) < 0);  // It was reaped.
  finish(&child);
}

static void killed(evt_loop* loop) {
  struct Child child;
  start(&child, loop, "kill -STOP $$; exit 0");
  CHECK_EQ(evt_process_kill(&child.process, SIGKILL), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  const int status = (int)child.seen.result;
  CHECK(WIFSIGNALED(status));
  CHECK_EQ(WTERMSIG(status), SIGKILL);
  finish(&child);
}

static void output(evt_loop* loop) {
  int ends[2];
  check_pipe(ends);
  const evt_file_action files[] = {{.target = 1, .source = ends[1]}, {.target = 0, .path = "/dev/null"}};
  const char* const arguments[] = {"sh", "-c", "cat; pwd; echo $WORD", NULL};
  const char* const environment[] = {"WORD=spoken", "PATH=/usr/bin:/bin", NULL};
  const evt_spawn_options options = {.arguments = arguments,
                                     .program = "/bin/sh",
                                     .environment = environment,
                                     .directory = "/",
                                     .files = files,
                                     .file_count = 2,
                                     .group = EVT_OWN_GROUP};
  evt_process process;
  CHECK_EQ(evt_spawn(&process, &options), 0);
  close(ends[1]);
  struct CheckResult seen = {0};
  struct CheckResult read = {0};
  evt_waiter waiter;
  evt_file file;
  evt_io io;
  char buffer[64];
  evt_waiter_init(&waiter, loop, &seen);
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&io, &file, &read);
  CHECK_EQ(evt_process_wait(&waiter, &process, EVT_REAP_GRACE, check_done), 0);
  CHECK_EQ(evt_read_exact(&io, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(seen.result, 0);
  CHECK_EQ(read.result, EVT_EOF);
  CHECK_EQ(evt_transferred(&io.request), 9);
  CHECK(memcmp(buffer, "/\nspoken\n", 9) == 0);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
  evt_waiter_destroy(&waiter);
  evt_process_close(&process);
}

static void not_there(evt_loop* loop) {
  (void)loop;
  const char* const arguments[] = {"/dev/null/nothing", NULL};
  const evt_spawn_options options = {.arguments = arguments};
  evt_process process;
  CHECK_EQ(evt_spawn(&process, &options), -ENOTDIR);
  CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void given_up(evt_loop* loop) {
  struct Child child;
  start(&child, loop, "kill -STOP $$");
  CHECK(!evt_cancel_sync(&child.waiter.request, NULL));
  CHECK_EQ(child.seen.calls, 0);
  evt_process other;
  CHECK_EQ(evt_process_open(&other, child.process.id), 0);
  CHECK_EQ(other.id, child.process.id);
  CHECK_EQ(evt_process_kill(&other, SIGKILL), 0);
  evt_process_close(&other);
  CHECK_EQ(evt_process_wait(&child.waiter, &child.process, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK(WIFSIGNALED((int)child.seen.result));
  finish(&child);
}

const struct CheckCase process_cases[] = {
    {"a child is waited for, and its status is that of waitpid", exit_status},
    {"a child is killed through its pidfd", killed},
    {"files, environment, folder and group of a child are as asked for", output},
    {"a program that is not there is an error, and no child", not_there},
    {"a wait that was given up leaves the child to the next", given_up},
    {NULL, NULL},
};
