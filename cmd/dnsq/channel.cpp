/// Channel: batches of datagrams out and in, and who waits for which id.
#include "dnsq/channel.hpp"

#include <evt/socket.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

namespace evtool::dnsq {

Channel::Channel(evt::Loop& loop, ChannelUser& user, const Limits& limits)
    : user_(user), limits_(limits), file_(loop), send_(file_), receive_(file_) {
  send_.unref();
  receive_.unref();
}

evt::Result<void> Channel::open(std::uint16_t server, const evt::Address& address, evt::dns::CookieJar& cookies) {
  auto socket = evt::open_socket({.family = address.family(), .type = SOCK_DGRAM});
  if (!socket) return std::unexpected(socket.error());
  if (::connect(socket->get(), address.data(), address.size()) != 0)
    return std::unexpected(evt::errno_error("connect", errno));
  const auto local = evt::local_address(socket->get());
  if (!local) return std::unexpected(local.error());
  client_cookie_ = cookies.client_cookie(address, *local);
  server_ = server;
  questions_ = 0;
  suspicious_ = false;
  make_room();
  file_.assign(evt::File::adopt(std::move(*socket)));
  receive_.recv(incoming_->headers, evt::bind<&Channel::on_received>(*this));
  return {};
}

void Channel::make_room() {
  if (incoming_ != nullptr) return;
  // At most an eighth of it is taken, so that a random id finds a place soon.
  slots_.resize(std::bit_ceil(std::clamp<std::size_t>(std::size_t{8} * limits_.questions, 1024, 65536)), none);
  incoming_ = std::make_unique<Incoming>();
  incoming_->bytes.resize(batch * limits_.largest_datagram);
  outbox_ = std::make_unique_for_overwrite<Outbox>();
  outbox_->clear();
  for (std::size_t i = 0; i < batch; ++i) {
    incoming_->vectors[i] = {.iov_base = &incoming_->bytes[i * limits_.largest_datagram],
                             .iov_len = limits_.largest_datagram};
    incoming_->headers[i].msg_hdr.msg_iov = &incoming_->vectors[i];
    incoming_->headers[i].msg_hdr.msg_iovlen = 1;
  }
}

void Channel::close() {
  file_.assign({});
}

void Channel::add(Slot& slot) {
  do {
    slot.id = user_.random_id();
  } while (place_of(slot.id) != none);
  place_of(slot.id) = slot.index;
  slot.channel = this;
  slot.queued = true;
  queue_.push_back(slot.index);
  ++waiting_;
  ++questions_;
}

void Channel::remove(Slot& slot) {
  place_of(slot.id) = none;
  slot.channel = nullptr;
  --waiting_;
  if (!slot.queued) return;
  slot.queued = false;
  std::erase(queue_, slot.index);
}

void Channel::flush() {
  if (queue_.empty() || !send_.idle() || !file_.is_open()) return;
  const std::size_t count = std::min(Outbox::capacity, queue_.size());
  outbox_->clear();
  for (std::size_t i = 0; i < count; ++i) {
    Slot& slot = user_.slot(queue_[i]);
    slot.queued = false;
    outbox_->add(slot.sent());
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  send_outbox();
}

void Channel::send_outbox() {
  send_.send(outbox_->pack(packing_), evt::bind<&Channel::on_sent>(*this));
}

/// What did not go is asked again, as what was not answered.
void Channel::on_sent(const evt::Result<std::size_t>& count) {
  if (!count && packing_ == Outbox::Packing::together && count.error() != std::errc::connection_refused) {
    // An interface that cannot part them (EIO), or a path too narrow for one of them (EINVAL).
    packing_ = Outbox::Packing::alone;
    return send_outbox();
  }
  if (!count) user_.on_failure(*this, count.error());
  flush();
}

evt::Action Channel::on_received(const evt::Result<std::size_t>& count) {
  if (!count) {
    user_.on_failure(*this, count.error());
    user_.on_turn();
    return file_.is_open() ? evt::Action::rearm : evt::Action::disarm;
  }
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t size = std::min<std::size_t>(incoming_->headers[i].msg_len, limits_.largest_datagram);
    const auto datagram = std::span(incoming_->bytes).subspan(i * limits_.largest_datagram, size);
    if (size < 2) continue;
    const auto id = std::to_integer<unsigned>(datagram[0]) << 8U | std::to_integer<unsigned>(datagram[1]);
    const std::uint16_t index = place_of(static_cast<std::uint16_t>(id));
    user_.on_datagram(*this, index == none ? nullptr : &user_.slot(index), datagram);
  }
  user_.on_turn();
  return file_.is_open() ? evt::Action::rearm : evt::Action::disarm;
}

}  // namespace evtool::dnsq
