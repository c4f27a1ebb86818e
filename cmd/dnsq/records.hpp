/// One record out per line in: as text or JSON, in the order in which answers come or in that of the lines.
#pragma once

#include "dnsq/settings.hpp"
#include "dnsq/writer.hpp"
#include <evt/dns/message.hpp>
#include <evt/dns/name.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace evtool::dnsq {

enum class Form : std::uint8_t {
  full,   ///< `NAME TYPE STATUS DATA…`, columns parted by tabs.
  brief,  ///< `DATA…`
  json,
};

/// What a record is about.
struct Subject {
  std::uint64_t sequence = 0;            ///< Of the line, from 0.
  const evt::dns::Name* name = nullptr;  ///< Null: the line was none, and is `text`.
  std::string_view text;
  evt::dns::Type type{};
};

class Records {
 public:
  /// With `ordered`, records wait for those of earlier lines, up to `window` lines behind the first that is missing.
  struct Options {
    Form form = Form::full;
    bool ordered = false;
    std::uint32_t window = 0;
  };
  Records(Writer& writer, Options options) : writer_(writer), options_(options) {}

  /// Whether the line of this number may be begun already.
  bool may_begin(std::uint64_t sequence) const { return !options_.ordered || sequence < first_ + options_.window; }

  void answer(const Subject& subject, const evt::dns::Message& message);
  /// `status` is a word such as TIMEOUT; `reason` may be empty.
  void failure(const Subject& subject, std::string_view status, std::string_view reason);

 private:
  std::string& room_for(std::uint64_t sequence);
  void done(std::uint64_t sequence);

  Writer& writer_;
  Options options_;
  struct Held {
    std::string text;
    bool ready = false;
  };
  std::deque<Held> held_;
  std::uint64_t first_ = 0;  // The line whose record is the next to be written.
};

}  // namespace evtool::dnsq
