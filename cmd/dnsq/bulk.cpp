/// Bulk: from lines to slots, from answers to records, and what happens to questions that are not answered.
#include "dnsq/bulk.hpp"

#include "command.hpp"
#include "dnsq/verdict.hpp"
#include <evt/dns/match.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evtool::dnsq {

namespace {

using evt::dns::Message;
using evt::dns::Rcode;

constexpr unsigned default_tries = 10;
/// Of a server that never said anything: with doubled timeouts 15 seconds.
constexpr unsigned tries_of_the_silent = 4;
/// Of an ICMP refusal, where there is no other server to go to.
constexpr evt::nanoseconds after_refusal = std::chrono::milliseconds{100};
constexpr std::uint8_t most_refusals = 3;
/// Of the window, to be free before the next questions begin.
constexpr std::uint32_t least_share = 2;
/// When all sockets are busy with other servers.
constexpr evt::nanoseconds for_a_channel = std::chrono::milliseconds{10};
/// Lines whose records may wait for an earlier one.
constexpr std::uint32_t ordered_window = 16384;
/// Descriptors that are not sockets of channels: standard ones, the loop's, the input, streams.
constexpr std::uint64_t other_descriptors = 16;
constexpr std::size_t most_channels = 48;
constexpr std::size_t most_streams = 32;

std::size_t sockets_of(std::uint64_t limit) {
  return limit > 2 * other_descriptors ? std::min<std::uint64_t>(most_channels, (limit - other_descriptors) / 2) : 6;
}

std::size_t streams_of(std::uint64_t limit) {
  return limit > 4 * other_descriptors ? std::min<std::uint64_t>(most_streams, (limit - other_descriptors) / 2) : 2;
}

evt::nanoseconds stream_timeout(const Settings& settings) {
  return settings.timeout.value_or(std::chrono::seconds{5});
}

/// Buffers of a size that is no power of two do not share the same few lines of the cache.
Channel::Limits channel_limits(const Settings& settings) {
  constexpr std::size_t line = 64;
  const std::size_t size = std::max<std::size_t>(settings.buffer_size.value_or(0), 1232);
  return {.questions = settings.concurrency.value_or(default_concurrency),
          .largest_datagram = (size / line + 1) * line};
}

Records::Options record_options(const Context& context, const Settings& settings) {
  const Form form = context.json_fd() >= 0 ? Form::json : settings.short_form ? Form::brief : Form::full;
  return {.form = form, .ordered = settings.ordered, .window = ordered_window};
}

}  // namespace

Bulk::Bulk(Context& context, evt::Loop& loop, const Settings& settings, BulkPlan plan)
    : context_(context),
      loop_(loop),
      settings_(settings),
      plan_(std::move(plan)),
      descriptors_(raise_descriptor_limit()),
      form_(settings, plan_.subnet),
      window_(concurrency()),
      channels_(loop, *this, cookies_, {.sockets = sockets_of(descriptors_), .channel = channel_limits(settings)}),
      streams_(loop, *this, streams_of(descriptors_)),
      lines_(loop, plan_.input,
             {.function = [](void* self) { static_cast<Bulk*>(self)->schedule(); }, .context = this}),
      writer_(loop, context.json_fd() >= 0 ? context.json_fd() : STDOUT_FILENO,
              {.function = [](void* self) { static_cast<Bulk*>(self)->schedule(); }, .context = this}),
      records_(writer_, record_options(context, settings)),
      rate_timer_(loop),
      channel_timer_(loop),
      progress_wake_(loop) {
  for (const evt::Address& server : plan_.servers)
    server_index(server);
  rate_timer_.unref();
  channel_timer_.unref();
  progress_wake_.ref();  // Goes on until stop().
  progress_wake_.wait(evt::bind<&Bulk::on_progress>(*this));
  progress_hook_ = {.function = [](void* wake) { static_cast<evt::Wake*>(wake)->notify(); },
                    .context = &progress_wake_};
  on_progress_signal(&progress_hook_);
}

Bulk::~Bulk() {
  on_progress_signal(nullptr);
}

Exit Bulk::run() {
  began_ = rate_began_ = loop_.now();
  schedule();
  if (const auto ran = loop_.run(); !ran) {
    context_.error("{}", ran.error().message());
    return Exit::failed;
  }
  return conclude();
}

/// At the end of this turn, once: what came in a turn goes out together.
void Bulk::schedule() {
  if (std::exchange(scheduled_, true)) return;
  loop_.defer(evt::bind<&Bulk::pump>(*this));
}

void Bulk::pump() {
  scheduled_ = false;
  // A few at a time cost more than many: their packets, and the turns that their answers make.
  const bool has_room = in_the_air() + window_.limit() / least_share <= window_.limit();
  for (auto waiting = later_.size(); waiting > 0 && in_the_air() < window_.limit(); --waiting) {
    Slot& slot = *later_.front();
    later_.pop_front();
    attempt(slot);
  }
  while (has_room && may_begin() && within_rate()) {
    const auto line = lines_.next();
    if (!line) break;
    take_line(*line);
  }
  channels_.flush();
  writer_.flush();
  if (is_over()) loop_.stop();
}

bool Bulk::may_begin() const {
  return under_way_ < concurrency() && in_the_air() < window_.limit() && later_.empty() && !writer_.is_full() &&
         !writer_.error() && records_.may_begin(sequence_);
}

/// As many since the beginning as the rate allows; otherwise it is tried again when the next is due.
bool Bulk::within_rate() {
  if (!settings_.rate) return true;
  const auto rate = settings_.rate->per_second;
  const auto due = rate_began_ + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(sequence_) *
                                                                                    1e9 / static_cast<double>(rate)));
  const auto now = loop_.now();
  if (now >= due) {
    // Who could not keep up does not catch up in one go.
    if (now - due > std::chrono::milliseconds{100}) rate_began_ += now - due - std::chrono::milliseconds{100};
    return true;
  }
  if (rate_timer_.idle()) rate_timer_.after(due - now, evt::bind<&Bulk::schedule>(*this));
  return false;
}

void Bulk::take_line(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] == ';' || line[first] == '#') return;
  if (lines_.was_cut()) {
    tally_.count(Fate::invalid);
    return records_.failure({.sequence = sequence_++, .text = line.substr(0, 255)}, "INVALID", "a line too long");
  }
  const auto question = parse_line(line, plan_.defaults);
  if (question) return begin(*question);
  tally_.count(Fate::invalid);
  records_.failure({.sequence = sequence_++, .text = line.substr(0, 255)}, "INVALID", question.error());
}

void Bulk::begin(const Question& question) {
  if (free_.empty()) {
    slots_.push_back(std::make_unique<Slot>(loop_));
    slots_.back()->index = static_cast<std::uint16_t>(slots_.size() - 1);
    slots_.back()->timer.set_user(slots_.back().get());
    free_.push_back(slots_.back().get());
  }
  Slot& slot = *free_.back();
  free_.pop_back();
  slot.sequence = sequence_++;
  slot.name = question.name;
  slot.type = question.type;
  slot.cls = plan_.cls;
  slot.fixed_server = question.server.has_value();
  slot.server = question.server ? server_index(*question.server) : std::uint16_t{0};
  slot.tries = slot.refusals = 0;
  slot.without_edns = slot.over_tcp = slot.paused = false;
  ++under_way_;
  attempt(slot);
}

std::uint16_t Bulk::server_index(const evt::Address& address) {
  const auto [place, is_new] = server_numbers_.try_emplace(address, static_cast<std::uint16_t>(servers_.size()));
  if (is_new) {
    servers_.push_back(address);
    round_trips_.emplace_back();
  }
  return place->second;
}

/// One try: another server than the last time, another socket, another id.
void Bulk::attempt(Slot& slot) {
  if (!slot.fixed_server) slot.server = static_cast<std::uint16_t>(slot.tries % plan_.servers.size());
  if (slot.over_tcp || settings_.tcp) return ask_over_tcp(slot);
  const evt::Address& server = servers_[slot.server];
  Channel* channel = channels_.pick(slot.server, server, slot.channel);
  if (channel == nullptr) {
    if (!channels_.any_open()) return fail(slot, channels_.error());
    if (channel_timer_.idle()) channel_timer_.after(for_a_channel, evt::bind<&Bulk::schedule>(*this));
    return ask_later(slot);
  }
  channel->add(slot);
  if (!form_.write(slot, {.client = channel->client_cookie(), .server = cookies_.server_cookie(server)})) {
    channel->remove(slot);
    return fail(slot, evt::errno_error("dns", EINVAL));
  }
  ++tally_.datagrams;
  if (slot.tries++ != 0) ++tally_.repeats;
  slot.sent_at = loop_.now();
  set_deadline(slot, timeout_of(slot));
}

void Bulk::ask_later(Slot& slot) {
  later_.push_back(&slot);
}

void Bulk::ask_over_tcp(Slot& slot) {
  slot.over_tcp = true;
  const auto cookie = cookies_.client_cookie(servers_[slot.server], evt::Address());
  if (!form_.write(slot, {.client = cookie, .server = {}})) return fail(slot, evt::errno_error("dns", EINVAL));
  ++tally_.streams;
  if (slot.tries++ != 0) ++tally_.repeats;
  streams_.ask(slot, servers_[slot.server], stream_timeout(settings_));
}

/// Doubled from try to try: a server that is slow is given time.
evt::nanoseconds Bulk::timeout_of(const Slot& slot) const {
  const auto first = settings_.timeout.value_or(round_trips_[slot.server].timeout());
  return first * (1U << std::min(slot.tries - 1U, 3U));
}

unsigned Bulk::tries_of(const Slot& slot) const {
  const unsigned usual = round_trips_[slot.server].is_known() ? default_tries : tries_of_the_silent;
  return std::min(settings_.tries.value_or(usual), 255U);
}

void Bulk::set_deadline(Slot& slot, evt::nanoseconds delay) {
  slot.deadline = loop_.now() + delay;
  // One that is neither idle nor can be moved has expired for an earlier question: on_deadline() sees that.
  if (slot.timer.idle()) {
    slot.timer.after(delay, evt::bind<&Bulk::on_deadline>(*this));
  } else {
    slot.timer.reset(delay);
  }
}

void Bulk::pause(Slot& slot) {
  slot.paused = true;
  set_deadline(slot, after_refusal);
}

void Bulk::on_deadline(evt::Timer& timer) {
  Slot& slot = *static_cast<Slot*>(timer.user());
  if (slot.channel == nullptr && !slot.paused) return;
  if (const auto left = slot.deadline - loop_.now(); left > evt::nanoseconds::zero()) {
    slot.timer.after(left, evt::bind<&Bulk::on_deadline>(*this));
    return;
  }
  schedule();
  if (std::exchange(slot.paused, false)) return ask_later(slot);
  window_.on_loss(loop_.now(), timeout_of(slot));
  slot.channel->remove(slot);
  if (slot.tries < tries_of(slot)) return ask_later(slot);
  fail(slot, evt::errno_error("dns", ETIMEDOUT));
}

void Bulk::on_failure(Channel& channel, const evt::Error& error) {
  channel.distrust();
  const bool elsewhere = plan_.servers.size() > 1;
  channel.for_each([&](Slot& slot) {
    channel.remove(slot);
    const bool again = elsewhere && !slot.fixed_server;
    if (slot.tries >= tries_of(slot) || ++slot.refusals >= (again ? tries_of(slot) : most_refusals))
      return fail(slot, error);
    again ? ask_later(slot) : pause(slot);
  });
  schedule();
}

void Bulk::on_datagram(Channel& channel, Slot* slot, std::span<const std::byte> datagram) {
  using evt::dns::Match;
  const Match match = slot == nullptr ? Match::foreign : evt::dns::match(datagram, slot->sent());
  if (match != Match::answer && match != Match::other_case) return channel.distrust();
  const auto message = Message::parse(datagram);
  if (message && !is_ours(channel, *slot, *message)) return channel.distrust();
  round_trips_[slot->server].measured(loop_.now() - slot->sent_at);
  window_.on_answer(loop_.now(), round_trips_[slot->server].timeout());
  channel.remove(*slot);
  if (message) return on_answer(*slot, *message);
  if (slot->tries < plan_.servers.size() && !slot->fixed_server) return ask_later(*slot);
  fail(*slot, message.error());
}

/// A cookie that is not the one we sent was made for somebody else. One that the server adds to it is kept.
bool Bulk::is_ours(Channel& channel, const Slot& slot, const Message& message) {
  const auto& edns = message.edns();
  if (!edns) return true;
  const auto cookie = edns->cookie();
  const auto& ours = channel.client_cookie();
  if (cookie.empty()) return true;
  if (cookie.size() < ours.size() || !std::ranges::equal(cookie.first(ours.size()), ours)) return false;
  const auto theirs = cookie.subspan(ours.size());
  const evt::Address& server = servers_[slot.server];
  if (!std::ranges::equal(theirs, cookies_.server_cookie(server))) cookies_.learn(server, theirs);
  return true;
}

void Bulk::on_answer(Slot& slot, const Message& message) {
  if (message.header().truncated() && !settings_.ignore_truncation && !slot.over_tcp) return ask_over_tcp(slot);
  if (ask_otherwise(slot, message.rcode())) return ask_later(slot);
  answer(slot, message);
}

/// Whether an error may be no answer yet: without EDNS, with the cookie just learnt, or at the next server.
bool Bulk::ask_otherwise(Slot& slot, Rcode rcode) {
  if (slot.tries >= tries_of(slot)) return false;
  switch (rcode) {
    case Rcode::badcookie:
      return true;
    case Rcode::formerr:
    case Rcode::notimp:
    case Rcode::badvers:
      if (!settings_.no_edns && !slot.without_edns) return slot.without_edns = true;
      break;
    case Rcode::servfail:
    case Rcode::refused:
    case Rcode::notauth:
      break;
    case Rcode::noerror:
    case Rcode::nxdomain:
    case Rcode::yxdomain:
    case Rcode::yxrrset:
    case Rcode::nxrrset:
    case Rcode::notzone:
      return false;
  }
  return !slot.fixed_server && slot.tries < plan_.servers.size();
}

void Bulk::on_stream(Slot& slot, const evt::Result<Message>& message) {
  if (message) {
    on_answer(slot, *message);
  } else if (slot.tries < tries_of(slot) && message.error() != std::errc::bad_message &&
             ++slot.refusals < most_refusals) {
    ask_later(slot);
  } else {
    fail(slot, message.error());
  }
  schedule();
}

void Bulk::answer(Slot& slot, const Message& message) {
  const Fate fate = fate_of(message.rcode());
  tally_.count(fate);
  records_.answer(subject_of(slot), message);
  if (settings_.short_form && fate != Fate::found)
    context_.error("{}: {}", slot.name.text(), evt::dns::text_of(message.rcode()));
  free(slot);
}

void Bulk::fail(Slot& slot, const evt::Error& error) {
  tally_.count(fate_of(error));
  const std::string reason = fate_of(error) == Fate::silent ? error.code.message() : error.operation;
  records_.failure(subject_of(slot), status_of(error), reason);
  if (settings_.short_form) context_.error("{}: {}", slot.name.text(), reason);
  free(slot);
}

void Bulk::free(Slot& slot) {
  slot.channel = nullptr;
  --under_way_;
  free_.push_back(&slot);
}

bool Bulk::is_over() const {
  return writer_.error() || (lines_.ended() && under_way_ == 0 && writer_.is_empty());
}

evt::Action Bulk::on_progress() const {
  context_.complain(tally_.text(loop_.now() - began_));
  return evt::Action::rearm;
}

Exit Bulk::conclude() {
  if (const auto& error = writer_.error()) {
    context_.error("standard output: {}", error->code.message());
    return Exit::failed;
  }
  context_.note("{}", tally_.text(loop_.now() - began_));
  if (const auto& error = lines_.error()) {
    context_.error("{}: {}", settings_.file.value_or("standard input"), error->code.message());
    return Exit::failed;
  }
  return exit_of(tally_.worst());
}

}  // namespace evtool::dnsq
