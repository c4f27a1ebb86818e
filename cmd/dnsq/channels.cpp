/// Channels: opened as questions come, closed when the last of their questions is over.
#include "dnsq/channels.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

namespace evtool::dnsq {

Channel* Channels::pick(std::uint16_t number, const evt::Address& address, const Channel* unwanted) {
  if (servers_.size() <= number) servers_.resize(std::size_t{number} + 1);
  Server& server = servers_[number];
  retire(server);
  if (server.taken >= stay) {
    server.taken = 0;
    ++server.turn;
  }
  if (server.channels.size() < std::min(channels_per_server, server.turn + 1))
    if (Channel* channel = open(number, address)) server.channels.push_back(channel);
  if (server.channels.empty()) return nullptr;
  std::size_t turn = server.turn % server.channels.size();
  if (server.channels[turn] == unwanted) turn = (turn + 1) % server.channels.size();
  ++server.taken;
  return server.channels[turn];
}

void Channels::retire(Server& server) {
  std::erase_if(server.channels, [](const Channel* channel) { return channel->is_spent(); });
}

Channel* Channels::open(std::uint16_t server, const evt::Address& address) {
  Channel* channel = spare();
  if (channel == nullptr) return nullptr;
  if (const auto opened = channel->open(server, address, cookies_); !opened) {
    error_ = opened.error();
    // Another socket may be had later, but there are no more descriptors than these.
    if (error_ == std::errc::too_many_files_open) limits_.sockets = std::max<std::size_t>(1, all_.size() - 1);
    return nullptr;
  }
  return channel;
}

/// One that is closed, or a new one, or one of another server that nobody waits at.
Channel* Channels::spare() {
  for (const auto& channel : all_)
    if (!channel->is_open()) return channel.get();
  if (all_.size() < limits_.sockets)
    return all_.emplace_back(std::make_unique<Channel>(loop_, user_, limits_.channel)).get();
  for (const auto& channel : all_) {
    if (channel->waiting() != 0) continue;
    std::erase(servers_[channel->server()].channels, channel.get());
    channel->close();
    return channel.get();
  }
  return nullptr;
}

void Channels::flush() {
  for (const auto& channel : all_) {
    if (!channel->is_open()) continue;
    channel->flush();
    if (!channel->is_spent() || channel->waiting() != 0) continue;
    retire(servers_[channel->server()]);
    channel->close();
  }
}

bool Channels::any_open() const {
  return std::ranges::any_of(all_, [](const auto& channel) { return channel->is_open(); });
}

/// From getrandom(2), many at once.
std::uint16_t Channels::random_id() {
  if (ids_left_ == 0) {
    // Up to 256 bytes come whole. Ids that can be guessed are worse than none.
    if (::getrandom(ids_.data(), sizeof(ids_), 0) != ssize_t{sizeof(ids_)}) std::abort();
    ids_left_ = ids_.size();
  }
  return ids_[--ids_left_];
}

}  // namespace evtool::dnsq
