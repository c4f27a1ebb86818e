/// Several actions at once: map, foreach, all, race, timed, and until somebody asks to stop.
#pragma once

#include <evt/io/await.hpp>
#include <evt/wake.hpp>

#include <cerrno>
#include <concepts>
#include <deque>
#include <ranges>
#include <stop_token>
#include <tuple>
#include <vector>

namespace evt {

namespace detail {

/// What runs in one of several greenthreads that somebody waits for together.
struct Group {
  std::size_t awaited = 0;  // As many ends still to come before the one who waits goes on.
  std::coroutine_handle<> waiting = nullptr;

  bool await_ready() const noexcept { return awaited == 0; }
  void await_suspend(std::coroutine_handle<> coroutine) noexcept { waiting = coroutine; }
  void await_resume() const noexcept {}
};

/// Makes a Branch where only one argument can be given.
template <class T>
struct Starting {
  Group& group;
  Io<T>& io;
};

/// Starts when whoever made it has suspended, and tells its group of its end.
template <class T>
class Branch : Continuation, Ready {
 public:
  Branch(Group& group, Io<T> io) : Continuation(io.release(), &Branch::end), Ready(&Branch::begin), group_(&group) {
    promise().continuation = this;
    Greenthreads::current().schedule(*this);
  }
  explicit Branch(Starting<T> starting) : Branch(starting.group, std::move(starting.io)) {}

  bool done() const noexcept { return done_; }
  bool failed() noexcept { return promise().error != nullptr; }
  T take() { return promise().take(); }

 private:
  Promise<T>& promise() noexcept { return Frame<T>::from_address(child.address()).promise(); }

  static void begin(Ready& ready) { go_on(static_cast<Branch&>(ready).child); }
  static void end(Continuation& continuation) noexcept {
    auto& self = static_cast<Branch&>(continuation);
    self.done_ = true;
    // Of a race the first counts; what the others do until they are dropped does not.
    Group& group = *self.group_;
    if (group.awaited == 0) return;
    --group.awaited;
    if (group.awaited == 0 && group.waiting != nullptr) trampoline.next = group.waiting;
  }

  Group* group_;
  bool done_ = false;
};

template <class F, class Item>
using Mapped = typename ValueOf<std::invoke_result_t<F&, Item>>::Type;

/// f(item) in a greenthread: what f throws is that one's failure.
template <class F, class Item>
Io<Mapped<F, Item>> apply(F& f, Item item) {
  if constexpr (is_io<std::invoke_result_t<F&, Item>>) {
    Io<Mapped<F, Item>> io = std::invoke(f, std::move(item));
    co_return co_await tail(std::move(io));
  } else {
    co_return std::invoke(f, std::move(item));
  }
}

/// A branch for every item.
template <class T, class Items, class F>
void start_all(Group& group, std::deque<Branch<T>>& branches, Items& items, F& f) {
  for (auto&& item : items) {
    ++group.awaited;
    branches.emplace_back(group, apply<F, std::ranges::range_value_t<Items>>(f, std::move(item)));
  }
}

template <class T>
void throw_first(std::deque<Branch<T>>& branches) {
  for (Branch<T>& branch : branches) {
    if (branch.failed()) (void)branch.take();
  }
}

}  // namespace detail

/// f(item) for every item, all at once; what they have, in the order of the items. All finish before the first failure,
/// in that order too, is thrown.
template <std::ranges::input_range Items, class F, class T = detail::Mapped<F, std::ranges::range_value_t<Items>>>
  requires(!std::is_void_v<T>)
Io<std::vector<T>> map(Items items, F f) {
  detail::Group group;
  std::deque<detail::Branch<T>> branches;
  detail::start_all(group, branches, items, f);
  co_await group;
  detail::throw_first(branches);
  std::vector<T> values;
  values.reserve(branches.size());
  for (auto& branch : branches)
    values.push_back(branch.take());
  co_return std::move(values);
}

/// The same without values.
template <std::ranges::input_range Items, class F>
Io<void> foreach (Items items, F f) {
  using T = detail::Mapped<F, std::ranges::range_value_t<Items>>;
  detail::Group group;
  std::deque<detail::Branch<T>> branches;
  detail::start_all(group, branches, items, f);
  co_await group;
  detail::throw_first(branches);
}

/// All of them at once, none of which is void; as a tuple. All finish before the first failure is thrown.
template <class... T>
  requires(!std::is_void_v<T> && ...)
Io<std::tuple<T...>> all(Io<T>... ios) {
  detail::Group group{.awaited = sizeof...(T)};
  std::tuple<detail::Branch<T>...> branches{detail::Starting<T>{group, ios}...};
  co_await group;
  co_return std::apply([](auto&... branch) { return std::tuple<T...>{branch.take()...}; }, branches);
}

/// All at once; whatever ends first, well or not, is how this ends. The others are dropped, which cancels what they
/// wait for, before this goes on.
template <class T>
Io<T> race(std::vector<Io<T>> ios) {
  detail::Group group{.awaited = ios.empty() ? std::size_t{0} : 1};
  std::deque<detail::Branch<T>> branches;
  for (Io<T>& io : ios)
    branches.emplace_back(group, std::move(io));
  co_await group;
  while (branches.size() > 1 && !branches.front().done())
    branches.pop_front();
  while (branches.size() > 1)
    branches.pop_back();
  if (branches.empty()) throw IoError({"race", std::make_error_code(std::errc::invalid_argument)});
  co_return branches.front().take();
}

template <class T, std::same_as<Io<T>>... Others>
Io<T> race(Io<T> first, Others... others) {
  std::vector<Io<T>> ios;
  ios.reserve(1 + sizeof...(others));
  ios.push_back(std::move(first));
  (ios.push_back(std::move(others)), ...);
  return race(std::move(ios));
}

namespace detail {

template <class T>
Io<T> time_out_after(nanoseconds duration) {
  co_await sleep(duration);
  throw IoError(errno_error("timed", ETIMEDOUT));
}

/// Waits for a stop token, which any thread may trigger.
class StopAwaiter {
 public:
  explicit StopAwaiter(std::stop_token token) : token_(std::move(token)), wake_(current_loop()) { wake_.ref(); }

  bool await_ready() const noexcept { return token_.stop_requested(); }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    wake_.wait(bind<&StopAwaiter::complete>(*this));
    callback_.emplace(token_, Notify{wake_});
  }
  void await_resume() const noexcept {}

 private:
  struct Notify {
    Wake& wake;
    void operator()() const noexcept { wake.notify(); }
  };
  void complete() { go_on(waiting_); }

  std::stop_token token_;
  std::coroutine_handle<> waiting_;
  Wake wake_;
  std::optional<std::stop_callback<Notify>> callback_;  // Last: gone before what it notifies.
};

template <class T>
Io<T> cancel_at(std::stop_token token) {
  co_await StopAwaiter(std::move(token));
  throw IoError({"stop", make_error_code(Errc::canceled)});
}

}  // namespace detail

/// `io`, but no longer than `duration`: then it is dropped, and this fails with an IoError of ETIMEDOUT.
template <class T>
Io<T> timed(nanoseconds duration, Io<T> io) {
  return race(std::move(io), detail::time_out_after<T>(duration));
}

/// `io`, until any thread requests a stop: then it is dropped, and this fails with an IoError of Errc::canceled.
template <class T>
Io<T> stoppable(std::stop_token token, Io<T> io) {
  return race(std::move(io), detail::cancel_at<T>(std::move(token)));
}

}  // namespace evt
