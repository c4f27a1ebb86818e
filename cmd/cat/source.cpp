/// Opening inputs, refusing the output among them, and going through the engines.
#include "cat/source.hpp"

#include "await.hpp"
#include "cat/engines.hpp"
#include "cat/job.hpp"
#include "cat/pipe_size.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evtool::cat {
namespace {

/// --offset: what cannot seek is read and thrown away.
void skip(const Job& job, Source& source) {
  if (!job.settings.offset || job.settings.offset->bytes == 0) return;
  const auto bytes = job.settings.offset->bytes;
  const bool seeks = source.kind == Kind::regular || source.kind == Kind::block;
  if (!seeks || ::lseek(source.fd, static_cast<off_t>(bytes), SEEK_CUR) < 0) source.skip_bytes = bytes;
}

/// Enlarges the pipes that take part, where there is enough to move. Returns what the smaller one holds.
std::size_t pipe_bytes(Job& job, const Source& source) {
  const auto& target = job.output.main();
  const bool from_pipe = source.kind == Kind::pipe;
  const bool to_pipe = target.kind() == Kind::pipe;
  const std::size_t pipes = std::size_t{from_pipe} + std::size_t{to_pipe};
  if (pipes == 0) return 0;
  const std::size_t wanted = job.pipe_bytes(pipes);
  std::size_t smallest = SIZE_MAX;
  if (from_pipe) smallest = enlarge_pipe(source.fd, wanted);
  if (to_pipe) smallest = std::min(smallest, enlarge_pipe(target.fd(), wanted));
  return smallest;
}

Engine choose(Job& job, const Source& source) {
  const auto& target = job.output.main();
  Facts facts{
      .source = source.kind,
      .target = target.kind(),
      .source_is_empty = source.size_bytes == 0,
      .target_appends = target.appends(),
      .same_file = job.output.writes(source.identity),
      .changed_or_counted = job.must_copy() || source.skip_bytes > 0,
  };
  if (plan(facts) == Engine::splice) facts.pipe_bytes = pipe_bytes(job, source);
  return plan(facts);
}

Ended run(Engine engine, Job& job, Source& source) {
  switch (engine) {
    case Engine::clone:
      return clone_bytes(job, source);
    case Engine::splice:
      return splice_bytes(job, source);
    case Engine::copy:
      break;
  }
  return job.copier().copy(source);
}

}  // namespace

bool inspect(Job& job, Source& source) {
  struct stat status{};
  if (::fstat(source.fd, &status) != 0) {
    job.input_failed(source.name, errno);
    return false;
  }
  source.kind = kind_of(status);
  source.identity = identity_of(status);
  source.size_bytes = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  return true;
}

std::optional<Source> open_source(Job& job, const std::string& operand) {
  if (operand == "-") {
    Source source{.name = "standard input", .fd = STDIN_FILENO};
    return inspect(job, source) ? std::optional(std::move(source)) : std::nullopt;
  }
  evt::Loop* loop = job.output.flush() ? job.loop() : nullptr;
  if (loop == nullptr) return std::nullopt;
  evt::OpenRequest request(*loop);
  Await<evt::Fd> wait(*loop);
  int flags = O_RDONLY | O_NOCTTY | (job.settings.direct ? O_DIRECT : 0);
  auto opened = wait.on(request.open(operand.c_str(), {.flags = flags}, wait.done()));
  if (!opened && job.settings.direct && opened.error() == std::errc::invalid_argument) {
    flags &= ~O_DIRECT;  // tmpfs, /proc and others have none.
    opened = wait.on(request.open(operand.c_str(), {.flags = flags}, wait.done()));
  }
  if (!opened) {
    const int number = opened.error().system_errno();
    job.input_failed(operand, number != 0 ? number : EIO);
    return std::nullopt;
  }
  Source source{.name = operand, .owned = std::move(*opened)};
  source.fd = source.owned.get();
  return inspect(job, source) ? std::optional(std::move(source)) : std::nullopt;
}

bool is_output(Job& job, const Source& source) {
  if (source.kind != Kind::regular || !job.output.writes(source.identity)) return false;
  const auto position = ::lseek(source.fd, 0, SEEK_CUR);
  if (position < 0 || static_cast<std::uint64_t>(position) >= source.size_bytes) return false;
  job.error("{}: input file is output file", source.name);
  job.fail();
  return true;
}

void copy_source(Job& job, Source& source) {
  if (!job.output.flush() || is_output(job, source)) return;
  skip(job, source);
  Engine engine = choose(job, source);
  Ended ended = run(engine, job, source);
  if (ended == Ended::declined) {
    engine = Engine::copy;
    ended = run(engine, job, source);
  }
  if (ended == Ended::complete) job.file_done(source.name, engine);
}

}  // namespace evtool::cat
