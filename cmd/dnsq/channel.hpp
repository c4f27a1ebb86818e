/// Channel: a UDP socket connected to one server, with up to 1 000 questions before another takes its place.
#pragma once

#include "dnsq/bulk_slot.hpp"
#include "dnsq/outbox.hpp"
#include <evt/address.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/file.hpp>
#include <evt/socket_request.hpp>

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace evtool::dnsq {

/// Whoever takes what comes.
class ChannelUser {
 public:
  /// A datagram that carries the id of `slot`, or of none (null).
  virtual void on_datagram(Channel& channel, Slot* slot, std::span<const std::byte> datagram) = 0;
  /// The socket failed (ECONNREFUSED, say); what waits in it is still there.
  virtual void on_failure(Channel& channel, const evt::Error& error) = 0;
  /// A batch of datagrams was delivered, or a batch sent.
  virtual void on_turn() = 0;
  virtual Slot& slot(std::uint16_t index) = 0;
  virtual std::uint16_t random_id() = 0;

 protected:
  ~ChannelUser() = default;
};

class Channel {
 public:
  static constexpr unsigned most_questions = 1000;
  static constexpr std::size_t batch = 64;

  struct Limits {
    std::uint32_t questions;       ///< That may wait at once.
    std::size_t largest_datagram;  ///< Longer ones are cut, and then asked for over TCP.
  };
  Channel(evt::Loop& loop, ChannelUser& user, const Limits& limits);

  /// A new socket, on a random port. What waited in the old one must have been taken out.
  evt::Result<void> open(std::uint16_t server, const evt::Address& address, evt::dns::CookieJar& cookies);
  void close();
  bool is_open() const { return file_.is_open(); }

  /// Takes no more questions: it had enough of them, or somebody spoke out of turn.
  bool is_spent() const { return questions_ >= most_questions || suspicious_; }
  void distrust() { suspicious_ = true; }
  std::size_t waiting() const { return waiting_; }
  std::uint16_t server() const { return server_; }
  const evt::dns::ClientCookie& client_cookie() const { return client_cookie_; }

  /// Gives `slot` an id that no other has here. Its message must be complete, apart from the id, before flush().
  void add(Slot& slot);
  void remove(Slot& slot);
  void flush();
  /// Calls `visit` with every slot that waits here; it may remove it.
  template <typename Visit>
  void for_each(Visit visit) {
    for (const std::uint16_t& index : slots_)
      if (index != none) visit(user_.slot(index));
  }

 private:
  static constexpr std::uint16_t none = 0xffff;

  struct Incoming {
    std::array<mmsghdr, batch> headers{};
    std::array<iovec, batch> vectors{};
    std::vector<std::byte> bytes;
  };

  std::uint16_t& place_of(std::uint16_t id) { return slots_[id & (slots_.size() - 1)]; }
  void make_room();
  void send_outbox();
  evt::Action on_received(const evt::Result<std::size_t>& count);
  void on_sent(const evt::Result<std::size_t>& count);

  ChannelUser& user_;
  Limits limits_;
  evt::File file_;
  evt::BatchRequest send_;
  evt::BatchRequest receive_;
  // By the lower bits of their ids, as few as tell those that wait apart: a table that stays in the cache.
  std::vector<std::uint16_t> slots_;
  std::vector<std::uint16_t> queue_;  // To be sent.
  std::unique_ptr<Incoming> incoming_;
  std::unique_ptr<Outbox> outbox_;  // Copies: a slot may be done before the kernel is.
  Outbox::Packing packing_ = Outbox::Packing::together;
  std::size_t waiting_ = 0;
  unsigned questions_ = 0;
  bool suspicious_ = false;
  std::uint16_t server_ = 0;
  evt::dns::ClientCookie client_cookie_{};
};

}  // namespace evtool::dnsq
