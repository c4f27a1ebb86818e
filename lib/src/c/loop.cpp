/// Loops, pools and files of evt.h.
#include "c/convert.hpp"

#include <utility>

namespace evt::c {
namespace {

static_assert(EVT_AUTOMATIC == std::to_underlying(Backend::automatic));
static_assert(EVT_IO_URING == std::to_underlying(Backend::io_uring));
static_assert(EVT_EPOLL == std::to_underlying(Backend::epoll));
static_assert(EVT_NO_WAIT == std::to_underlying(RunMode::no_wait));
static_assert(EVT_ONCE == std::to_underlying(RunMode::once));
static_assert(EVT_UNTIL_DONE == std::to_underlying(RunMode::until_done));
static_assert(EVT_SUPPRESS_SIGPIPE == std::to_underlying(BrokenPipe::suppress));
static_assert(EVT_DELIVER_SIGPIPE == std::to_underlying(BrokenPipe::deliver));
static_assert(EVT_DISK_ON_POOL == std::to_underlying(DiskWork::pool));
static_assert(EVT_DISK_ON_LOOP == std::to_underlying(DiskWork::on_loop));
static_assert(EVT_ORDERED == std::to_underlying(Ordering::ordered));
static_assert(EVT_UNORDERED == std::to_underlying(Ordering::unordered));
static_assert(EVT_READ == std::to_underlying(Direction::read));
static_assert(EVT_WRITE == std::to_underlying(Direction::write));
static_assert(EVT_NEVER == never.count());

LoopOptions options_of(const evt_loop_options& given) noexcept {
  LoopOptions options;
  options.backend = static_cast<Backend>(given.backend);
  if (given.preferred != EVT_AUTOMATIC) options.preferred = static_cast<Backend>(given.preferred);
  if (given.entries != 0) options.entries = given.entries;
  if (given.budget != 0) options.budget = given.budget;
  if (given.post_capacity != 0) options.post_capacity = given.post_capacity;
  options.broken_pipe = static_cast<BrokenPipe>(given.broken_pipe);
  options.disk_work = static_cast<DiskWork>(given.disk_work);
  if (given.pool != nullptr) options.pool = &object(given.pool);
  return options;
}

FileSource source_of(int fd, evt_ownership ownership) noexcept {
  return {.fd = fd, .owned = ownership == EVT_ADOPT};
}

}  // namespace
}  // namespace evt::c

using evt::c::guarded;
using evt::c::number_of;
using evt::c::object;

int evt_pool_init(evt_pool* pool, unsigned threads) {
  return guarded([&] {
    evt::c::make(pool, threads);
    return 0;
  });
}
void evt_pool_destroy(evt_pool* pool) {
  evt::c::end(pool);
}

int evt_loop_init(evt_loop* loop, const evt_loop_options* options) {
  return guarded([&] {
    auto made = evt::Loop::create(evt::c::options_of(options != nullptr ? *options : evt_loop_options{}));
    if (!made) return evt::c::code_of(made.error());
    evt::c::make(loop, std::move(*made));
    return 0;
  });
}
void evt_loop_destroy(evt_loop* loop) {
  evt::c::end(loop);
}

int64_t evt_loop_run(evt_loop* loop, evt_run_mode mode) {
  return guarded([&] { return number_of(object(loop).run(static_cast<evt::RunMode>(mode))); });
}
int64_t evt_loop_dispatch(evt_loop* loop, int64_t timeout) {
  return guarded([&] { return number_of(object(loop).dispatch(evt::nanoseconds{timeout})); });
}
void evt_loop_stop(evt_loop* loop) {
  object(loop).stop();
}
bool evt_loop_stopped(const evt_loop* loop) {
  return object(loop).stopped();
}
void evt_loop_restart(evt_loop* loop) {
  object(loop).restart();
}
int evt_loop_post(evt_loop* loop, void (*function)(void* context), void* context) {
  return static_cast<int>(number_of(object(loop).post({function, context})));
}
int evt_loop_defer(evt_loop* loop, void (*function)(void* context), void* context) {
  return guarded([&] {
    object(loop).defer({function, context});
    return 0;
  });
}
int64_t evt_loop_now(const evt_loop* loop) {
  return object(loop).now().count();
}
void evt_loop_update_now(evt_loop* loop) {
  object(loop).update_now();
}
int64_t evt_loop_next_deadline(const evt_loop* loop) {
  return object(loop).next_deadline().count();
}
int64_t evt_loop_prepare(evt_loop* loop) {
  return object(loop).prepare().count();
}
int evt_loop_fd(const evt_loop* loop) {
  return object(loop).fd();
}
int evt_loop_after_fork(evt_loop* loop) {
  return guarded([&] { return static_cast<int>(number_of(object(loop).after_fork())); });
}
evt_backend evt_loop_backend(const evt_loop* loop) {
  return static_cast<evt_backend>(object(loop).backend());
}
const char* evt_loop_backend_reason(const evt_loop* loop) {
  return object(loop).backend_reason().data();  // All of a std::string, which ends in a zero.
}

void evt_file_init(evt_file* file, evt_loop* loop, int fd, evt_ownership ownership, evt_ordering ordering) {
  evt::c::make(file, object(loop), evt::c::source_of(fd, ownership), static_cast<evt::Ordering>(ordering));
}
void evt_file_destroy(evt_file* file) {
  evt::c::end(file);
}
void evt_file_assign(evt_file* file, int fd, evt_ownership ownership) {
  object(file).assign(evt::c::source_of(fd, ownership));
}
int evt_file_release(evt_file* file) {
  return object(file).release();
}
int evt_file_fd(const evt_file* file) {
  return object(file).fd();
}
void evt_file_pause(evt_file* file, evt_direction direction) {
  object(file).pause(static_cast<evt::Direction>(direction));
}
void evt_file_resume(evt_file* file, evt_direction direction) {
  object(file).resume(static_cast<evt::Direction>(direction));
}
