/// ComposedRequest: the base of requests that are made of others. What the library builds on it has nothing that
/// a user's own request could not have.
#pragma once

#include <evt/request.hpp>

#include <optional>
#include <utility>

namespace evt {

class Loop;

namespace detail {

/// What all composed requests share, whatever they result in.
class Composed : public Request {
 protected:
  struct Steps {
    void (*start)(Composed&);
    void (*cancel_parts)(Composed&) noexcept;
    void (*settle_parts)(Composed&) noexcept;
    void (*leave_loop)(Composed&) noexcept;  // Null: nothing to do.
    void (*enter_loop)(Composed&) noexcept;  // Likewise.
  };

  Composed(Loop& loop, Invoke invoke, const Steps& steps) noexcept;
  ~Composed();

  /// In flight from now on, or refused as the ticket says.
  Ticket admit(Operation operation) noexcept;
  /// Waits for its callback from now on; nothing when it is idle or ended already.
  bool end(const Error* error) noexcept;
  Error end_without_result() const noexcept;

 private:
  friend struct Access;
  friend class Core;
  const Steps* steps_;  // Null once the parts are gone.
};

}  // namespace detail

/// The base of a request made of others, its parts: `class Get : public ComposedRequest<Get, Reply>`. To its
/// users it is like any other request: it completes exactly once per submission, from Loop::run, and has a
/// priority, a ticket, a reference, rearm, cancel() and cancel_sync(). It allocates nothing. `T` may be void or
/// move-only.
///
/// The derived class makes `ComposedRequest` its friend and has
/// - its own call that submits: keep what it needs if idle(), then `return submit(done)`;
/// - `void start()`: submits the first parts, from inside the submission and again for Action::rearm;
/// - `void cancel_parts() noexcept`: cancel() of every part. The callback of a part that ends then ends the whole;
/// where
///   no part is busy, complete();
/// - `void settle_parts() noexcept`: cancel_sync() of every part; complete() if the operation won all the same;
/// - callbacks of its parts, one of which calls `complete(result)`, when no part is busy any more;
/// - `settle()` first in its destructor, while the parts and what they use are still there.
/// A part that a callback or step starts although cancel_requested() says true is not cancelled any more. Parts
/// are members; they are unreferenced (`part.unref()` in the constructor), because the whole is not. A File that goes
/// settles its requests without calling back, parts too: whoever destroys it ends the whole before.
///
/// Two more steps are for those that something outside the loop knows (a signal handler does):
/// `void leave_loop() noexcept` before the loop goes, busy or not, and `void enter_loop() noexcept` after
/// Loop::after_fork().
template <class Derived, class T>
class ComposedRequest : public detail::Composed {
 public:
  using Done = Callback<Derived, T>;

  /// Returns with the request and its parts idle, without calling back; hands back the result if that won.
  std::optional<Result<T>> cancel_sync() noexcept {
    if (!settle()) return std::nullopt;
    return take_result();
  }

 protected:
  explicit ComposedRequest(Loop& loop) noexcept : Composed(loop, &invoke, steps) {}
  /// What a derived class left busy ends here; its parts have settled themselves by now.
  ~ComposedRequest() = default;

  /// Starts a new activation, refused where the request is not idle. `operation` is what observers call it.
  Ticket submit(Done done, Operation operation = Operation::composed) {
    const Ticket ticket = admit(operation);
    if (!ticket) return ticket;
    result_.reset();
    done_ = done;
    static_cast<Derived&>(*this).start();
    return ticket;
  }

  /// The whole ends with `result`; its callback comes from Loop::run. Also from inside start(), cancel_parts()
  /// and settle_parts(). The first counts: without effect when the request is idle or has completed.
  void complete(Result<T> result) noexcept {
    if (end(result.has_value() ? nullptr : &result.error())) result_.emplace(std::move(result));
  }

  /// cancel() or cancel_sync() was called in this activation: start no more parts.
  bool cancel_requested() const noexcept { return cancel_requested_; }

 private:
  static Derived& derived(Composed& self) noexcept {
    return static_cast<Derived&>(static_cast<ComposedRequest&>(self));
  }

  Result<T> take_result() noexcept {
    if (!result_.has_value()) return std::unexpected(end_without_result());
    Result<T> result = std::move(*result_);
    result_.reset();
    return result;
  }

  static Action invoke(Request& request) {
    auto& self = static_cast<ComposedRequest&>(request);
    Result<T> result = self.take_result();
    const Done done = self.done_;
    return done.function == nullptr ? Action::disarm : done.function(done.context, derived(self), std::move(result));
  }

  static constexpr auto leave_loop_of() noexcept {
    void (*step)(Composed&) noexcept = nullptr;
    if constexpr (requires(Derived& self) { self.leave_loop(); }) {
      step = [](Composed& self) noexcept { derived(self).leave_loop(); };
    }
    return step;
  }
  static constexpr auto enter_loop_of() noexcept {
    void (*step)(Composed&) noexcept = nullptr;
    if constexpr (requires(Derived& self) { self.enter_loop(); }) {
      step = [](Composed& self) noexcept { derived(self).enter_loop(); };
    }
    return step;
  }

  static const Steps steps;

  Done done_{};
  std::optional<Result<T>> result_;
};

template <class Derived, class T>
constexpr detail::Composed::Steps ComposedRequest<Derived, T>::steps{
    .start = [](detail::Composed& self) { derived(self).start(); },
    .cancel_parts = [](detail::Composed& self) noexcept { derived(self).cancel_parts(); },
    .settle_parts = [](detail::Composed& self) noexcept { derived(self).settle_parts(); },
    .leave_loop = leave_loop_of(),
    .enter_loop = enter_loop_of(),
};

}  // namespace evt
