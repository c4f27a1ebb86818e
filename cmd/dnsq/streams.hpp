/// Streams: questions of a bulk run over TCP, a few at a time.
#pragma once

#include "dnsq/bulk_slot.hpp"
#include <evt/address.hpp>
#include <evt/dns/query.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace evtool::dnsq {

class StreamUser {
 public:
  virtual void on_stream(Slot& slot, const evt::Result<evt::dns::Message>& message) = 0;

 protected:
  ~StreamUser() = default;
};

class Streams {
 public:
  Streams(evt::Loop& loop, StreamUser& user, std::size_t most) : loop_(loop), user_(user), most_(most) {}

  /// `slot` is told of sooner or later; its message is sent as it is, but for the id.
  void ask(Slot& slot, const evt::Address& server, evt::nanoseconds timeout);

 private:
  struct Stream {
    explicit Stream(evt::Loop& loop) : query(loop) {}
    evt::dns::Query query;
    Slot* slot = nullptr;
  };
  struct Waiting {
    Slot* slot;
    evt::Address server;
    evt::nanoseconds timeout;
  };

  void begin();
  void start(Stream& stream, const Waiting& waiting);
  void on_answer(evt::dns::Query& query, const evt::Result<evt::dns::Answer>& answer);

  evt::Loop& loop_;
  StreamUser& user_;
  std::size_t most_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::deque<Waiting> waiting_;
};

}  // namespace evtool::dnsq
