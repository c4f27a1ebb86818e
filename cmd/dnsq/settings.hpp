/// What the options of dnsq come to; the table that fills it is in dnsq.cpp, dig's +words are in plus_words.cpp.
#pragma once

#include "dnsq/print.hpp"
#include "units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evtool::dnsq {

/// What is printed of a question and its answer, as dig's +words switch it.
struct Shown {
  bool command = true;
  Sections sections;
  bool statistics = true;

  static Shown all(bool on) { return {on, {on, on, on, on, on}, on}; }
};

struct Settings {
  std::optional<std::uint16_t> port;
  std::optional<std::string> type;
  std::optional<std::string> cls;
  std::vector<std::string> reverse;
  bool ipv4 = false;
  bool ipv6 = false;
  bool tcp = false;
  bool tls = false;
  bool short_form = false;
  bool only_answer = false;
  Shown shown;
  std::optional<Duration> timeout;
  std::optional<std::uint32_t> tries;

  bool no_recursion = false;
  bool dnssec = false;
  bool checking_disabled = false;
  bool no_authentic_data = false;
  bool authoritative = false;
  bool no_edns = false;
  bool no_cookie = false;
  bool nsid = false;
  std::optional<std::uint16_t> buffer_size;
  std::optional<std::string> subnet;
  std::optional<std::uint16_t> padding;
  bool search = false;
  std::optional<std::uint32_t> ndots;
  bool ignore_truncation = false;
  bool random_case = false;

  bool from_stdin = false;
  std::optional<std::string> file;
  std::optional<std::uint32_t> concurrency;
  std::optional<Rate> rate;
  bool ordered = false;

  bool bulk() const { return from_stdin || file; }
};

}  // namespace evtool::dnsq
