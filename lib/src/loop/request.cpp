/// Request and Ticket, the parts every operation shares.
#include "loop/core.hpp"

#include <cerrno>

namespace evt {

using detail::Core;

Request::Request(Core* core, Invoke invoke) noexcept : invoke_(invoke), core_(core) {
  if (core_ == nullptr) return;
  slot_ = core_->requests.insert(this);
}

Request::~Request() {
  settle();
  if (core_ == nullptr) return;
  if (slot_ != 0) core_->requests.erase(slot_);
}

bool Request::settle() noexcept {
  return core_ != nullptr && core_->settle(*this);
}

void Request::cancel() noexcept {
  if (core_ != nullptr) core_->cancel(*this);
}

void Request::set_priority(int priority) noexcept {
  priority_ = priority;
  if (priority != 0 && core_ != nullptr) core_->note_priority();
}

void Request::ref() noexcept {
  if (!referenced_ && !idle() && core_ != nullptr) core_->count_reference(1);
  referenced_ = true;
}

void Request::unref() noexcept {
  if (referenced_ && !idle() && core_ != nullptr) core_->count_reference(-1);
  referenced_ = false;
}

Error Ticket::error() const noexcept {
  switch (refusal_) {
    case 0:
      return {};
    case static_cast<std::int32_t>(detail::code_busy):
      return {"submit", Errc::busy};
    case static_cast<std::int32_t>(detail::code_no_loop):
      return {"submit", Errc::no_loop};
    default:
      return errno_error("submit", -refusal_);
  }
}

}  // namespace evt
