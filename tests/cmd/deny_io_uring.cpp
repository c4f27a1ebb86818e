/// Runs a command where io_uring_setup(2) is refused, as containers refuse it: `deny_io_uring EPERM COMMAND ARG…`.
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace {

/// 0 when `name` is none of the errors that are refused with in practice.
int error_called(std::string_view name) {
  if (name == "EPERM") return EPERM;
  if (name == "ENOSYS") return ENOSYS;
  if (name == "ENOMEM") return ENOMEM;
  return 0;
}

bool deny(int error) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return false;
  const auto action = SCMP_ACT_ERRNO(static_cast<unsigned>(error));
  const bool loaded = seccomp_rule_add(filter, action, SCMP_SYS(io_uring_setup), 0) == 0 && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return loaded;
}

}  // namespace

int main(int argc, char** argv) {
  const int error = argc < 3 ? 0 : error_called(argv[1]);
  if (error == 0) {
    std::fputs("usage: deny_io_uring EPERM|ENOSYS|ENOMEM COMMAND [ARG]...\n", stderr);
    return 125;
  }
  if (!deny(error)) {
    std::fputs("deny_io_uring: seccomp does not work here\n", stderr);
    return 125;
  }
  execvp(argv[2], argv + 2);
  std::fprintf(stderr, "deny_io_uring: %s: %s\n", argv[2], std::strerror(errno));
  return 127;
}
