/// Between the blobs and numbers of evt.h and the types of the library: the same objects under two names.
#pragma once

#include "loop/access.hpp"
#include <evt/evt.h>
#include <evt/evt.hpp>

#include <memory>
#include <new>
#include <type_traits>

namespace evt::c {

/// Which type lives in which blob.
template <class Blob>
struct Inside;
template <>
struct Inside<evt_loop> : std::type_identity<Loop> {};
template <>
struct Inside<evt_pool> : std::type_identity<ThreadPool> {};
template <>
struct Inside<evt_file> : std::type_identity<File> {};
template <>
struct Inside<evt_request> : std::type_identity<Request> {};
template <>
struct Inside<evt_io> : std::type_identity<IoRequest> {};
template <>
struct Inside<evt_acceptor> : std::type_identity<AcceptRequest> {};
template <>
struct Inside<evt_buffer_pool> : std::type_identity<BufferPool> {};
template <>
struct Inside<evt_message> : std::type_identity<MessageRequest> {};
template <>
struct Inside<evt_batch> : std::type_identity<BatchRequest> {};
template <>
struct Inside<evt_address> : std::type_identity<Address> {};
template <>
struct Inside<evt_process> : std::type_identity<Process> {};
template <>
struct Inside<evt_open> : std::type_identity<OpenRequest> {};
template <>
struct Inside<evt_nop> : std::type_identity<Nop> {};
template <>
struct Inside<evt_timer> : std::type_identity<Timer> {};
template <>
struct Inside<evt_wake> : std::type_identity<Wake> {};
template <>
struct Inside<evt_work> : std::type_identity<Work> {};

/// A blob holds its type, and wastes little: evt.h is corrected where this fails. evt_request is never made by itself.
template <class Blob>
constexpr bool fits =
    sizeof(typename Inside<Blob>::type) <= sizeof(Blob) && alignof(typename Inside<Blob>::type) <= alignof(Blob) &&
    sizeof(Blob) - sizeof(typename Inside<Blob>::type) <= 64;

/// The object in a blob.
template <class Blob>
auto& object(Blob* blob) noexcept {
  return *std::launder(reinterpret_cast<typename Inside<Blob>::type*>(blob));
}
template <class Blob>
const auto& object(const Blob* blob) noexcept {
  return *std::launder(reinterpret_cast<const typename Inside<Blob>::type*>(blob));
}

/// Makes and ends it.
template <class Blob, class... Arguments>
auto& make(Blob* blob, Arguments&&... arguments) noexcept(
    std::is_nothrow_constructible_v<typename Inside<Blob>::type, Arguments...>) {
  static_assert(fits<Blob>, "the sizes in evt.h are out of date");
  return *::new (static_cast<void*>(blob)) Inside<Blob>::type(std::forward<Arguments>(arguments)...);
}
template <class Blob>
void end(Blob* blob) noexcept {
  std::destroy_at(&object(blob));
}

/// The same for requests, whose user pointer is set with their birth.
template <class Blob, class... Arguments>
void make_request(Blob* blob, void* user, Arguments&&... arguments) noexcept {
  make(blob, std::forward<Arguments>(arguments)...).set_user(user);
}

/// 0 or a negative number of evt.h.
int code_of(const Error& error) noexcept;
inline int code_of(const Ticket& ticket) noexcept {
  return detail::Access::refusal(ticket);
}

inline std::int64_t number_of(Result<void>&& result) noexcept {
  return result ? 0 : code_of(result.error());
}
inline std::int64_t number_of(Result<Fd>&& result) noexcept {
  return result ? result->release() : code_of(result.error());
}
template <class T>
  requires std::is_integral_v<T>
std::int64_t number_of(Result<T>&& result) noexcept {
  return result ? static_cast<std::int64_t>(*result) : code_of(result.error());
}

/// The Callback that calls `done`, which travels as its context: the user pointer is the request's own.
template <class R, class T>
Callback<R, T> callback(evt_callback done) noexcept {
  constexpr auto call = [](void* context, R& request, Result<T> result) {
    const auto function = reinterpret_cast<evt_callback>(context);
    if (function == nullptr) return Action::disarm;  // A descriptor that nobody wants is closed with the result.
    // The request is the first part of what the caller made.
    const auto action =
        function(reinterpret_cast<evt_request*>(&request), number_of(std::move(result)), request.user());
    return static_cast<Action>(action);
  };
  return {call, reinterpret_cast<void*>(done)};
}

/// Runs what may run out of memory: nothing throws through evt.h.
template <class F>
auto guarded(F&& call) noexcept -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return -ENOMEM;
  }
}

}  // namespace evt::c
