/// Runs one group of cases on one backend: `c_tests BACKEND GROUP`. Exit: 0 passed, 1 failed, 77 no such backend here.
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

evt_backend check_backend = EVT_AUTOMATIC;

static const struct {
  const char* name;
  const struct CheckCase* cases;
} groups[] = {
    {"loop", loop_cases},     {"file", file_cases},     {"process", process_cases}, {"request", request_cases},
    {"signal", signal_cases}, {"socket", socket_cases}, {"thread", thread_cases},   {"timer", timer_cases},
};

void check_failed(const char* file, int line, const char* what) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  exit(1);
}

void check_equal(const char* file, int line, const char* what, int64_t left, int64_t right) {
  if (left == right) return;
  fprintf(stderr, "%s:%d: %lld and %lld\n", file, line, (long long)left, (long long)right);
  check_failed(file, line, what);
}

evt_action check_done(evt_request* request, int64_t result, void* user) {
  struct CheckResult* seen = user;
  CHECK(evt_state_of(request) == EVT_IDLE);
  CHECK(evt_user(request) == user);
  ++seen->calls;
  seen->result = result;
  if (seen->rearms == 0) return EVT_DISARM;
  --seen->rearms;
  return EVT_REARM;
}

void check_pipe(int ends[2]) {
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
}

static int count_descriptors(void) {
  DIR* folder = opendir("/proc/self/fd");
  CHECK(folder != NULL);
  int count = 0;
  while (readdir(folder) != NULL)
    ++count;
  closedir(folder);
  return count;
}

static void run_case(const struct CheckCase* one) {
  printf("%s\n", one->claim);
  fflush(stdout);
  alarm(60);  // A case that hangs ends here; its name is the last line.
  const int before = count_descriptors();
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend};
  CHECK_EQ(evt_loop_init(&loop, &options), 0);
  one->run(&loop);
  evt_loop_destroy(&loop);
  CHECK_EQ(count_descriptors(), before);
  alarm(0);
}

static bool backend_is_missing(void) {
  evt_loop loop;
  evt_loop_options options = {.backend = check_backend};
  const int code = evt_loop_init(&loop, &options);
  if (code == 0) {
    evt_loop_destroy(&loop);
    return false;
  }
  fprintf(stderr, "no such backend: %s\n", evt_strerror(code));
  return true;
}

int main(int count, char** words) {
  if (count != 3) return 2;
  check_backend = strcmp(words[1], "epoll") == 0 ? EVT_EPOLL : EVT_IO_URING;
  const char* required = getenv("EVT_REQUIRE_IO_URING");
  if (backend_is_missing()) return required != NULL && strcmp(required, "1") == 0 ? 1 : 77;
  for (size_t index = 0; index < sizeof groups / sizeof *groups; ++index) {
    if (strcmp(groups[index].name, words[2]) != 0) continue;
    for (const struct CheckCase* one = groups[index].cases; one->claim != NULL; ++one)
      run_case(one);
    return 0;
  }
  fprintf(stderr, "c_tests: no group %s\n", words[2]);
  return 2;
}
