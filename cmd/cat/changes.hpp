/// Changes: waiting until one of some files may have changed. inotify says so at once; a tick every second catches what
/// it cannot see (network file systems, a user's watches used up).
#pragma once

#include <evt/fd.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace evtool::cat {

class Changes {
 public:
  explicit Changes(evt::Loop& loop);

  /// Also wait for changes of the file behind `fd`; none where it is negative.
  void watch_file(int fd);
  /// Also wait for another file to get the name `path`.
  void watch_name(const std::string& path);

  /// Returns once something may have changed since the last call.
  void wait();

 private:
  void on_events(evt::Result<std::size_t> size);
  void on_tick();

  evt::Loop& loop_;
  evt::File inotify_;
  evt::IoRequest read_{inotify_};
  evt::Timer tick_{loop_};
  bool broken_ = false;  // No inotify: only ticks.
  bool changed_ = false;
  alignas(8) std::array<std::byte, 4096> events_;
};

}  // namespace evtool::cat
