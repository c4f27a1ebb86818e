/// SignalRequest: a Wake that the signal handler notifies.
#include "loop/access.hpp"
#include "loop/engine.hpp"
#include "process/signal_table.hpp"

namespace evt {

using detail::Access;

SignalRequest::SignalRequest(Loop& loop) noexcept : ComposedRequest(loop), wake_(loop) {
  unref();
  Access::make_internal(wake_);
  node_.wake = &wake_;
}

SignalRequest::~SignalRequest() {
  leave_signal(node_);
  settle();
}

Ticket SignalRequest::wait(int signal, Done done) noexcept {
  // What may refuse comes first: only an idle request may turn to another signal.
  if (Access::core(*this) != nullptr && idle() && (signal != node_.signal || signal == 0)) {
    leave_signal(node_);
    if (const int error = join_signal(node_, signal); error != 0) return Access::refused(-error);
  }
  return submit(done, Operation::signal);
}

void SignalRequest::start() noexcept {
  wake_.wait(bind<&SignalRequest::on_wake>(*this));
}

Action SignalRequest::on_wake(Result<void> woken) noexcept {
  SignalInfo info;
  if (detail::take_signal(node_, info)) {
    complete(info);
  } else if (!woken) {
    complete(std::unexpected(woken.error()));
  } else {
    return Action::rearm;  // What woke us was taken by the completion before.
  }
  return Action::disarm;
}

void SignalRequest::cancel_parts() noexcept {
  wake_.cancel();
}

void SignalRequest::settle_parts() noexcept {
  SignalInfo info;
  if (wake_.cancel_sync() && detail::take_signal(node_, info)) complete(info);
}

void SignalRequest::leave_loop() noexcept {
  leave_signal(node_);
}

void SignalRequest::enter_loop() noexcept {
  const int signal = std::exchange(node_.signal, 0);
  if (signal == 0) return;
  if (const int error = join_signal(node_, signal); error != 0) complete(std::unexpected(errno_error("signal", error)));
}

}  // namespace evt
