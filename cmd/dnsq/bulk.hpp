/// A million questions: lines in, records out, and as many under way as --concurrency allows.
#pragma once

#include "context.hpp"
#include "dnsq/channels.hpp"
#include "dnsq/lines.hpp"
#include "dnsq/questions.hpp"
#include "dnsq/records.hpp"
#include "dnsq/round_trip.hpp"
#include "dnsq/settings.hpp"
#include "dnsq/streams.hpp"
#include "dnsq/tally.hpp"
#include "dnsq/window.hpp"
#include "dnsq/writer.hpp"
#include "exit.hpp"
#include "signals.hpp"
#include <evt/dns/cookie.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>
#include <evt/wake.hpp>

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace evtool::dnsq {

/// What is the same for all questions of a run.
struct BulkPlan {
  std::vector<evt::Address> servers;  ///< At least one.
  LineDefaults defaults;
  evt::dns::Class cls = evt::dns::Class::in;
  std::optional<evt::dns::Subnet> subnet;
  evt::FileSource input;
};

inline constexpr std::uint32_t default_concurrency = 100;

class Bulk final : private ChannelUser, private StreamUser {
 public:
  Bulk(Context& context, evt::Loop& loop, const Settings& settings, BulkPlan plan);
  ~Bulk();

  /// Until every line has its record, or nobody reads them any more.
  Exit run();

 private:
  // Of channels and streams.
  void on_datagram(Channel& channel, Slot* slot, std::span<const std::byte> datagram) override;
  void on_failure(Channel& channel, const evt::Error& error) override;
  void on_turn() override { schedule(); }
  Slot& slot(std::uint16_t index) override { return *slots_[index]; }
  std::uint16_t random_id() override { return channels_.random_id(); }
  void on_stream(Slot& slot, const evt::Result<evt::dns::Message>& message) override;

  void schedule();
  void pump();
  /// Questions that servers were sent and have not answered.
  std::uint32_t in_the_air() const { return under_way_ - static_cast<std::uint32_t>(later_.size()); }
  bool may_begin() const;
  bool within_rate();
  void take_line(std::string_view line);
  void begin(const Question& question);
  void attempt(Slot& slot);
  void ask_later(Slot& slot);
  void ask_over_tcp(Slot& slot);
  void set_deadline(Slot& slot, evt::nanoseconds delay);
  void pause(Slot& slot);
  void on_deadline(evt::Timer& timer);
  bool is_ours(Channel& channel, const Slot& slot, const evt::dns::Message& message);
  void on_answer(Slot& slot, const evt::dns::Message& message);
  bool ask_otherwise(Slot& slot, evt::dns::Rcode rcode);
  void answer(Slot& slot, const evt::dns::Message& message);
  void fail(Slot& slot, const evt::Error& error);
  void free(Slot& slot);
  std::uint16_t server_index(const evt::Address& address);
  bool is_over() const;
  evt::Action on_progress() const;
  Exit conclude();

  evt::nanoseconds timeout_of(const Slot& slot) const;
  unsigned tries_of(const Slot& slot) const;
  std::uint32_t concurrency() const { return settings_.concurrency.value_or(default_concurrency); }
  Subject subject_of(const Slot& slot) const {
    return {.sequence = slot.sequence, .name = &slot.name, .text = {}, .type = slot.type};
  }

  Context& context_;
  evt::Loop& loop_;
  const Settings& settings_;
  BulkPlan plan_;
  std::uint64_t descriptors_;  // That we may have.
  MessageForm form_;
  evt::dns::CookieJar cookies_;
  Tally tally_;
  Window window_;
  Channels channels_;
  Streams streams_;
  Lines lines_;
  Writer writer_;
  Records records_;

  std::vector<evt::Address> servers_;
  std::vector<RoundTrip> round_trips_;  // Of servers.
  std::unordered_map<evt::Address, std::uint16_t> server_numbers_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
  std::deque<Slot*> later_;  // To be asked (again) as soon as a channel is free.
  std::uint64_t sequence_ = 0;
  std::uint32_t under_way_ = 0;
  bool scheduled_ = false;
  evt::nanoseconds began_{0};
  evt::nanoseconds rate_began_{0};
  evt::Timer rate_timer_;
  evt::Timer channel_timer_;
  evt::Wake progress_wake_;
  ProgressHook progress_hook_;
};

}  // namespace evtool::dnsq
