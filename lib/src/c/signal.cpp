/// Signals of evt.h.
#include "c/kept.hpp"

using evt::c::object;

std::int64_t evt::c::keep(SignalRequest& request, Result<SignalInfo>&& result) noexcept {
  if (!result) return code_of(result.error());
  static_cast<Signal&>(request).last = {.signal = result->signal,
                                        .count = result->count,
                                        .code = result->code,
                                        .sender = result->sender,
                                        .user = result->user,
                                        .value = result->value};
  return result->count;
}

void evt_signal_init(evt_signal* signal, evt_loop* loop, void* user) {
  evt::c::make_request(signal, user, object(loop));
}
void evt_signal_destroy(evt_signal* signal) {
  evt::c::end(signal);
}
int evt_signal_wait(evt_signal* signal, int number, evt_callback done) {
  return evt::c::code_of(object(signal).wait(number, evt::c::keeping<evt::SignalRequest, evt::SignalInfo>(done)));
}
const evt_signal_info* evt_signal_info_of(const evt_signal* signal) {
  return &object(signal).last;
}
