/// Read, change, write, wait as long as the rate wants; one chunk at a time, so that nothing is held back.
#include "cat/copier.hpp"

#include "await.hpp"
#include "cat/job.hpp"
#include <evt/timer.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace evtool::cat {
namespace {

constexpr std::size_t buffered_bytes = std::size_t{128} * 1024;
constexpr std::size_t direct_bytes = std::size_t{1} << 20;
constexpr std::align_val_t alignment{4096};  // As O_DIRECT wants it.

/// Turns O_DIRECT off, on a description of our own; false when it was off.
bool leave_direct(const Source& source) {
  if (!source.owned) return false;
  const int flags = ::fcntl(source.fd, F_GETFL);
  return (flags & O_DIRECT) != 0 && ::fcntl(source.fd, F_SETFL, flags & ~O_DIRECT) == 0;
}

std::byte* aligned(std::size_t size) {
  return static_cast<std::byte*>(::operator new(size, alignment));
}

}  // namespace

void Copier::Free::operator()(std::byte* memory) const {
  ::operator delete(memory, alignment);
}

Copier::Copier(Job& job) : job_(job), chunk_bytes_(job.settings.direct ? direct_bytes : buffered_bytes) {
  const auto& settings = job.settings;
  const Format format{
      .number = settings.number,
      .number_nonblank = settings.number_nonblank,
      .squeeze_blank = settings.squeeze_blank,
      .show_ends = settings.show_ends,
      .show_tabs = settings.show_tabs,
      .show_nonprinting = settings.show_nonprinting,
  };
  if (settings.rate_limit) chunk_bytes_ = pacer_.emplace(*settings.rate_limit).chunk(chunk_bytes_);
  if (!format.changes_nothing()) {
    transform_.emplace(format);
    changed_.reset(aligned(chunk_bytes_ * Transform::growth));
  }
  input_.reset(aligned(chunk_bytes_));
}

Ended Copier::copy(Source& source) {
  evt::Loop* loop = job_.loop();
  if (loop == nullptr || !job_.output.flush()) return Ended::failed;
  evt::File file(*loop, evt::File::borrow(source.fd));
  evt::IoRequest request(file);
  while (!job_.over()) {
    const std::size_t skipping = std::min<std::uint64_t>(source.skip_bytes, chunk_bytes_);
    const auto count = read(*loop, request, skipping > 0 ? skipping : job_.allowed(chunk_bytes_));
    if (!count) {
      if (count.error() == evt::Errc::eof) return Ended::complete;
      const int number = count.error().system_errno();
      if (number == EINVAL && leave_direct(source)) continue;
      job_.input_failed(source.name, number != 0 ? number : EIO);
      return Ended::failed;
    }
    if (skipping > 0) {
      source.skip_bytes -= *count;
      continue;
    }
    if (!deliver({input_.get(), *count})) return Ended::failed;
    job_.moved(*count);
    if (!pause(*loop, *count)) return Ended::failed;
  }
  return Ended::complete;
}

evt::Result<std::size_t> Copier::read(evt::Loop& loop, evt::IoRequest& request, std::size_t size) {
  Await<std::size_t> wait(loop);
  return wait.on(request.read({input_.get(), size}, wait.done()));
}

bool Copier::deliver(std::span<const std::byte> bytes) {
  if (!transform_) return job_.output.write(bytes);
  return job_.output.write({changed_.get(), transform_->feed(bytes, changed_.get())});
}

/// As long as --rate-limit wants.
bool Copier::pause(evt::Loop& loop, std::size_t bytes) {
  if (!pacer_) return true;
  loop.update_now();
  const auto due = pacer_->moved(bytes, loop.now());
  // After the last bytes there is nothing to wait for.
  if (due <= loop.now() || job_.over()) return true;
  evt::Timer timer(loop);
  Await<std::uint64_t> wait(loop);
  return wait.on(timer.at(due, wait.done())).has_value();
}

bool Copier::finish() {
  return !transform_ || job_.output.write({changed_.get(), transform_->finish(changed_.get())});
}

}  // namespace evtool::cat
