/// Exchange: sockets, deadlines and frames; whatever does not answer is passed over.
#include "dns/exchange.hpp"

#include <evt/dns/match.hpp>
#include <evt/socket.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evt::dns::detail {

namespace {
constexpr std::size_t largest_message = 65535;
}  // namespace

Exchange::Exchange(Loop& loop) noexcept
    : ComposedRequest(loop), file_(loop), send_(file_), receive_(file_), timer_(loop) {
  send_.unref();
  receive_.unref();
  timer_.unref();
}

Exchange::~Exchange() {
  settle();
}

Result<Address> Exchange::open(const Address& server, Transport transport) noexcept {
  server_ = server;
  transport_ = transport;
  auto datagram = open_socket({.family = server.family(), .type = SOCK_DGRAM});
  if (!datagram) return std::unexpected(datagram.error());
  // Of a datagram socket this waits for nothing.
  if (connect(datagram->get(), server.data(), server.size()) != 0)
    return std::unexpected(errno_error("connect", errno));
  auto local = local_address(datagram->get());
  if (!local || transport == Transport::udp) {
    file_.assign(File::adopt(std::move(*datagram)));
    return local;
  }
  auto stream = open_socket({.family = server.family()});
  if (!stream) return std::unexpected(stream.error());
  file_.assign(File::adopt(std::move(*stream)));
  return local;
}

Ticket Exchange::send(const Letter& letter, Done done) noexcept {
  if (idle()) letter_ = letter;
  return submit(done);
}

void Exchange::start() noexcept {
  wrong_ids_ = 0;
  if (buffer_ == nullptr) buffer_.reset(new (std::nothrow) std::byte[largest_message]);
  if (buffer_ == nullptr) return complete(std::unexpected(errno_error("dns", ENOMEM)));
  timer_.after(letter_.timeout, bind<&Exchange::on_timer>(*this));
  if (transport_ == Transport::tcp) {
    send_.connect(server_, bind<&Exchange::on_connected>(*this));
  } else {
    send_.send(sent(), bind<&Exchange::on_sent>(*this));
    receive();
  }
}

void Exchange::on_connected(const Result<std::size_t>& result) noexcept {
  if (!goes_on(result)) return;
  send_.send(letter_.framed, bind<&Exchange::on_sent>(*this));
  receive();
}

void Exchange::on_sent(const Result<std::size_t>& result) noexcept {
  goes_on(result);
}

void Exchange::receive() noexcept {
  if (transport_ == Transport::udp) {
    receive_.recv(std::span(buffer_.get(), largest_message), bind<&Exchange::on_datagram>(*this));
  } else {
    receive_.read_exact(size_, bind<&Exchange::on_size>(*this));
  }
}

void Exchange::on_datagram(const Result<std::size_t>& size) noexcept {
  if (!goes_on(size)) return;
  if (!consider(std::span(buffer_.get(), *size))) receive();
}

void Exchange::on_size(const Result<std::size_t>& result) noexcept {
  if (!goes_on(result)) return;
  const std::size_t size = std::to_integer<std::size_t>(size_[0]) << 8U | std::to_integer<std::size_t>(size_[1]);
  if (size == 0) return receive();
  receive_.read_exact(std::span(buffer_.get(), size), bind<&Exchange::on_message>(*this));
}

void Exchange::on_message(const Result<std::size_t>& size) noexcept {
  if (!goes_on(size)) return;
  if (!consider(std::span(buffer_.get(), *size))) receive();
}

void Exchange::on_timer() noexcept {
  end(std::unexpected(cancel_requested() ? Error("dns", evt::Errc::canceled) : errno_error("dns", ETIMEDOUT)));
}

/// Whether there is a next step; what ended this part ends the whole.
bool Exchange::goes_on(const Result<std::size_t>& result) noexcept {
  if (!result) {
    end(std::unexpected(result.error()));
  } else if (cancel_requested()) {
    end(std::unexpected(Error("dns", evt::Errc::canceled)));
  }
  return file_.is_open();
}

/// Whether this was the last message to look at.
bool Exchange::consider(std::span<const std::byte> reply) noexcept {
  switch (match(reply, sent())) {
    case Match::foreign:
      return false;
    case Match::wrong_id:
      if (transport_ == Transport::tcp || ++wrong_ids_ < most_wrong_ids) return false;
      end(std::unexpected(Error("dns", Failure::forged)));
      return true;
    case Match::other_case:
      if (!letter_.exact_case) break;
      end(std::unexpected(Error("dns", Failure::forged)));
      return true;
    case Match::answer:
      break;
  }
  auto message = Message::parse(reply);
  if (message && !proven(*message)) return false;
  end(std::move(message));
  return true;
}

/// A cookie that does not begin with ours was made for, or by, somebody else (RFC 7873 §5.3). No cookie proves nothing.
bool Exchange::proven(const Message& reply) const noexcept {
  if (!letter_.client_cookie) return true;
  const auto& edns = reply.edns();
  if (!edns) return true;
  const auto cookie = edns->cookie();
  return cookie.empty() || (cookie.size() >= sizeof(ClientCookie) &&
                            std::ranges::equal(cookie.first(sizeof(ClientCookie)), *letter_.client_cookie));
}

/// The socket is closed before anybody is told: the next try has a new one.
void Exchange::end(Result<Message> result) noexcept {
  settle_parts();
  complete(std::move(result));
}

void Exchange::cancel_parts() noexcept {
  timer_.cancel();
  send_.cancel();
  receive_.cancel();
}

void Exchange::settle_parts() noexcept {
  timer_.cancel_sync();
  send_.cancel_sync();
  receive_.cancel_sync();
  file_.assign({});
}

}  // namespace evt::dns::detail
