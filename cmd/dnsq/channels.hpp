/// Channels: which sockets there are, to which servers, and which of them asks next.
#pragma once

#include "dnsq/channel.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace evtool::dnsq {

class Channels {
 public:
  /// So many sockets a server share the questions, each for `stay` of them in a row.
  static constexpr std::size_t channels_per_server = 8;

  struct Limits {
    std::size_t sockets;  ///< At once, of all servers.
    Channel::Limits channel;
  };
  Channels(evt::Loop& loop, ChannelUser& user, evt::dns::CookieJar& cookies, const Limits& limits)
      : loop_(loop), user_(user), cookies_(cookies), limits_(limits) {}

  /// A channel to `server` that takes another question, if possible not `unwanted`. Null when every socket is busy with
  /// something else, or none can be opened: then error() says why the last one could not.
  Channel* pick(std::uint16_t server, const evt::Address& address, const Channel* unwanted);
  /// Sends what was added; takes those out of service that are spent.
  void flush();
  std::uint16_t random_id();
  const evt::Error& error() const { return error_; }
  bool any_open() const;

 private:
  static constexpr unsigned stay = 96;

  struct Server {
    std::vector<Channel*> channels;  // That take questions.
    std::size_t turn = 0;
    unsigned taken = 0;  // In a row, by the one whose turn it is.
  };

  Channel* open(std::uint16_t server, const evt::Address& address);
  Channel* spare();
  void retire(Server& server);

  evt::Loop& loop_;
  ChannelUser& user_;
  evt::dns::CookieJar& cookies_;
  Limits limits_;
  std::vector<std::unique_ptr<Channel>> all_;
  std::vector<Server> servers_;
  std::array<std::uint16_t, 128> ids_{};
  std::size_t ids_left_ = 0;
  evt::Error error_;
};

}  // namespace evtool::dnsq
