/// Files that anybody may write, or that name what cannot be meant, are refused.
#include "wait_pid/pidfile.hpp"

#include "output.hpp"
#include "wait_pid/operand.hpp"
#include <evt/fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace evtool::wait_pid {
namespace {

std::unexpected<std::string> refuse(std::string_view why) {
  return std::unexpected(std::string(why));
}

/// More than any number, and enough to see that there is junk.
using Start = std::array<char, 64>;

std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const auto last = text.find_last_not_of(" \t\r");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::expected<pid_t, std::string> believe(std::string_view line) {
  if (line.empty()) return refuse("has no process id on its first line");
  const auto pid = parse_pid(line);
  if (!pid) return refuse(std::string("'").append(line).append("' ").append(pid.error()));
  if (*pid == 1) return refuse("names process 1");
  if (*pid == ::getpid()) return refuse("names evtool itself");
  return *pid;
}

}  // namespace

std::expected<pid_t, std::string> read_pidfile(const std::string& path) {
  const evt::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file && errno == ENOENT) return 0;
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return refuse(errno_text(errno));
  if (!S_ISREG(status.st_mode)) return refuse("is not a regular file");
  if ((status.st_mode & S_IWOTH) != 0) return refuse("may be written by everybody");
  Start start{};
  const auto size = ::read(file.get(), start.data(), start.size());
  if (size < 0) return refuse(errno_text(errno));
  return believe(first_line({start.data(), static_cast<std::size_t>(size)}));
}

}  // namespace evtool::wait_pid
