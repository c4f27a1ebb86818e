/// Streams: one connection a question.
#include "dnsq/streams.hpp"

#include <utility>

namespace evtool::dnsq {

void Streams::ask(Slot& slot, const evt::Address& server, evt::nanoseconds timeout) {
  waiting_.push_back({&slot, server, timeout});
  begin();
}

void Streams::begin() {
  for (const auto& stream : streams_) {
    if (waiting_.empty()) return;
    if (stream->slot != nullptr) continue;
    start(*stream, waiting_.front());
    waiting_.pop_front();
  }
  while (!waiting_.empty() && streams_.size() < most_) {
    streams_.push_back(std::make_unique<Stream>(loop_));
    start(*streams_.back(), waiting_.front());
    waiting_.pop_front();
  }
}

void Streams::start(Stream& stream, const Waiting& waiting) {
  stream.slot = waiting.slot;
  stream.query.set_user(&stream);
  evt::dns::QueryOptions options;
  options.servers = {waiting.server};
  options.timeout = waiting.timeout;
  options.rounds = 1;
  options.transport = evt::dns::Transport::tcp;
  options.accept_errors = true;
  stream.query.send(waiting.slot->sent(), std::move(options), evt::bind<&Streams::on_answer>(*this));
}

void Streams::on_answer(evt::dns::Query& query, const evt::Result<evt::dns::Answer>& answer) {
  auto& stream = *static_cast<Stream*>(query.user());
  Slot& slot = *std::exchange(stream.slot, nullptr);
  if (answer) {
    user_.on_stream(slot, answer->message);
  } else {
    user_.on_stream(slot, std::unexpected(answer.error()));
  }
  begin();
}

}  // namespace evtool::dnsq
