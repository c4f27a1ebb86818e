/// Composed: the part of ComposedRequest that does not depend on types.
#include "loop/core.hpp"
#include "loop/operations.hpp"
#include "loop/outcome.hpp"

#include <cerrno>

namespace evt::detail {

namespace {

/// What observers are told of `error`, and by which settle() knows a cancellation. Inverse of to_error.
std::int64_t to_code(const Error& error) noexcept {
  if (error == std::errc::operation_canceled) return -ECANCELED;  // Errc::canceled too.
  if (error == Errc::eof) return code_eof;
  if (error == Errc::busy) return code_busy;
  if (error == Errc::no_loop) return code_no_loop;
  if (error == Errc::forked) return code_forked;
  if (error == Errc::exception) return code_exception;
  const int number = error.system_errno();
  return number > 0 ? -number : -EIO;
}

}  // namespace

Composed::Composed(Loop& loop, Invoke invoke, const Steps& steps) noexcept
    : Request(Access::core(loop), invoke), steps_(&steps) {}

Composed::~Composed() {
  steps_ = nullptr;
  settle();
}

Ticket Composed::admit(Operation operation) noexcept {
  if (core_ == nullptr) return Access::refused(static_cast<std::int32_t>(code_no_loop));
  Ticket ticket;
  if (core_->admit(*this, operation, ticket)) state_ = State::in_flight;
  return ticket;
}

bool Composed::end(const Error* error) noexcept {
  if (state_ != State::in_flight && state_ != State::canceling) return false;
  core_->complete(*this, error == nullptr ? 0 : to_code(*error));
  return true;
}

Error Composed::end_without_result() const noexcept {
  return to_error(operation_, -ECANCELED);
}

void Core::start_composed(Composed& composed) {
  composed.state_ = Request::State::in_flight;
  composed.steps_->start(composed);
}

void Core::cancel_composed(Composed& composed) noexcept {
  composed.state_ = Request::State::canceling;
  composed.steps_->cancel_parts(composed);
}

/// Ready afterwards: with the result that won, or canceled.
void Core::settle_composed(Composed& composed) noexcept {
  if (composed.state_ == Request::State::ready) return;
  composed.cancel_requested_ = true;
  composed.state_ = Request::State::canceling;
  if (composed.steps_ != nullptr) composed.steps_->settle_parts(composed);
  if (composed.state_ == Request::State::canceling) composed.core_->complete(composed, -ECANCELED);
}

/// Before any request leaves the loop: a part may go before its whole.
void Core::leave_composed() noexcept {
  requests.for_each([](Request& request) {
    if (traits(request.operation_).home != Home::composed) return;
    auto& composed = static_cast<Composed&>(request);
    if (composed.steps_->leave_loop != nullptr) composed.steps_->leave_loop(composed);
  });
}

void Core::enter_composed() noexcept {
  requests.for_each([](Request& request) {
    if (traits(request.operation_).home != Home::composed) return;
    auto& composed = static_cast<Composed&>(request);
    if (composed.steps_->enter_loop != nullptr) composed.steps_->enter_loop(composed);
  });
}

}  // namespace evt::detail
