/// open, read, read, close, and one write for many files: a fifth of the system calls of anything else, and no loop
/// has to be made. Nothing here waits but a disk.
#include "cat/quick.hpp"

#include "await.hpp"
#include "cat/job.hpp"
#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evtool::cat {
namespace {

/// Only FIFOs may keep O_NONBLOCK: the ring takes it for "never wait", also where a file cannot be waited for.
void wait_again(const Source& source) {
  const int flags = ::fcntl(source.fd, F_GETFL);
  if (flags >= 0) (void)::fcntl(source.fd, F_SETFL, flags & ~O_NONBLOCK);
}

/// A FIFO that was opened before its writer looks like an empty one: readable or hung up means that a writer came.
bool await_writer(Job& job, Source& source) {
  evt::Loop* loop = job.loop();
  if (loop == nullptr) return false;
  evt::File file(*loop, evt::File::borrow(source.fd));
  evt::IoRequest request(file);
  Await<std::size_t> wait(*loop);
  return wait.on(request.readable(wait.done())).has_value();
}

/// More than a small file, or something that waits: ready for copy_source(), as if it had been opened plainly.
std::optional<Source> hand_over(Job& job, Source source) {
  if (!job.output.flush() || !inspect(job, source)) return std::nullopt;
  if (source.kind == Kind::pipe && !await_writer(job, source)) return std::nullopt;
  wait_again(source);
  return source;
}

bool is_fifo(const Source& source) {
  struct stat status{};
  return ::fstat(source.fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

std::optional<Source> copy_small(Job& job, const std::string& operand) {
  // O_NONBLOCK: a FIFO without a writer must not hold up what was read before it.
  const int fd = ::open(operand.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 && errno == EAGAIN) return open_source(job, operand);  // A lease, which O_NONBLOCK does not wait for.
  if (fd < 0) {
    job.input_failed(operand, errno);
    return std::nullopt;
  }
  Source source{.name = operand, .owned = evt::Fd(fd), .fd = fd};
  if (job.output.main().kind() == Kind::regular) {
    // Larger ones are cloned from their beginning.
    if (!inspect(job, source) || is_output(job, source)) return std::nullopt;
    if (source.kind != Kind::regular || source.size_bytes > Outputs::batch_bytes)
      return hand_over(job, std::move(source));
  }
  switch (drain(job, source)) {
    case Ended::declined:
      return hand_over(job, std::move(source));
    case Ended::complete:
      job.file_done(source.name, Engine::copy);
      break;
    case Ended::failed:
      break;
  }
  return std::nullopt;
}

Ended drain(Job& job, Source& source) {
  std::size_t total = 0;
  while (!job.over()) {
    auto room = job.output.room();
    room = room.first(job.allowed(room.size()));
    const auto count = ::read(source.fd, room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return Ended::declined;
    if (count < 0) {
      job.input_failed(source.name, errno);
      return Ended::failed;
    }
    if (count == 0) return total == 0 && is_fifo(source) ? Ended::declined : Ended::complete;
    job.output.hold(static_cast<std::size_t>(count));
    job.moved(static_cast<std::size_t>(count));
    total += static_cast<std::size_t>(count);
    if (job.output.room().empty() && !job.output.flush()) return Ended::failed;
    if (total >= Outputs::batch_bytes) return Ended::declined;
  }
  return Ended::complete;
}

}  // namespace evtool::cat
