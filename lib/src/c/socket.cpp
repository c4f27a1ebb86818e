/// Addresses, acceptors, messages and batches of evt.h.
#include "c/convert.hpp"

#include <cstdio>

using evt::c::code_of;
using evt::c::guarded;
using evt::c::number_of;
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

/// The same fields for streams and for datagrams.
template <class Options>
Options options_of(const evt_address* address, const evt_listen_options& given) noexcept {
  Options options;
  options.address = object(address);
  options.reuse_port = (given.flags & EVT_REUSE_PORT) != 0;
  options.v6_only = (given.flags & EVT_V6_ONLY) != 0;
  if (given.mode != 0) options.mode = given.mode;
  return options;
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

int evt_open_socket(int family, int type, int protocol) {
  return static_cast<int>(number_of(evt::open_socket({.family = family, .type = type, .protocol = protocol})));
}
int evt_listen(const evt_address* address, const evt_listen_options* options) {
  const evt_listen_options given = options != nullptr ? *options : evt_listen_options{};
  auto listening = options_of<evt::ListenOptions>(address, given);
  if (given.type != 0) listening.type = given.type;
  if (given.backlog != 0) listening.backlog = given.backlog;
  listening.reuse_address = (given.flags & EVT_KEEP_ADDRESS) == 0;
  return static_cast<int>(number_of(evt::listen(listening)));
}
int evt_bind_datagram(const evt_address* address, const evt_listen_options* options) {
  const evt_listen_options given = options != nullptr ? *options : evt_listen_options{};
  return static_cast<int>(number_of(evt::bind_datagram(options_of<evt::DatagramOptions>(address, given))));
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
