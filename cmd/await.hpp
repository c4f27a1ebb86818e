/// Await: one request at a time, as sequential code, for what has one thing to do next. What else may happen meanwhile
/// (SIGUSR1, a timer) is served by the loop that runs here.
#pragma once

#include <evt/callback.hpp>
#include <evt/loop.hpp>
#include <evt/request.hpp>

#include <utility>

namespace evtool {

/// `Await<std::size_t> wait(loop); auto count = wait.on(request.read(buffer, wait.done()));`
template <class T>
class Await {
 public:
  explicit Await(evt::Loop& loop) : loop_(loop) {}

  /// The callback for the request; not while an operation is under way.
  auto done() {
    arrived_ = false;
    return evt::bind<&Await::on_done>(*this);
  }

  /// Runs the loop until the operation that `ticket` names has completed.
  evt::Result<T> on(evt::Ticket ticket) {
    if (!ticket) return std::unexpected(ticket.error());
    while (!arrived_) {
      if (const auto ran = loop_.run(evt::RunMode::once); !ran) return std::unexpected(ran.error());
    }
    return std::move(result_);
  }

 private:
  void on_done(evt::Result<T> result) {
    result_ = std::move(result);
    arrived_ = true;
  }

  evt::Loop& loop_;
  evt::Result<T> result_;
  bool arrived_ = false;
};

}  // namespace evtool
