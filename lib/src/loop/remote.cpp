/// What other threads and signal handlers hand in: posts, cancellations by ticket, notifications,
/// finished pool jobs. Everything in push(), push_remote() and rouse() is lock-free.
#include "loop/access.hpp"
#include "loop/core.hpp"
#include "loop/job.hpp"

#include <cerrno>
#include <csignal>

namespace evt::detail {

Result<void> Core::push(const Post& post) noexcept {
  if (!posts_.push(post)) return std::unexpected(errno_error("post", ENOBUFS));
  rouse();
  return {};
}

/// Wakes the loop's thread if it sleeps or is about to; the flag's exchange makes one of many do it.
void Core::rouse() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!sleeping_.load(std::memory_order_relaxed)) return;
  if (sleeping_.exchange(false, std::memory_order_seq_cst)) {
    const int saved = errno;
    engine->wake();
    errno = saved;
  }
}

void Core::push_remote(Remote& node) noexcept {
  // The loop must not go before we are out of here, although the request may.
  remote_users_.fetch_add(1, std::memory_order_relaxed);
  Remote* head = remotes_.load(std::memory_order_relaxed);
  do {
    node.next.store(head, std::memory_order_relaxed);
  } while (!remotes_.compare_exchange_weak(head, &node, std::memory_order_release, std::memory_order_relaxed));
  rouse();
  remote_users_.fetch_sub(1, std::memory_order_release);
}

void Core::drain_remote() noexcept {
  if (remotes_.load(std::memory_order_relaxed) == nullptr) return;
  Remote* stack = remotes_.exchange(nullptr, std::memory_order_acquire);
  Remote* oldest = nullptr;  // Turned round: first come, first served.
  while (stack != nullptr) {
    Remote* next = stack->next.load(std::memory_order_relaxed);
    stack->next.store(oldest, std::memory_order_relaxed);
    oldest = stack;
    stack = next;
  }
  while (oldest != nullptr) {
    Request& request = *oldest->owner;
    oldest = oldest->next.load(std::memory_order_relaxed);
    if (request.invoke_ == &Wake::invoke) {
      auto& wake = static_cast<Wake&>(request);
      // A notification that found the flag set counts on this exchange to see its data.
      wake.notified_.exchange(false, std::memory_order_acq_rel);
      if (wake.state_ == Request::State::in_flight) {
        complete(wake, 0);
      } else {
        wake.signaled_ = true;
      }
    } else if (request.operation_ == Operation::work) {
      complete(request, request.result_);
    } else {
      // The signal of a broken pipe went to the pool's thread, which blocks it.
      if (request.result_ == -EPIPE && options.broken_pipe == BrokenPipe::deliver) (void)raise(SIGPIPE);
      request.hook_.unlink();
      finish(request, request.result_);
    }
  }
}

/// In a child after fork(2): threads that are not here will not finish what they were handing in.
void Core::forget_remote() noexcept {
  remote_users_.store(0, std::memory_order_relaxed);
  drain_remote();
  requests.for_each([](Request& request) {
    if (request.invoke_ == &Wake::invoke) static_cast<Wake&>(request).notified_.store(false);
  });
}

void Core::start_wake(Wake& wake) noexcept {
  wake.state_ = Request::State::in_flight;
  if (!wake.signaled_) return;
  wake.signaled_ = false;
  complete(wake, 0);
}

std::size_t Core::run_posts() noexcept {
  std::size_t count = 0;
  Post post;
  while (count < options.budget && !stopped.load(std::memory_order_relaxed) && posts_.pop(post)) {
    if (post.task.function != nullptr) {
      post.task.function(post.task.context);
      ++count;
      continue;
    }
    Request* request = requests.find(post.cancel.slot_);
    if (request != nullptr && request->generation_ == post.cancel.generation_) cancel(*request);
  }
  return count;
}

void Core::run_work(Request& request) {
  auto& work = static_cast<Work&>(request);
  work.exception_ = nullptr;
  work.result_ = run_job(work.job_, work.exception_) ? 0 : code_exception;
}

Pool* Core::pool() noexcept {
  if (options.pool != nullptr) return Access::pool(*options.pool);
  if (own_pool_ == nullptr) own_pool_.reset(new (std::nothrow) Pool(4));
  return own_pool_.get();
}

}  // namespace evt::detail
