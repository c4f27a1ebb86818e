/// Exchange: one message to one server, and what answers it. What to do where nothing does is for Query to know.
#pragma once

#include <evt/address.hpp>
#include <evt/composed_request.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/dns/message.hpp>
#include <evt/dns/query.hpp>
#include <evt/io_request.hpp>
#include <evt/timer.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace evt::dns::detail {

/// In front of each message on a stream: its size (RFC 1035 §4.2.2).
inline constexpr std::size_t frame_size = 2;

class Exchange : public ComposedRequest<Exchange, Message> {
 public:
  /// So many replies with a wrong id end a try over UDP: somebody guesses.
  static constexpr unsigned most_wrong_ids = 8;

  explicit Exchange(Loop& loop) noexcept;
  ~Exchange();

  /// A new socket for the next exchange: of UDP it is connected, and so has a random port that only this server's
  /// datagrams and refusals reach. Returns the address it sends from. Only when idle.
  Result<Address> open(const Address& server, Transport transport) noexcept;

  struct Letter {
    std::span<const std::byte> framed;          ///< frame_size octets of any value, and the message. Borrowed.
    nanoseconds timeout;                        ///< For everything: connecting, sending, receiving.
    std::optional<ClientCookie> client_cookie;  ///< What a cookie in the answer has to begin with.
    bool exact_case = false;                    ///< The answer must repeat the name letter by letter.
  };

  /// Completes with the first message that answers, valid until the next exchange; where it says that it is truncated
  /// it may end anywhere. Errors: Failure::forged, EBADMSG, ETIMEDOUT, what the socket says, Errc::eof where a stream
  /// ended early.
  Ticket send(const Letter& letter, Done done) noexcept;

 private:
  friend ComposedRequest;
  void start() noexcept;
  void cancel_parts() noexcept;
  void settle_parts() noexcept;

  void on_connected(const Result<std::size_t>& result) noexcept;
  void on_sent(const Result<std::size_t>& result) noexcept;
  void on_datagram(const Result<std::size_t>& size) noexcept;
  void on_size(const Result<std::size_t>& size) noexcept;
  void on_message(const Result<std::size_t>& size) noexcept;
  void on_timer() noexcept;

  bool goes_on(const Result<std::size_t>& result) noexcept;
  void send_framed() noexcept;
  void receive() noexcept;
  bool consider(std::span<const std::byte> reply) noexcept;
  bool proven(const Message& reply) const noexcept;
  void end(Result<Message> result) noexcept;
  std::span<const std::byte> sent() const noexcept { return letter_.framed.subspan(frame_size); }

  File file_;
  IoRequest send_;
  IoRequest receive_;
  Timer timer_;
  Address server_;
  Transport transport_ = Transport::udp;
  Letter letter_{};
  std::array<std::byte, frame_size> size_{};
  unsigned wrong_ids_ = 0;
  std::unique_ptr<std::byte[]> buffer_;  // As long as any message can be; made for the first exchange.
};

}  // namespace evt::dns::detail
