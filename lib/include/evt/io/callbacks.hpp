/// Io out of callbacks, and one result for many who ask.
#pragma once

#include <evt/io/greenthreads.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace evt {

namespace detail {

/// Shared by who waits and by all copies of pass and fail.
template <class T>
struct Delivery {
  struct Waiting : Ready {
    explicit Waiting(Delivery& from) noexcept : Ready(&Waiting::wake), delivery(&from) {}
    static void wake(Ready& ready) { go_on(static_cast<Waiting&>(ready).delivery->coroutine); }
    Delivery* delivery;
  };

  void deliver() noexcept {
    over = true;
    if (coroutine != nullptr) Greenthreads::current().schedule(waiting);
  }

  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
  std::exception_ptr error;
  std::coroutine_handle<> coroutine = nullptr;  // Null until it waits.
  bool over = false;                            // Delivered, or nobody waits any more.
  Waiting waiting{*this};
};

/// pass(value), or pass() where T is void.
template <class T>
struct Pass {
  std::shared_ptr<Delivery<T>> delivery;

  template <class... A>
  void operator()(A&&... value) const {
    if (delivery->over) return;
    if constexpr (std::is_void_v<T>) {
      delivery->value.emplace(true);
    } else {
      delivery->value.emplace(std::forward<A>(value)...);
    }
    delivery->deliver();
  }
};

template <class T>
struct Fail {
  std::shared_ptr<Delivery<T>> delivery;

  void operator()(std::exception_ptr error) const noexcept {
    if (delivery->over) return;
    delivery->error = std::move(error);
    delivery->deliver();
  }
};

template <class T>
class DeliveryAwaiter {
 public:
  explicit DeliveryAwaiter(Delivery<T>& delivery) noexcept : delivery_(&delivery) {}
  ~DeliveryAwaiter() {
    delivery_->over = true;
    delivery_->coroutine = nullptr;
    delivery_->waiting.unlink();
  }
  bool await_ready() const noexcept { return delivery_->over; }
  void await_suspend(std::coroutine_handle<> coroutine) noexcept { delivery_->coroutine = coroutine; }
  T await_resume() {
    if (delivery_->error != nullptr) std::rethrow_exception(std::move(delivery_->error));
    if constexpr (!std::is_void_v<T>) return std::move(*delivery_->value);
  }

 private:
  Delivery<T>* delivery_;
};

template <class T, class F>
Io<T> from_callbacks(F start) {
  auto delivery = std::make_shared<Delivery<T>>();
  start(Pass<T>{delivery}, Fail<T>{delivery});
  co_return co_await DeliveryAwaiter<T>(*delivery);
}

}  // namespace detail

template <class T>
template <class F>
  requires(!std::is_same_v<F, detail::Frame<T>> && !std::is_same_v<F, Io<T>>) &&
          std::invocable<F&, detail::Pass<T>, detail::Fail<T>>
Io<T>::Io(F start) : Io(detail::from_callbacks<T>(std::move(start))) {}

/// An action that runs once, when first asked for: who asks meanwhile waits, who asks later has the same at once.
/// Copies of this are the same; T can be copied. It goes on while there is a copy or somebody who waits.
template <class T>
class Memo {
 public:
  explicit Memo(Io<T> io) : shared_(std::make_shared<Shared>(std::move(io))) {}

  Io<T> operator()() const { return ask(shared_); }

 private:
  struct Shared : detail::Continuation, detail::Ready {
    explicit Shared(Io<T> io) : Continuation(io.release(), &Shared::end), Ready(&Shared::begin) {
      promise().continuation = this;
    }
    detail::Promise<T>& promise() noexcept { return detail::Frame<T>::from_address(child.address()).promise(); }

    static void begin(Ready& ready) { detail::go_on(static_cast<Shared&>(ready).child); }
    static void end(Continuation& continuation) noexcept {
      auto& self = static_cast<Shared&>(continuation);
      self.done = true;
      while (!self.waiting.empty()) {
        auto& asker = static_cast<Ready&>(*self.waiting.front());
        asker.unlink();
        Greenthreads::current().schedule(asker);
      }
    }

    bool started = false;
    bool done = false;
    detail::List waiting;
  };

  class Asker : detail::Ready {
   public:
    explicit Asker(Shared& shared) noexcept : Ready(&Asker::wake), shared_(&shared) {}
    bool await_ready() const noexcept { return shared_->done; }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept {
      coroutine_ = coroutine;
      shared_->waiting.push_back(*this);
      if (!std::exchange(shared_->started, true)) Greenthreads::current().schedule(*shared_);
    }
    T await_resume() const {
      const auto& promise = shared_->promise();
      if (promise.error != nullptr) std::rethrow_exception(promise.error);
      if constexpr (!std::is_void_v<T>) return *promise.value;
    }

   private:
    static void wake(Ready& ready) { detail::go_on(static_cast<Asker&>(ready).coroutine_); }
    Shared* shared_;
    std::coroutine_handle<> coroutine_;
  };

  static Io<T> ask(std::shared_ptr<Shared> shared) { co_return co_await Asker(*shared); }

  std::shared_ptr<Shared> shared_;
};

/// See Memo.
template <class T>
Memo<T> memoize(Io<T> io) {
  return Memo<T>(std::move(io));
}

}  // namespace evt
