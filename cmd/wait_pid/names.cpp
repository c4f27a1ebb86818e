/// /proc, read by number; a name counts only where it was read while a pidfd held the number.
#include "wait_pid/names.hpp"

#include "output.hpp"
#include "wait_pid/operand.hpp"
#include "wait_pid/pin.hpp"
#include <evt/fd.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

namespace evtool::wait_pid {
namespace {

constexpr std::size_t longest_pattern = 256;

/// The beginning of a file of /proc/PID; empty where there is none.
std::string read_start(pid_t pid, const char* name) {
  std::array<char, 4096> text;
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  const evt::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto size = ::read(file.get(), text.data(), text.size());
  return {text.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

std::string name_of(pid_t pid, NameOf what) {
  if (what == NameOf::command) {
    std::string name = read_start(pid, "comm");
    if (name.ends_with('\n')) name.pop_back();
    return name;
  }
  std::string line = read_start(pid, "cmdline");
  while (line.ends_with('\0'))
    line.pop_back();
  std::ranges::replace(line, '\0', ' ');
  return line;
}

/// 0 where it cannot be told. The name, which comes before, may contain anything.
pid_t parent_of(pid_t pid) {
  const std::string text = read_start(pid, "stat");
  const auto end = text.rfind(") ");
  if (end == std::string::npos || text.size() < end + 5) return 0;
  const auto number = text.substr(end + 4, text.find(' ', end + 4) - end - 4);
  return parse_pid(number).value_or(0);
}

std::vector<pid_t> ourselves() {
  std::vector<pid_t> pids{::getpid()};
  for (pid_t parent = ::getppid(); parent > 0 && pids.size() < 1000; parent = parent_of(parent))
    pids.push_back(parent);
  return pids;
}

std::optional<Target> match(pid_t pid, const Pattern& pattern, NameOf name) {
  if (!pattern.occurs_in(name_of(pid, name))) return std::nullopt;
  Target target{.pid = pid};
  const auto process = pin(target);
  if (!process) return std::nullopt;
  target.inode = inode_of(*process);
  // Read again while the number is held; what has ended since, or is a zombie, is not running.
  if (!pattern.occurs_in(name_of(pid, name)) || has_ended(*process)) return std::nullopt;
  return target;
}

}  // namespace

void Pattern::Free::operator()(regex_t* regex) const {
  ::regfree(regex);
  delete regex;
}

std::expected<Pattern, std::string> Pattern::compile(const std::string& text) {
  if (text.size() > longest_pattern) return std::unexpected("has a pattern of more than 256 bytes");
  auto regex = std::make_unique<regex_t>();
  const int error = ::regcomp(regex.get(), text.c_str(), REG_EXTENDED | REG_NOSUB);
  if (error == 0) return Pattern(Compiled(regex.release()));
  std::array<char, 128> why{};
  ::regerror(error, regex.get(), why.data(), why.size());
  return std::unexpected(std::string("is no regular expression: ").append(why.data()));
}

bool Pattern::occurs_in(const std::string& text) const {
  return !text.empty() && ::regexec(compiled_.get(), text.c_str(), 0, nullptr, 0) == 0;
}

std::expected<std::vector<Target>, std::string> find_named(const Pattern& pattern, NameOf name) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), [](DIR* open) { return ::closedir(open); });
  if (!folder) return std::unexpected("needs /proc: " + std::string(errno_text(errno)));
  const auto excluded = ourselves();
  std::vector<Target> found;
  while (const dirent* entry = ::readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe)
    const auto pid = parse_pid(entry->d_name);
    if (!pid || std::ranges::find(excluded, *pid) != excluded.end()) continue;
    if (auto target = match(*pid, pattern, name)) found.push_back(std::move(*target));
  }
  return found;
}

}  // namespace evtool::wait_pid
