/// Child processes for the contract suite, and what they do to themselves.
#include "contract/child.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <system_error>

namespace evt::contract {
namespace {

void checked(int result, const char* what) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

constexpr int failed_expectation = 97;
constexpr int threw = 98;

}  // namespace

testing::AssertionResult in_child(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return testing::AssertionFailure() << "fork failed";
  if (child == 0) {
    std::signal(SIGALRM, SIG_DFL);
    alarm(30);
    int status = 0;
    try {
      body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
      status = threw;
    }
    if (testing::Test::HasFailure()) status = failed_expectation;
    std::fflush(nullptr);
    _exit(status);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return testing::AssertionFailure() << "the child died of signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) != 0) return testing::AssertionFailure() << "the child exited with " << WEXITSTATUS(status);
  return testing::AssertionSuccess();
}

void refuse_io_uring(int error_number) {
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error_number)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "PR_SET_SECCOMP");
}

void lower_limit(int resource, unsigned long limit) {
  const rlimit both{.rlim_cur = limit, .rlim_max = limit};
  checked(setrlimit(static_cast<__rlimit_resource>(resource), &both), "setrlimit");
}

void drop_privileges() {
  if (geteuid() != 0) return;
  constexpr unsigned nobody = 65534;
  checked(setresgid(nobody, nobody, nobody), "setresgid");
  checked(setresuid(nobody, nobody, nobody), "setresuid");
}

}  // namespace evt::contract
