/// What all requests of evt.h share: state, user pointer, cancellation, tickets.
#include "c/kept.hpp"
#include "loop/operations.hpp"

#include <bit>
#include <optional>
#include <utility>

using evt::c::object;
using evt::detail::Access;

namespace {

static_assert(EVT_DISARM == std::to_underlying(evt::Action::disarm));
static_assert(EVT_REARM == std::to_underlying(evt::Action::rearm));
static_assert(EVT_IDLE == std::to_underlying(evt::Request::State::idle));
static_assert(EVT_QUEUED == std::to_underlying(evt::Request::State::queued));
static_assert(EVT_IN_FLIGHT == std::to_underlying(evt::Request::State::in_flight));
static_assert(EVT_CANCELING == std::to_underlying(evt::Request::State::canceling));
static_assert(EVT_READY == std::to_underlying(evt::Request::State::ready));

/// What every kind keeps as its raw result is the number of evt.h, descriptors included.
std::optional<std::int64_t> cancel_sync(evt::Request& request) noexcept {
  if (request.operation() == evt::Operation::wake) {
    auto notified = static_cast<evt::Wake&>(request).cancel_sync();
    return notified ? std::optional{evt::c::number_of(std::move(*notified))} : std::nullopt;
  }
  if (request.operation() == evt::Operation::recvmsg) {
    auto moved = static_cast<evt::MessageRequest&>(request).cancel_sync();  // Says how long the address is.
    return moved ? std::optional{evt::c::number_of(std::move(*moved))} : std::nullopt;
  }
  if (request.operation() == evt::Operation::recv_pooled) {
    return evt::c::cancel_keeping<evt::ReceiveRequest>(request);
  }
  if (request.operation() == evt::Operation::signal) return evt::c::cancel_keeping<evt::SignalRequest>(request);
  if (request.operation() == evt::Operation::process) return evt::c::cancel_keeping<evt::ProcessRequest>(request);
  return Access::settle(request) ? std::optional{Access::result(request)} : std::nullopt;
}

}  // namespace

evt_state evt_state_of(const evt_request* request) {
  return static_cast<evt_state>(object(request).state());
}
void evt_set_user(evt_request* request, void* user) {
  object(request).set_user(user);
}
void* evt_user(const evt_request* request) {
  return object(request).user();
}
void evt_set_priority(evt_request* request, int priority) {
  object(request).set_priority(priority);
}
void evt_ref(evt_request* request) {
  object(request).ref();
}
void evt_unref(evt_request* request) {
  object(request).unref();
}
void evt_cancel(evt_request* request) {
  object(request).cancel();
}

bool evt_cancel_sync(evt_request* request, int64_t* result) {
  const std::optional<std::int64_t> left = cancel_sync(object(request));
  if (left && result != nullptr) *result = *left;
  return left.has_value();
}

size_t evt_transferred(const evt_request* request) {
  const evt::Request& any = object(request);
  const bool of_file = evt::detail::traits(any.operation()).moves != evt::detail::Moves::nothing;
  return of_file ? static_cast<const evt::FileRequest&>(any).transferred() : 0;
}

evt_ticket evt_ticket_of(const evt_request* request) {
  return std::bit_cast<evt_ticket>(Access::ticket(object(request)));
}
int evt_request_cancel(evt_loop* loop, evt_ticket ticket) {
  return static_cast<int>(evt::c::number_of(object(loop).request_cancel(std::bit_cast<evt::Ticket>(ticket))));
}
