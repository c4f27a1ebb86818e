/// Codes of evt.h: from errors to numbers, from numbers to texts; and that the numbers are the library's own.
#include "c/convert.hpp"
#include "loop/engine.hpp"

#include <cstring>

namespace evt::c {

static_assert(EVT_EOF == detail::code_eof);
static_assert(EVT_BUSY == detail::code_busy);
static_assert(EVT_NO_LOOP == detail::code_no_loop);
static_assert(EVT_FORKED == detail::code_forked);
static_assert(EVT_EXCEPTION == detail::code_exception);

namespace {

int code_of(Errc code) noexcept {
  switch (code) {
    case Errc::canceled:
      return -ECANCELED;
    case Errc::eof:
      return EVT_EOF;
    case Errc::busy:
      return EVT_BUSY;
    case Errc::no_loop:
      return EVT_NO_LOOP;
    case Errc::forked:
      return EVT_FORKED;
    case Errc::exception:
      return EVT_EXCEPTION;
  }
  return -EINVAL;
}

}  // namespace

int code_of(const Error& error) noexcept {
  if (error.code.category() == evt_category()) return code_of(static_cast<Errc>(error.code.value()));
  return -error.code.value();
}

}  // namespace evt::c

/// The texts of evt_category(), which makes strings, as literals; a test compares them.
const char* evt_strerror(int64_t result) {
  switch (result) {
    case EVT_EOF:
      return "End of file";
    case EVT_BUSY:
      return "Already in use";
    case EVT_NO_LOOP:
      return "The event loop is gone";
    case EVT_FORKED:
      return "The process forked since the event loop was made";
    case EVT_EXCEPTION:
      return "The job threw an exception";
    default:
      break;
  }
  if (result >= 0) return "Success";
  const char* text = result > -4096 ? strerrordesc_np(static_cast<int>(-result)) : nullptr;
  return text != nullptr ? text : "Unknown error";
}
