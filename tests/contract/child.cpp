/// Child processes for the contract suite, and what they do to themselves.
#include "contract/child.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

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

void refuse_call(long number, int error_number) {
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error_number)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "PR_SET_SECCOMP");
}

void refuse_flags(long number, unsigned index, unsigned flags, int error_number) {
  // The lower half of the argument, on a machine with the least significant byte first.
  const auto place = static_cast<unsigned>(offsetof(seccomp_data, args) + index * sizeof(std::uint64_t));
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 3),
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, place),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error_number)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "PR_SET_SECCOMP");
}

void refuse_io_uring(int error_number) {
  refuse_call(SYS_io_uring_setup, error_number);
}

void judge_io_uring(std::function<int(unsigned entries, unsigned flags)> judge) {
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  // The filter holds for the thread that sets it, and this one is older. It goes with the process.
  std::promise<int> listening;
  std::thread([judge = std::move(judge), listener = listening.get_future()]() mutable {
    const int fd = listener.get();
    for (;;) {
      seccomp_notif asked{};
      if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) return;
      // struct io_uring_params, in this very process, begins with the entries of both queues.
      std::array<std::uint32_t, 3> parameters{};
      const iovec here{parameters.data(), sizeof parameters};
      const std::uint64_t remote[2]{asked.data.args[1], sizeof parameters};  // An iovec too.
      if (syscall(SYS_process_vm_readv, getpid(), &here, 1, remote, 1, 0) < 0) return;
      const int error = judge(static_cast<unsigned>(asked.data.args[0]), parameters[2]);
      seccomp_notif_resp answer{.id = asked.id, .val = 0, .error = -error, .flags = 0};
      if (error == 0) answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
      if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) != 0) return;
    }
  }).detach();
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  const long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  checked(fd < 0 ? -1 : 0, "SECCOMP_FILTER_FLAG_NEW_LISTENER");
  listening.set_value(static_cast<int>(fd));
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
