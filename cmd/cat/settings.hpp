/// What the options of cat come to; the table that fills it is in cat.cpp.
#pragma once

#include "units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace evtool::cat {

struct Settings {
  std::string output;
  bool append = false;
  std::optional<Size> offset;
  std::optional<Size> bytes;
  std::optional<Rate> rate_limit;
  bool progress = false;
  std::optional<int> progress_fd;
  std::optional<Size> size;
  std::vector<std::string> tee;
  bool follow = false;
  bool direct = false;
  bool fsync = false;
  bool copy = false;
  bool number = false;
  bool number_nonblank = false;
  bool squeeze_blank = false;
  bool show_ends = false;
  bool show_tabs = false;
  bool show_nonprinting = false;
  bool unbuffered = false;
};

}  // namespace evtool::cat
