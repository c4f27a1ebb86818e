/// Buffer pools and receivers of evt.h.
#include "c/kept.hpp"

using evt::c::code_of;
using evt::c::guarded;
using evt::c::object;

namespace {

/// A buffer goes back before the next one is received.
evt::Action on_received(void* context, evt::ReceiveRequest& request, evt::Result<evt::Buffer> result) {
  const auto call = evt::c::keeping<evt::ReceiveRequest, evt::Buffer>(nullptr).function;
  const evt::Action action = call(context, request, std::move(result));
  // Disarmed it may be gone already.
  if (action == evt::Action::rearm) static_cast<evt::c::Receiver&>(request).held.reset();
  return action;
}

}  // namespace

std::int64_t evt::c::keep(ReceiveRequest& request, Result<Buffer>&& result) noexcept {
  if (!result) return code_of(result.error());
  auto& receiver = static_cast<Receiver&>(request);
  receiver.held = std::move(*result);
  return static_cast<std::int64_t>(receiver.held.size());
}

int evt_buffer_pool_init(evt_buffer_pool* pool, evt_loop* loop, unsigned count, size_t size) {
  return guarded([&] {
    evt::BufferPoolOptions options;
    if (count != 0) options.count = count;
    if (size != 0) options.size = size;
    evt::c::make(pool, object(loop), options);
    return 0;
  });
}
void evt_buffer_pool_destroy(evt_buffer_pool* pool) {
  evt::c::end(pool);
}
unsigned evt_buffer_pool_available(const evt_buffer_pool* pool) {
  return object(pool).available();
}

void evt_receiver_init(evt_receiver* receiver, evt_file* file, void* user) {
  evt::c::make_request(receiver, user, object(file));
}
void evt_receiver_destroy(evt_receiver* receiver) {
  evt::c::end(receiver);
}
int evt_receive(evt_receiver* receiver, evt_buffer_pool* pool, evt_callback done) {
  evt::c::Receiver& request = object(receiver);
  if (request.idle()) request.held.reset();
  return code_of(request.receive(object(pool), {on_received, reinterpret_cast<void*>(done)}));
}
void* evt_receiver_data(const evt_receiver* receiver) {
  return object(receiver).held.bytes().data();
}
void evt_receiver_release(evt_receiver* receiver) {
  object(receiver).held.reset();
}
