/// Operations on files, opening, and nops of evt.h.
#include "c/convert.hpp"

#include <span>
#include <utility>

using evt::c::code_of;
using evt::c::object;

namespace {

static_assert(EVT_INLINE_CAPACITY == evt::IoRequest::inline_capacity);
static_assert(EVT_SHUTDOWN_READ == std::to_underlying(evt::Shutdown::read));
static_assert(EVT_SHUTDOWN_WRITE == std::to_underlying(evt::Shutdown::write));
static_assert(EVT_SHUTDOWN_BOTH == std::to_underlying(evt::Shutdown::both));

evt::IoRequest::Done done_of(evt_callback done) noexcept {
  return evt::c::callback<evt::IoRequest, std::size_t>(done);
}
std::span<std::byte> space(void* target, size_t size) noexcept {
  return {static_cast<std::byte*>(target), size};
}
std::span<const std::byte> bytes(const void* source, size_t size) noexcept {
  return {static_cast<const std::byte*>(source), size};
}

}  // namespace

void evt_io_init(evt_io* io, evt_file* file, void* user) {
  evt::c::make_request(io, user, object(file));
}
void evt_io_destroy(evt_io* io) {
  evt::c::end(io);
}

int evt_read(evt_io* io, void* target, size_t size, evt_callback done) {
  return code_of(object(io).read(space(target, size), done_of(done)));
}
int evt_readv(evt_io* io, const struct iovec* targets, size_t count, evt_callback done) {
  return code_of(object(io).readv({targets, count}, done_of(done)));
}
int evt_read_exact(evt_io* io, void* target, size_t size, evt_callback done) {
  return code_of(object(io).read_exact(space(target, size), done_of(done)));
}
int evt_read_inline(evt_io* io, size_t size, evt_callback done) {
  return code_of(object(io).read_inline(size, done_of(done)));
}
int evt_write(evt_io* io, const void* source, size_t size, evt_callback done) {
  return code_of(object(io).write(bytes(source, size), done_of(done)));
}
int evt_writev(evt_io* io, const struct iovec* sources, size_t count, evt_callback done) {
  return code_of(object(io).writev({sources, count}, done_of(done)));
}
int evt_write_some(evt_io* io, const void* source, size_t size, evt_callback done) {
  return code_of(object(io).write_some(bytes(source, size), done_of(done)));
}
int evt_write_inline(evt_io* io, const void* source, size_t size, evt_callback done) {
  return code_of(object(io).write_inline(bytes(source, size), done_of(done)));
}
int evt_pread(evt_io* io, void* target, size_t size, uint64_t offset, evt_callback done) {
  return code_of(object(io).pread(space(target, size), offset, done_of(done)));
}
int evt_pwrite(evt_io* io, const void* source, size_t size, uint64_t offset, evt_callback done) {
  return code_of(object(io).pwrite(bytes(source, size), offset, done_of(done)));
}
int evt_readable(evt_io* io, evt_callback done) {
  return code_of(object(io).readable(done_of(done)));
}
int evt_writable(evt_io* io, evt_callback done) {
  return code_of(object(io).writable(done_of(done)));
}
int evt_splice(evt_io* io, evt_file* target, size_t size, evt_callback done) {
  return code_of(object(io).splice(object(target), size, done_of(done)));
}
int evt_fsync(evt_io* io, evt_callback done) {
  return code_of(object(io).fsync(done_of(done)));
}
int evt_close(evt_io* io, evt_callback done) {
  return code_of(object(io).close(done_of(done)));
}
int evt_recv(evt_io* io, void* target, size_t size, int flags, evt_callback done) {
  return code_of(object(io).recv(space(target, size), done_of(done), flags));
}
int evt_send(evt_io* io, const void* source, size_t size, int flags, evt_callback done) {
  return code_of(object(io).send(bytes(source, size), done_of(done), flags));
}
int evt_connect(evt_io* io, const evt_address* to, evt_callback done) {
  return code_of(object(io).connect(object(to), done_of(done)));
}
int evt_shutdown(evt_io* io, evt_shutdown_how how, evt_callback done) {
  return code_of(object(io).shutdown(static_cast<evt::Shutdown>(how), done_of(done)));
}
const void* evt_inline_data(const evt_io* io) {
  return object(io).inline_data().data();
}

void evt_open_init(evt_open* open, evt_loop* loop, void* user) {
  evt::c::make_request(open, user, object(loop));
}
void evt_open_destroy(evt_open* open) {
  evt::c::end(open);
}
int evt_openat(evt_open* open, int directory, const char* path, int flags, mode_t mode, evt_callback done) {
  return code_of(object(open).open(path, {.flags = flags, .mode = mode, .directory = directory},
                                   evt::c::callback<evt::OpenRequest, evt::Fd>(done)));
}

void evt_nop_init(evt_nop* nop, evt_loop* loop, void* user) {
  evt::c::make_request(nop, user, object(loop));
}
void evt_nop_destroy(evt_nop* nop) {
  evt::c::end(nop);
}
int evt_nop_submit(evt_nop* nop, evt_callback done) {
  return code_of(object(nop).submit(evt::c::callback<evt::Nop, void>(done)));
}
