/// What the options of dial come to; the table that fills it is in dial.cpp.
#pragma once

#include "convert.hpp"

#include <optional>
#include <string>

namespace evtool::dial {

struct Settings {
  std::optional<Duration> timeout;
  std::optional<Duration> attempt_timeout;
  std::optional<Duration> idle_timeout;
  bool only_connect = false;
  std::optional<Duration> wait;
  std::optional<Duration> every;
  bool trace_dial = false;
  bool ipv4 = false;
  bool ipv6 = false;
  std::string bind;
  bool nodelay = false;
  bool keepalive = false;
  bool fast_open = false;
  bool udp = false;
  bool local = false;
  bool listen = false;
  bool print_addr = false;
  bool announce = false;
  bool tls = false;
  std::string proxy;
};

}  // namespace evtool::dial
