/// A question of a bulk run from its line to its record.
#pragma once

#include "dnsq/outbox.hpp"
#include <evt/dns/name.hpp>
#include <evt/dns/type.hpp>
#include <evt/timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evtool::dnsq {

class Channel;

struct Slot {
  explicit Slot(evt::Loop& loop) : timer(loop) { timer.unref(); }

  std::span<const std::byte> sent() const { return std::span(message).first(size); }

  evt::Timer timer;  // Stays armed from question to question: only then is a new deadline a store.
  evt::nanoseconds sent_at{0};
  evt::nanoseconds deadline{0};
  std::uint64_t sequence = 0;
  Channel* channel = nullptr;  // Whose socket it went out of, while it waits there.
  evt::dns::Name name;
  evt::dns::Type type{};
  evt::dns::Class cls{};
  std::uint16_t index = 0;  // Of this slot.
  std::uint16_t server = 0;
  std::uint16_t id = 0;
  std::uint16_t size = 0;
  std::uint8_t tries = 0;
  std::uint8_t refusals = 0;
  bool paused = false;        // Asked again when the timer expires.
  bool fixed_server = false;  // The line named one.
  bool without_edns = false;
  bool queued = false;  // Not sent yet.
  bool over_tcp = false;
  std::array<std::byte, Outbox::largest_datagram> message;
};

}  // namespace evtool::dnsq
