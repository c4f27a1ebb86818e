/// What every applet understands: the common settings and their options.
#pragma once

#include "option.hpp"
#include "terminal.hpp"
#include <evt/loop.hpp>

#include <array>
#include <string>

namespace evtool {

template <>
inline constexpr auto words<When> = std::to_array<std::string_view>({"auto", "always", "never"});

/// The simulated backend is for tests and has no word.
template <>
inline constexpr auto words<evt::Backend> = std::to_array<std::string_view>({"auto", "io_uring", "epoll"});

struct Common {
  bool help = false;
  bool version = false;
  bool quiet = false;
  bool verbose = false;
  bool json = false;
  std::string json_file;
  When color = When::automatic;
  std::optional<evt::Backend> backend;
  bool stats = false;
  std::string trace;
};

/// `-h -V -q` are reserved everywhere; the others have no letter, so that applets keep their peers'.
inline constexpr auto common_options = std::to_array<Option>({
    option<&Common::help>({.letter = 'h', .name = "help", .help = "show this help"}),
    option<&Common::version>({.letter = 'V', .name = "version", .help = "show the version"}),
    option<&Common::quiet>({.letter = 'q', .name = "quiet", .help = "say nothing but errors"}),
    option<&Common::verbose>({.name = "verbose", .help = "say more on standard error"}),
    option<&Common::json>({.name = "json", .help = "report as JSON"}),
    option<&Common::json_file>({.name = "json-file", .value = "FILE", .help = "write the JSON to FILE or fd:N"}),
    option<&Common::color>({.name = "color", .value = "WHEN", .help = "colour: auto, always or never"}),
    option<&Common::backend>({.name = "backend", .value = "NAME", .help = "auto, io_uring or epoll ($EVTOOL_BACKEND)"}),
    option<&Common::stats>({.name = "stats", .help = "what the run cost, in one line on standard error"}),
    option<&Common::trace>({.name = "trace", .value = "FILE", .help = "write every request to FILE as a Chrome trace"}),
});

}  // namespace evtool
