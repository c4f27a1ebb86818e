/// The two queues of a File: who has its turn, who waits, and how a close empties them.
#include "loop/access.hpp"
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace evt::detail {

using State = Request::State;

namespace {

constexpr std::size_t read_lane = static_cast<std::size_t>(Direction::read);
constexpr std::size_t write_lane = static_cast<std::size_t>(Direction::write);
constexpr auto parallel_lane = static_cast<std::uint8_t>(Lane::parallel);
static_assert(read_lane == static_cast<std::size_t>(Lane::read) && write_lane == static_cast<std::size_t>(Lane::write));

/// Where `request` takes its turn; what waits in two queues counts as of the first.
std::uint8_t lane_of(const FileRequest& request, Ordering ordering) noexcept {
  Lane lane = traits(request.operation()).lane;
  if (lane == Lane::both) return read_lane;
  if (request.operation() == Operation::shutdown && Access::size(request) == SHUT_RD) lane = Lane::read;
  return static_cast<std::uint8_t>(ordering == Ordering::ordered ? lane : Lane::parallel);
}

bool waits_in_two(const Request& request) noexcept {
  return traits(request.operation()).lane == Lane::both;
}

}  // namespace

/// The File in whose write queue an operation of both lanes waits.
File& Core::second_file(const Request& request) noexcept {
  return request.operation_ == Operation::splice ? *static_cast<const FileRequest&>(request).target_ : file_of(request);
}

void Core::enqueue(FileRequest& request) noexcept {
  File& file = file_of(request);
  const bool two = waits_in_two(request);
  ++file.busy_;
  if (request.operation_ == Operation::splice) ++request.target_->busy_;
  request.done_ = 0;
  request.vector_index_ = 0;
  request.vector_offset_ = 0;
  const std::uint8_t lane = lane_of(request, file.ordering_);
  request.direction_ = lane & 3U;
  if (!takes_work(file) || (two && !takes_work(second_file(request)))) {
    request.direction_ = parallel_lane;
    ++file.parallel_;
    request.state_ = State::in_flight;
    finish(request, -EBADF);
    return;
  }
  if (request.operation_ == Operation::close) return start_close(request);
  if (lane == parallel_lane) {
    ++file.parallel_;
    return launch(request);
  }
  File::Queue& queue = file.queues_[lane];
  if (!two && idle_queue(queue)) {
    queue.active = &request;
    return launch(request);
  }
  if (two && idle_queue(queue) && idle_queue(second_file(request).queues_[write_lane])) {
    queue.active = second_file(request).queues_[write_lane].active = &request;
    return launch(request);
  }
  queue.waiting.push_back(request.hook_);
  if (two) {
    second_file(request).queues_[write_lane].waiting.push_back(request.target_hook_);
    advance(file, Direction::read);
  }
}

/// What is submitted now may go at once.
bool Core::idle_queue(Access::Queue& queue) noexcept {
  return queue.active == nullptr && !queue.paused && queue.waiting.empty();
}

bool Core::takes_work(const File& file) noexcept {
  return file.fd_ >= 0 && file.closing_ == nullptr;
}

/// Gives the turn to the oldest waiting request, if it is free to go; it starts at the next pump.
void Core::advance(File& file, Direction direction) noexcept {
  File::Queue& queue = file.queues_[static_cast<std::size_t>(direction)];
  if (queue.active != nullptr || queue.paused || queue.waiting.empty()) return;
  Request& request = *queue.waiting.front_owner();
  if (waits_in_two(request)) {
    auto& both = static_cast<FileRequest&>(request);
    File::Queue& source = both.file_->queues_[read_lane];
    File::Queue& target = second_file(both).queues_[write_lane];
    if (source.active != nullptr || target.active != nullptr || source.paused || target.paused ||
        source.waiting.front() != &both.hook_ || target.waiting.front() != &both.target_hook_) {
      return;
    }
    both.target_hook_.unlink();
    source.active = target.active = &request;
  } else {
    queue.active = &request;
  }
  request.hook_.unlink();
  starting_.push_back(request.hook_);
}

/// The request ends: its place, in flight or waiting, is free for the next.
void Core::leave_queues(Request& request) noexcept {
  File& file = file_of(request);
  if (request.direction_ == parallel_lane) {
    --file.parallel_;
  } else {
    File::Queue& queue = file.queues_[request.direction_];
    if (queue.active == &request) queue.active = nullptr;
    advance(file, static_cast<Direction>(request.direction_));
  }
  if (waits_in_two(request) && request.direction_ != parallel_lane) {
    File& target = second_file(request);
    static_cast<FileRequest&>(request).target_hook_.unlink();
    File::Queue& queue = target.queues_[write_lane];
    if (queue.active == &request) queue.active = nullptr;
    advance(target, Direction::write);
    if (&target != &file && target.closing_ != nullptr) close_when_quiet(target);
  }
  if (file.closing_ == &request) {
    file.closing_ = nullptr;
  } else if (file.closing_ != nullptr) {
    close_when_quiet(file);
  }
}

void Core::start_close(FileRequest& request) noexcept {
  File& file = file_of(request);
  ++file.parallel_;
  file.closing_ = &request;
  for (File::Queue& queue : file.queues_) {
    while (!queue.waiting.empty())
      cancel(*queue.waiting.front_owner());
    if (queue.active != nullptr) cancel(*queue.active);
  }
  if (file.parallel_ > 1) {
    requests.for_each([&](Request& other) {
      if (Access::file(other) == &file && &other != &request) cancel(other);
    });
  }
  close_when_quiet(file);
}

void Core::close_when_quiet(File& file) noexcept {
  if (forked()) return;  // The engine is the parent's.
  if (file.parallel_ > 1 || file.queues_[read_lane].active != nullptr || file.queues_[write_lane].active != nullptr ||
      file.closing_->hook_.linked() || file.closing_->state_ != State::queued) {
    return;
  }
  if (!engine->retire(file)) return;
  engine->forget(file);
  starting_.push_back(file.closing_->hook_);
}

/// Idles every busy request of `file` without calling back.
void Core::settle_all(File& file) noexcept {
  for (File::Queue& queue : file.queues_) {
    while (!queue.waiting.empty())
      settle(*queue.waiting.front_owner());
    while (queue.active != nullptr)
      settle(*queue.active);
  }
  if (file.busy_ == 0) return;
  // Ready ones and those beside the queues are found the slow way.
  requests.for_each([&](Request& request) {
    if (request.state_ == State::idle) return;
    const bool targets = request.operation_ == Operation::splice && static_cast<FileRequest&>(request).target_ == &file;
    if (Access::file(request) == &file || targets) settle(request);
  });
}

/// Takes `file` off the loop; its descriptor stays open.
void Core::detach(File& file) noexcept {
  settle_all(file);
  if (!forked()) engine->forget(file);
  forget_kind(file);
}

/// `file` goes: requests that were made for it and outlive it refuse from now on.
void Core::orphan_requests(File& file) noexcept {
  if (file.requests_ == 0) return;
  requests.for_each([&](Request& request) {
    if (Access::file(request) != &file) return;
    if (request.slot_ != 0) requests.erase(std::exchange(request.slot_, 0));
    request.core_ = nullptr;
    request.on_file_ = false;
  });
}

/// A close takes the descriptor: the File is empty from now on.
int Core::surrender(File& file) noexcept {
  forget_kind(file);
  file.owned_ = false;
  return std::exchange(file.fd_, -1);
}

void Core::forget_kind(File& file) noexcept {
  file.kind_ = File::Kind::unknown;
  file.nowait_ = true;
  file.dries_ = file.blocking_only_ = file.nonblocking_ = file.silent_ = false;
  file.readiness_[0].maybe = file.readiness_[1].maybe = true;
  file.readiness_[0].sticky = file.readiness_[1].sticky = false;
}

}  // namespace evt::detail
