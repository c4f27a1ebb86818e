/// One accept, or one datagram that is looked at and left where it is.
#include "dial/listener.hpp"

#include "await.hpp"
#include "units.hpp"
#include <evt/file.hpp>
#include <evt/socket.hpp>
#include <evt/socket_request.hpp>
#include <evt/timer.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <utility>

namespace evtool::dial {
namespace {

/// Cancels a request when the time is up.
class Limit {
 public:
  Limit(evt::Loop& loop, const std::optional<Duration>& after, evt::Request& request)
      : request_(request), timer_(loop) {
    timer_.unref();
    if (after) timer_.after(*after, evt::bind<&Limit::on_late>(*this));
  }
  bool late() const { return late_; }

 private:
  void on_late() {
    late_ = true;
    request_.cancel();
  }
  evt::Request& request_;
  evt::Timer timer_;
  bool late_ = false;
};

/// Removes the path of a unix socket, as long as it is ours that is there.
class Path {
 public:
  explicit Path(const evt::Address& address) : path_(address.path()) {
    if (path_.empty() || ::stat(path_.c_str(), &ours_) != 0) path_.clear();
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path() {
    struct stat now{};
    if (path_.empty() || ::lstat(path_.c_str(), &now) != 0) return;
    if (now.st_dev == ours_.st_dev && now.st_ino == ours_.st_ino) ::unlink(path_.c_str());
  }

 private:
  std::string path_;
  struct stat ours_{};
};

std::unexpected<Exit> failed(const Context& context, const evt::Address& address, const evt::Error& error) {
  context.error("{}: {}", address.to_string(), error.code.message());
  return std::unexpected(Exit::failed);
}

std::unexpected<Exit> late(const Context& context, const Settings& settings) {
  context.error("nobody came within {}", show_duration(settings.timeout.value_or(Duration{0})));
  return std::unexpected(Exit::timed_out);
}

void announce(const Context& context, const Settings& settings, int fd) {
  const auto address = evt::local_address(fd);
  if (address && (settings.print_addr || settings.announce)) context.complain("listening on " + address->to_string());
}

std::expected<evt::Fd, Exit> accept_stream(Context& context, const Settings& settings, evt::Loop& loop,
                                           const evt::Address& address) {
  auto listener = evt::listen({.address = address, .backlog = 1});
  if (!listener) return failed(context, address, listener.error());
  const Path path(address);
  announce(context, settings, listener->get());
  evt::File file(loop, evt::File::borrow(listener->get()));
  evt::AcceptRequest request(file);
  const Limit limit(loop, settings.timeout, request);
  Await<evt::Fd> wait(loop);
  auto accepted = wait.on(request.accept(wait.done()));
  if (accepted) return std::move(*accepted);
  return limit.late() ? late(context, settings) : failed(context, address, accepted.error());
}

std::expected<evt::Fd, Exit> accept_datagrams(Context& context, const Settings& settings, evt::Loop& loop,
                                              const evt::Address& address) {
  auto socket = evt::bind_datagram({.address = address});
  if (!socket) return failed(context, address, socket.error());
  announce(context, settings, socket->get());
  evt::File file(loop, evt::File::borrow(socket->get()));
  evt::MessageRequest request(file);
  const Limit limit(loop, settings.timeout, request);
  std::array<std::byte, 1> first{};
  evt::Address peer;
  Await<std::size_t> wait(loop);
  const auto size = wait.on(request.recvfrom(std::span(first), peer, wait.done(), MSG_PEEK));
  if (!size && limit.late()) return late(context, settings);
  if (!size) return failed(context, address, size.error());
  if (::connect(socket->get(), peer.data(), peer.size()) != 0)
    return failed(context, peer, evt::errno_error("connect", errno));
  return std::move(*socket);
}

}  // namespace

std::expected<evt::Fd, Exit> accept_one(Context& context, const Settings& settings, evt::Loop& loop,
                                        const evt::Address& address) {
  if (!settings.udp) return accept_stream(context, settings, loop, address);
  return accept_datagrams(context, settings, loop, address);
}

}  // namespace evtool::dial
