/// Runs a command where the ioctl PIDFD_GET_INFO is refused, as kernels before Linux 6.13 refuse it:
/// `deny_pidfd_info ENOTTY|EINVAL COMMAND ARG…`.
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace {

constexpr unsigned pidfd_get_info = 0xc040ff0b;

bool deny(int error) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return false;
  const auto action = SCMP_ACT_ERRNO(static_cast<unsigned>(error));
  // The kernel takes the lower half only.
  const scmp_arg_cmp request{.arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffffU, .datum_b = pidfd_get_info};
  const bool loaded = seccomp_rule_add(filter, action, SCMP_SYS(ioctl), 1, request) == 0 && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return loaded;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc < 3 ? "" : argv[1];
  const int error = name == "ENOTTY" ? ENOTTY : name == "EINVAL" ? EINVAL : 0;
  if (error == 0 || !deny(error)) {
    std::fputs("deny_pidfd_info: ENOTTY|EINVAL COMMAND [ARG]..., where seccomp works\n", stderr);
    return 125;
  }
  execvp(argv[2], argv + 2);
  std::fprintf(stderr, "deny_pidfd_info: %s: %s\n", argv[2], std::strerror(errno));
  return 127;
}
