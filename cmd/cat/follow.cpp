/// Each time something may have changed: read every file to its end, from the start where it became shorter, and go
/// over to the file that has its name now.
#include "cat/follow.hpp"

#include "cat/changes.hpp"
#include "cat/job.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace evtool::cat {
namespace {

struct Followed {
  std::string path;
  std::optional<Source> source;  ///< None while there is no such file.
};

/// The file that `path` leads to now, if there is one that can be followed.
std::optional<Identity> file_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return identity_of(status);
}

/// What is written in place of what was read starts from the beginning.
void note_truncation(Job& job, Source& source) {
  struct stat status{};
  const auto position = ::lseek(source.fd, 0, SEEK_CUR);
  if (position < 0 || ::fstat(source.fd, &status) != 0 || status.st_size >= position) return;
  job.note("{}: file truncated", source.name);
  (void)::lseek(source.fd, 0, SEEK_SET);
}

void look(Job& job, Changes& changes, Followed& followed) {
  auto& source = followed.source;
  if (source) {
    note_truncation(job, *source);
    if (job.copier().copy(*source) == Ended::failed) source.reset();
  }
  const auto now = file_of(followed.path);
  if (job.over() || !now || (source && source->identity == *now)) return;
  // The old file was read to its end just before.
  job.note("{}: {}", followed.path, source ? "replaced by a new file" : "has appeared");
  source = open_source(job, followed.path);
  if (!source || is_output(job, *source)) return;
  changes.watch_file(source->fd);
  if (job.copier().copy(*source) == Ended::failed) source.reset();
}

/// A reader that goes away while nothing happens: only a write would tell, and none may ever come.
bool reader_left(Job& job) {
  pollfd target{.fd = job.output.main().fd(), .events = 0, .revents = 0};
  if (job.output.main().kind() != Kind::pipe || ::poll(&target, 1, 0) <= 0) return false;
  job.output_failed(job.output.main().name(), EPIPE);
  return true;
}

/// Copies the operand. Names of regular files, and those that are missing, are followed from then on.
void begin(Job& job, Changes& changes, std::list<Followed>& files, const std::string& operand) {
  if (operand != "-") changes.watch_name(operand);
  auto source = open_source(job, operand);
  const bool wanted = operand != "-" && (!source || source->kind == Kind::regular);
  if (source) {
    if (is_output(job, *source)) return;
    if (wanted) changes.watch_file(source->fd);
    copy_source(job, *source);
  }
  if (wanted) files.push_back({.path = operand, .source = std::move(source)});
}

}  // namespace

void follow(Job& job) {
  evt::Loop* loop = job.loop();
  if (loop == nullptr) return;
  Changes changes(*loop);
  std::list<Followed> files;
  for (const auto& operand : job.context.operands) {
    if (job.over()) return;
    begin(job, changes, files, operand);
  }
  while (!job.over() && !files.empty()) {
    changes.wait();
    for (auto& followed : files) {
      if (!job.over()) look(job, changes, followed);
    }
    if (!job.over() && reader_left(job)) return;
  }
}

}  // namespace evtool::cat
