/// Runs a command where the ioctl PIDFD_GET_INFO is that of older kernels: `deny_pidfd_info HOW COMMAND ARG…`. HOW is
/// the errno that it fails with, as before Linux 6.13, or NOEXIT: it tells of processes that are there, but not how one
/// ended, as in 6.13 and 6.14.
#include <poll.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr unsigned pidfd_get_info = 0xc040ff0b;
constexpr std::uint64_t mask_exit = 8;

/// The argument of PIDFD_GET_INFO, of which only the mask matters.
using Info = std::array<std::uint64_t, 8>;

/// The filter, not loaded; null where that failed.
scmp_filter_ctx filter_for(std::uint32_t action) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  // The kernel takes the lower half only.
  const scmp_arg_cmp request{.arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffffU, .datum_b = pidfd_get_info};
  if (filter == nullptr || seccomp_rule_add(filter, action, SCMP_SYS(ioctl), 1, request) != 0) return nullptr;
  return filter;
}

bool deny(int error) {
  const scmp_filter_ctx filter = filter_for(SCMP_ACT_ERRNO(static_cast<unsigned>(error)));
  return filter != nullptr && seccomp_load(filter) == 0;
}

int run(char** command) {
  execvp(command[0], command);
  std::fprintf(stderr, "deny_pidfd_info: %s: %s\n", command[0], std::strerror(errno));
  return 127;
}

/// A descriptor from one end of a pair to the other: sent where `fd` is not -1. Returns it, or -1.
int pass(int socket, int fd) {
  char byte = 'x';
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fd)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (fd < 0) {
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || CMSG_FIRSTHDR(&message) == nullptr) return -1;
    std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
  }
  cmsghdr& header = *CMSG_FIRSTHDR(&message);
  header.cmsg_level = SOL_SOCKET;
  header.cmsg_type = SCM_RIGHTS;
  header.cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(&header), &fd, sizeof fd);
  return sendmsg(socket, &message, 0) == 1 ? fd : -1;
}

/// Makes the call for `caller`, without the question how the process ended. Returns 0 or an errno.
int ask_without_exit(pid_t caller, const __u64* arguments) {
  Info info{};
  iovec here{info.data(), sizeof info};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the caller's.
  iovec there{reinterpret_cast<void*>(arguments[2]), sizeof info};
  if (process_vm_readv(caller, &here, 1, &there, 1, 0) != sizeof info) return EFAULT;
  info[0] &= ~mask_exit;
  const int process = static_cast<int>(syscall(SYS_pidfd_open, caller, 0));
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_getfd, process, static_cast<int>(arguments[0]), 0));
  int error = ioctl(pidfd, pidfd_get_info, info.data()) == 0 ? 0 : errno;
  close(pidfd);
  close(process);
  if (error == 0 && process_vm_writev(caller, &here, 1, &there, 1, 0) != sizeof info) error = EFAULT;
  return error;
}

void answer(int notifications, seccomp_notif* request, seccomp_notif_resp* response) {
  std::memset(request, 0, sizeof *request);
  if (seccomp_notify_receive(notifications, request) != 0) return;
  *response = {};
  response->id = request->id;
  response->error = -ask_without_exit(static_cast<pid_t>(request->pid), request->data.args);
  (void)seccomp_notify_respond(notifications, response);
}

/// Answers for all who have the filter, until none is left.
void supervise(int socket) {
  const int notifications = pass(socket, -1);
  seccomp_notif* request = nullptr;
  seccomp_notif_resp* response = nullptr;
  if (notifications < 0 || seccomp_notify_alloc(&request, &response) != 0) return;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, socket})
    close(fd);
  pollfd event{notifications, POLLIN, 0};
  while (poll(&event, 1, -1) > 0 && (event.revents & POLLHUP) == 0)
    answer(notifications, request, response);
}

/// The command stays this process, so that our children are its own; whoever answers is nobody's child.
int run_without_exit(char** command) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return 125;
  const pid_t child = fork();
  if (child == 0) {
    close_range(static_cast<unsigned>(pair[1]) + 1, ~0U, 0);
    close(pair[1]);
    if (fork() == 0) supervise(pair[0]);
    _exit(0);
  }
  close(pair[0]);
  waitpid(child, nullptr, 0);
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // Where Yama allows it to ancestors only.
  const scmp_filter_ctx filter = filter_for(SCMP_ACT_NOTIFY);
  if (filter == nullptr || seccomp_load(filter) != 0 || pass(pair[1], seccomp_notify_fd(filter)) < 0) return 125;
  close(seccomp_notify_fd(filter));
  return run(command);
}

int errno_of(std::string_view name) {
  if (name == "ENOTTY") return ENOTTY;
  if (name == "EINVAL") return EINVAL;
  return name == "ESRCH" ? ESRCH : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[1]) == "NOEXIT") return run_without_exit(argv + 2);
  const int error = argc < 3 ? 0 : errno_of(argv[1]);
  if (error != 0 && deny(error)) return run(argv + 2);
  std::fputs("deny_pidfd_info: ENOTTY|EINVAL|ESRCH|NOEXIT COMMAND [ARG]..., where seccomp works\n", stderr);
  return 125;
}
