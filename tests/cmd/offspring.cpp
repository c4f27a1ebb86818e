/// Has children for wait-pid to wait for: `offspring fast|slow|never COUNT|signals`. Prints their ids, one a line, and
/// closes its standard output; at the end of its standard input they end: with the statuses 0, 1 … 255, 0 …, or one by
/// each signal that ends a process. fast: reaps each at once; slow: 300 ms after the last has ended; never: not before
/// it is told to end by SIGTERM.
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t stack_bytes = 16384;

int gate[2];  // At its end the children end, also where their parent was killed.

struct Child {
  int code = 0;  // The exit status, or minus the signal.
  pid_t id = 0;
};

/// Runs in its parent's memory, on a stack of its own: ten thousand cost no more than that.
__attribute__((no_sanitize("address", "thread", "undefined"))) int live(void* argument) {
  const int code = static_cast<const Child*>(argument)->code;
  char byte = 0;
  close(gate[1]);
  close(STDOUT_FILENO);
  while (read(gate[0], &byte, 1) > 0) {
  }
  if (code < 0) kill(getpid(), -code);
  _exit(code);
}

bool ends_a_process(int signal) {
  return signal != SIGCHLD && signal != SIGURG && signal != SIGWINCH && signal != SIGCONT && signal != SIGSTOP &&
         signal != SIGTSTP && signal != SIGTTIN && signal != SIGTTOU;
}

std::vector<Child> plan(const char* what) {
  std::vector<Child> children;
  if (std::string_view(what) != "signals") {
    for (int index = 0; index < std::atoi(what); ++index)
      children.push_back({.code = index & 0xff});
    return children;
  }
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    const bool of_the_library = signal > SIGSYS && signal < SIGRTMIN;
    if (ends_a_process(signal) && !of_the_library) children.push_back({.code = -signal});
  }
  return children;
}

void release() {
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  close(gate[1]);
}

void reap(std::string_view how, const std::vector<Child>& children) {
  siginfo_t info{};
  for (const Child& child : children) {
    if (how == "slow") waitid(P_PID, static_cast<id_t>(child.id), &info, WEXITED | WNOWAIT);
  }
  if (how == "slow") usleep(300'000);
  while (how == "never")
    pause();
  while (wait(nullptr) > 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  prctl(PR_SET_DUMPABLE, 0);  // No core files.
  // Whatever our own parent ignores or blocks ends these children.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    ::signal(signal, SIG_DFL);
  if (pipe(gate) != 0) return 1;
  auto children = plan(argv[2]);
  const auto stacks = std::make_unique_for_overwrite<char[]>(children.size() * stack_bytes);
  char* top = stacks.get();
  for (Child& child : children) {
    top += stack_bytes;
    child.id = clone(live, top, CLONE_VM | SIGCHLD, &child);
    if (child.id < 0) return 1;
    std::printf("%d\n", child.id);
  }
  std::fclose(stdout);
  close(gate[0]);
  release();
  reap(argv[1], children);
}
