/// What the events say is not looked at: each of them only means that all files are looked at.
#include "cat/changes.hpp"

#include <sys/inotify.h>

#include <chrono>

namespace evtool::cat {

Changes::Changes(evt::Loop& loop)
    : loop_(loop), inotify_(loop, evt::File::adopt(evt::Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)))) {}

void Changes::watch_file(int fd) {
  if (fd < 0 || !inotify_.is_open()) return;
  // By descriptor: the name may lead elsewhere by now.
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  (void)::inotify_add_watch(inotify_.fd(), path.c_str(), IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF);
}

void Changes::watch_name(const std::string& path) {
  if (!inotify_.is_open()) return;
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  (void)::inotify_add_watch(inotify_.fd(), directory.c_str(), IN_CREATE | IN_MOVED_TO);
}

void Changes::wait() {
  constexpr auto at_least_every = std::chrono::seconds(1);
  while (!changed_) {
    if (tick_.idle()) tick_.after(at_least_every, evt::bind<&Changes::on_tick>(*this));
    if (read_.idle() && inotify_.is_open() && !broken_) read_.read(events_, evt::bind<&Changes::on_events>(*this));
    if (!loop_.run(evt::RunMode::once)) return;
  }
  changed_ = false;
}

void Changes::on_events(evt::Result<std::size_t> size) {
  changed_ = true;
  broken_ = !size;
}

void Changes::on_tick() {
  changed_ = true;
}

}  // namespace evtool::cat
