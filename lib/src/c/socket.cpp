/// Addresses, acceptors, messages and batches of evt.h.
#include "c/convert.hpp"

#include <cstdio>

using evt::c::code_of;
using evt::c::guarded;
using evt::c::object;

namespace {

evt::MessageRequest::Done message_done(evt_callback done) noexcept {
  return evt::c::callback<evt::MessageRequest, std::size_t>(done);
}
evt::BatchRequest::Done batch_done(evt_callback done) noexcept {
  return evt::c::callback<evt::BatchRequest, std::size_t>(done);
}

int store(const evt::Result<evt::Address>& result, evt_address* address) noexcept {
  if (!result) return code_of(result.error());
  evt::c::make(address, *result);
  return 0;
}

// What is read and written in place must be in the same place; a test sees that the fields are.
static_assert(sizeof(evt_address) == sizeof(evt::Address) && alignof(evt_address) == alignof(evt::Address));

}  // namespace

int evt_address_parse(evt_address* address, const char* text) {
  return store(evt::Address::parse(text), address);
}
int evt_address_format(const evt_address* address, char* text, size_t size) {
  return guarded([&] { return std::snprintf(text, size, "%s", object(address).to_string().c_str()); });
}
int evt_local_address(int fd, evt_address* address) {
  return store(evt::local_address(fd), address);
}
int evt_peer_address(int fd, evt_address* address) {
  return store(evt::peer_address(fd), address);
}

void evt_acceptor_init(evt_acceptor* acceptor, evt_file* file, void* user) {
  evt::c::make_request(acceptor, user, object(file));
}
void evt_acceptor_destroy(evt_acceptor* acceptor) {
  evt::c::end(acceptor);
}
int evt_accept(evt_acceptor* acceptor, evt_callback done) {
  return code_of(object(acceptor).accept(evt::c::callback<evt::AcceptRequest, evt::Fd>(done)));
}

void evt_message_init(evt_message* message, evt_file* file, void* user) {
  evt::c::make_request(message, user, object(file));
}
void evt_message_destroy(evt_message* message) {
  evt::c::end(message);
}
int evt_recvmsg(evt_message* message, struct msghdr* header, int flags, evt_callback done) {
  return code_of(object(message).recvmsg(*header, message_done(done), flags));
}
int evt_recvfrom(evt_message* message, void* target, size_t size, evt_address* from, int flags, evt_callback done) {
  return code_of(
      object(message).recvfrom({static_cast<std::byte*>(target), size}, object(from), message_done(done), flags));
}
int evt_sendmsg(evt_message* message, const struct msghdr* header, int flags, evt_callback done) {
  return code_of(object(message).sendmsg(*header, message_done(done), flags));
}
int evt_sendto(evt_message* message, const void* source, size_t size, const evt_address* to, int flags,
               evt_callback done) {
  return code_of(
      object(message).sendto({static_cast<const std::byte*>(source), size}, object(to), message_done(done), flags));
}
int evt_message_flags(const evt_message* message) {
  return object(message).flags();
}

void evt_batch_init(evt_batch* batch, evt_file* file, void* user) {
  evt::c::make_request(batch, user, object(file));
}
void evt_batch_destroy(evt_batch* batch) {
  evt::c::end(batch);
}
int evt_recvmmsg(evt_batch* batch, struct mmsghdr* messages, size_t count, int flags, evt_callback done) {
  return code_of(object(batch).recv({messages, count}, batch_done(done), flags));
}
int evt_sendmmsg(evt_batch* batch, struct mmsghdr* messages, size_t count, int flags, evt_callback done) {
  return code_of(object(batch).send({messages, count}, batch_done(done), flags));
}
