/// A socket for a conversation in turns, with one deadline for all of it.
#pragma once

#include "await.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace evtool::dial {

class Channel {
 public:
  /// The descriptor stays the caller's. `deadline` is on the loop's clock.
  Channel(evt::Loop& loop, int fd, evt::nanoseconds deadline)
      : loop_(loop), file_(loop, evt::File::borrow(fd)), request_(file_), timer_(loop) {
    timer_.unref();
    if (deadline != evt::never) timer_.at(deadline, evt::bind<&Channel::on_deadline>(*this));
  }

  evt::Result<void> send(std::string_view bytes) {
    Await<std::size_t> wait(loop_);
    return told(wait.on(request_.send(std::as_bytes(std::span(bytes)), wait.done(), MSG_NOSIGNAL)));
  }
  /// Exactly so many bytes.
  evt::Result<std::string> receive(std::size_t size) {
    std::string bytes(size, '\0');
    Await<std::size_t> wait(loop_);
    const auto result = told(wait.on(request_.read_exact(std::as_writable_bytes(std::span(bytes)), wait.done())));
    if (!result) return std::unexpected(result.error());
    return bytes;
  }
  /// What is there, left where it is.
  evt::Result<std::string> peek(std::size_t most) {
    std::string bytes(most, '\0');
    Await<std::size_t> wait(loop_);
    const auto size = wait.on(request_.recv(std::as_writable_bytes(std::span(bytes)), wait.done(), MSG_PEEK));
    if (const auto result = told(size); !result) return std::unexpected(result.error());
    bytes.resize(*size);
    return bytes;
  }

 private:
  void on_deadline() {
    late_ = true;
    request_.cancel();
  }
  evt::Result<void> told(const evt::Result<std::size_t>& result) const {
    if (result && !late_) return {};
    return std::unexpected(late_ ? evt::errno_error("proxy", ETIMEDOUT) : result.error());
  }

  evt::Loop& loop_;
  evt::File file_;
  evt::IoRequest request_;
  evt::Timer timer_;
  bool late_ = false;
};

}  // namespace evtool::dial
