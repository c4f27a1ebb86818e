/// Results that are more than a number: the request of C keeps them, beside what the library has in it.
#pragma once

#include "c/convert.hpp"

namespace evt::c {

/// What came, until it is given back.
struct Receiver : ReceiveRequest {
  using ReceiveRequest::ReceiveRequest;
  Buffer held;
};
template <>
struct Inside<evt_receiver> : std::type_identity<Receiver> {};

/// What is known of the signals that came last.
struct Signal : SignalRequest {
  using SignalRequest::SignalRequest;
  evt_signal_info last{};
};
template <>
struct Inside<evt_signal> : std::type_identity<Signal> {};

/// What a process has used.
struct Waiter : ProcessRequest {
  using ProcessRequest::ProcessRequest;
  std::optional<rusage> usage;
};
template <>
struct Inside<evt_waiter> : std::type_identity<Waiter> {};

/// Keeps a result where its request has room for it, and tells the number of it: of a buffer the size, of signals the
/// count.
std::int64_t keep(ReceiveRequest& request, Result<Buffer>&& result) noexcept;
std::int64_t keep(SignalRequest& request, Result<SignalInfo>&& result) noexcept;
std::int64_t keep(ProcessRequest& request, Result<ProcessStatus>&& result) noexcept;

/// callback(), for a result that is kept.
template <class R, class T>
Callback<R, T> keeping(evt_callback done) noexcept {
  constexpr auto call = [](void* context, R& request, Result<T> result) {
    const auto function = reinterpret_cast<evt_callback>(context);
    if (function == nullptr) return Action::disarm;
    const std::int64_t number = keep(request, std::move(result));
    return static_cast<Action>(function(reinterpret_cast<evt_request*>(&request), number, request.user()));
  };
  return {call, reinterpret_cast<void*>(done)};
}

/// cancel_sync() of such a request.
template <class R>
std::optional<std::int64_t> cancel_keeping(Request& request) noexcept {
  auto& self = static_cast<R&>(request);
  auto result = self.cancel_sync();
  return result ? std::optional{keep(self, std::move(*result))} : std::nullopt;
}

}  // namespace evt::c
