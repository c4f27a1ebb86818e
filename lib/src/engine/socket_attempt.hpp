/// One try of the operations that only sockets have, and what the io_uring engine shares with it.
#pragma once

#include "engine/attempt.hpp"
#include "loop/access.hpp"

#include <algorithm>
#include <climits>

namespace evt::detail {

/// Of the sockets we accept: splice(2) needs O_NONBLOCK, and no other process has the description.
inline constexpr int accept_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

/// As attempt(), for those in question.
std::int64_t attempt_socket(FileRequest& request, Attempt& context) noexcept;

/// connect(2): 0, -EINPROGRESS also for what was begun before, -EAGAIN for a unix listener with a full backlog.
std::int64_t connect_once(FileRequest& request) noexcept;

/// The header that the next try of a recvmsg or sendmsg shows the kernel: control data goes with the first part only.
msghdr* next_message(MessageRequest& request) noexcept;

/// The caller's, and those that keep it from blocking and, where that is not wanted, from raising a signal.
int send_flags(const FileRequest& request, BrokenPipe broken_pipe) noexcept;

/// Messages of a batch that are still to be moved, as one call takes them.
inline unsigned batch_size(const FileRequest& request) noexcept {
  return static_cast<unsigned>(std::min<std::size_t>(Access::size(request) - Access::done(request), IOV_MAX));
}

}  // namespace evt::detail
