/// Awaiting the loop's requests: each is in the frame of the coroutine that awaits it, so that nothing is allocated.
#pragma once

#include <evt/buffer_pool.hpp>
#include <evt/fd.hpp>
#include <evt/io/greenthreads.hpp>
#include <evt/io_request.hpp>
#include <evt/receive_request.hpp>
#include <evt/signal.hpp>
#include <evt/socket_request.hpp>
#include <evt/thread_pool.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <system_error>

namespace evt {

/// What an operation fails with: its Error as an exception.
class IoError : public std::system_error {
 public:
  explicit IoError(const Error& error) : std::system_error(error.code, error.operation), error_(error) {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// What the end of a stream is to who awaits it.
enum class End : bool { failure, zero };

namespace detail {

/// A request of type R in the frame; `submit(request, callback)` starts it.
template <class R, class V, End AtEnd, class Submit, class Home>
class RequestAwaiter {
 public:
  RequestAwaiter(Home& home, const Submit& submit) : request_(home), submit_(submit) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    const Ticket ticket = submit_(request_, bind<&RequestAwaiter::complete>(*this));
    if (ticket) return;
    result_.emplace(std::unexpected(ticket.error()));
    trampoline.next = waiting;
  }
  V await_resume() {
    if (!result_->has_value()) {
      if constexpr (AtEnd == End::zero) {
        if (result_->error() == Errc::eof) return 0;
      }
      throw IoError(result_->error());
    }
    if constexpr (!std::is_void_v<V>) return std::move(**result_);
  }

 private:
  void complete(Result<V> result) {
    result_.emplace(std::move(result));
    go_on(waiting_);
  }

  R request_;
  Submit submit_;
  std::optional<Result<V>> result_;
  std::coroutine_handle<> waiting_;
};

}  // namespace detail

/// What can be awaited as it is, without another coroutine, and is an Io<T> where one is wanted: `make()` makes what
/// waits.
template <class T, class Make>
class [[nodiscard]] Awaitable {
 public:
  explicit Awaitable(Make make) : make_(std::move(make)) {}

  auto operator co_await() const { return make_(); }

  operator Io<T>() && { return run(std::move(*this)); }
  template <class F>
  auto then(F f) && {
    return run(std::move(*this)).then(std::move(f));
  }
  template <class E, class F>
  Io<T> catching(F handler) && {
    return run(std::move(*this)).template catching<E>(std::move(handler));
  }

 private:
  static Io<T> run(Awaitable awaitable) { co_return co_await awaitable; }
  Make make_;
};

/// Any request, also of your own making, as something to await: an R made with `home`, a File or a Loop, on which
/// `submit(request, callback)` is called. Fails with IoError.
template <class R, class V, End AtEnd = End::failure, class Home, class Submit>
auto request(Home& home, Submit submit) {
  auto make = [&home, submit = std::move(submit)] {
    return detail::RequestAwaiter<R, V, AtEnd, Submit, Home>(home, submit);
  };
  return Awaitable<V, decltype(make)>(std::move(make));
}

/// The same on the loop that runs whoever awaits it.
template <class R, class V, class Submit>
auto loop_request(Submit submit) {
  auto make = [submit = std::move(submit)] {
    return detail::RequestAwaiter<R, V, End::failure, Submit, Loop>(current_loop(), submit);
  };
  return Awaitable<V, decltype(make)>(std::move(make));
}

// As in IoRequest, if not said otherwise. Files, buffers and addresses are borrowed until it is over.

/// 0 at the end of a stream.
inline auto read(File& file, std::span<std::byte> target) {
  return request<IoRequest, std::size_t, End::zero>(
      file, [target](IoRequest& request, auto done) { return request.read(target, done); });
}
inline auto read_exact(File& file, std::span<std::byte> target) {
  return request<IoRequest, std::size_t>(
      file, [target](IoRequest& request, auto done) { return request.read_exact(target, done); });
}
inline auto write(File& file, std::span<const std::byte> source) {
  return request<IoRequest, std::size_t>(
      file, [source](IoRequest& request, auto done) { return request.write(source, done); });
}
/// 0 at the end of the file.
inline auto pread(File& file, std::span<std::byte> target, std::uint64_t offset) {
  return request<IoRequest, std::size_t, End::zero>(
      file, [target, offset](IoRequest& request, auto done) { return request.pread(target, offset, done); });
}
inline auto pwrite(File& file, std::span<const std::byte> source, std::uint64_t offset) {
  return request<IoRequest, std::size_t>(
      file, [source, offset](IoRequest& request, auto done) { return request.pwrite(source, offset, done); });
}
inline auto send(File& socket, std::span<const std::byte> source, int flags = 0) {
  return request<IoRequest, std::size_t>(
      socket, [source, flags](IoRequest& request, auto done) { return request.send(source, done, flags); });
}
/// What comes next, in a buffer of the pool, so that nobody holds one meanwhile; fails with Errc::eof at the end.
inline auto receive(File& file, BufferPool& pool) {
  return request<ReceiveRequest, Buffer>(
      file, [&pool](ReceiveRequest& request, auto done) { return request.receive(pool, done); });
}
inline auto connect(File& file, const Address& to) {
  return request<IoRequest, std::size_t>(file,
                                         [&to](IoRequest& request, auto done) { return request.connect(to, done); });
}
inline auto shutdown(File& file, Shutdown how) {
  return request<IoRequest, std::size_t>(file,
                                         [how](IoRequest& request, auto done) { return request.shutdown(how, done); });
}
inline auto accept(File& listener) {
  return request<AcceptRequest, Fd>(listener, [](AcceptRequest& request, auto done) { return request.accept(done); });
}
/// `path` is borrowed.
inline auto open(const char* path, OpenRequest::Options options = {}) {
  return loop_request<OpenRequest, Fd>(
      [path, options](OpenRequest& request, auto done) { return request.open(path, options, done); });
}
inline auto sleep(nanoseconds duration) {
  return loop_request<Timer, std::uint64_t>(
      [duration](Timer& timer, auto done) { return timer.after(duration, done); });
}
/// The next `signal` of this process.
inline auto next_signal(int signal) {
  return loop_request<SignalRequest, SignalInfo>(
      [signal](SignalRequest& request, auto done) { return request.wait(signal, done); });
}

namespace detail {

/// Runs f on a thread of the pool, and has what it returns or throws.
template <class F>
class BackgroundAwaiter {
 public:
  using Value = std::invoke_result_t<F&>;

  BackgroundAwaiter(ThreadPool& pool, F f) : f_(std::move(f)), work_(current_loop(), pool) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    const Ticket ticket = work_.run(bind<&BackgroundAwaiter::call>(*this), bind<&BackgroundAwaiter::complete>(*this));
    if (ticket) return;
    error_ = ticket.error();
    trampoline.next = waiting;
  }
  Value await_resume() {
    if (work_.exception() != nullptr) std::rethrow_exception(work_.exception());
    if (error_) throw IoError(*error_);
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 private:
  void call() {
    if constexpr (std::is_void_v<Value>) {
      f_();
    } else {
      value_.emplace(f_());
    }
  }
  void complete(Result<void> result) {
    if (!result) error_ = result.error();
    go_on(waiting_);
  }

  struct Nothing {};
  // Before work_, whose destructor waits for the thread that uses them: members go in reverse.
  F f_;
  std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> value_;
  std::optional<Error> error_;
  std::coroutine_handle<> waiting_;
  Work work_;
};

}  // namespace detail

/// f() on a thread of `pool`, for what blocks: has what it returns, plain, or fails with what it throws. Dropped while
/// f runs, it waits for f.
template <class F>
Io<std::invoke_result_t<F&>> background(ThreadPool& pool, F f) {
  co_return co_await detail::BackgroundAwaiter<F>(pool, std::move(f));
}

}  // namespace evt
