/// What stays in the ring: accepting and receiving into a pool are submitted once and told again and again (multishot),
/// for whoever waits at the File, in order. What nobody waits for is kept at the File, and the operation is ended.
#include "engine/socket_attempt.hpp"
#include "engine/uring.hpp"
#include "loop/operations.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace evt::detail {

namespace {

using Intake = Access::Intake;
using Phase = Intake::Phase;

List& askers(File& file) noexcept {
  return Access::readiness(file, Direction::read).parked;
}

/// Operations of another kind, which wait until the one that stays has ended.
List& bystanders(File& file) noexcept {
  return Access::readiness(file, Direction::write).parked;
}

std::uint64_t key_of(File& file) noexcept {
  return reinterpret_cast<std::uint64_t>(&file) | key_of_file | std::uint64_t{Access::intake(file).generation} << 48;
}

io_uring_buf_ring* ring_of(BufferPool& pool) noexcept {
  return static_cast<io_uring_buf_ring*>(Access::ring(pool));
}

unsigned entries_of(const BufferPool& pool) noexcept {
  return std::bit_ceil(pool.count());
}

}  // namespace

File* UringEngine::file_of(std::uint64_t key) noexcept {
  // The kernel carries numbers only. NOLINTNEXTLINE(performance-no-int-to-ptr)
  return reinterpret_cast<File*>(key & ((std::uint64_t{1} << 48) - 1) & ~key_bits);
}

/// An accept or a receive begins: what is here already is told at once.
void UringEngine::ask(Request& request) {
  File& file = *Access::file(request);
  Intake& intake = Access::intake(file);
  if (intake.holds()) return core_->finish_in_turn(request, take_kept(request));
  const bool accepts = request.operation() == Operation::accept;
  if (accepts && !intake.repeats) return submit(request);
  if (!accepts && Access::ring(*Access::pool(request)) == nullptr) return try_here(request);
  if (!accepts && intake.phase == Phase::off && Core::others_are_first(request)) {
    Access::engine_flags(request) = kept_here;
    return core_->starve(request);
  }
  if (!accepts && intake.plain) return submit(request);
  if (intake.phase == Phase::off && !arm(request)) return wait_for_room(request);
  if (intake.phase == Phase::armed && intake.pool != Access::pool(request)) end_intake(file);
  Access::engine_flags(request) = kept_here;
  askers(file).push_back(Access::hook(request));
}

bool UringEngine::arm(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return false;
  File& file = *Access::file(request);
  Intake& intake = Access::intake(file);
  if (request.operation() == Operation::accept) {
    intake.pool = nullptr;
    io_uring_prep_multishot_accept(entry, Access::fd(file), nullptr, nullptr, accept_flags);
  } else {
    intake.pool = Access::pool(request);
    io_uring_prep_recv_multishot(entry, Access::fd(file), nullptr, 0, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = static_cast<std::uint16_t>(Access::group(*intake.pool));
  }
  intake.phase = Phase::armed;
  ++intake.generation;
  io_uring_sqe_set_data64(entry, key_of(file));
  return true;
}

/// Another operation of the read queue: what was received ahead comes first, and until then nothing more must come.
void UringEngine::read_beside(Request& request) {
  File& file = *Access::file(request);
  if (Access::intake(file).phase == Phase::armed) end_intake(file);
  if (Access::intake(file).phase != Phase::off) {
    Access::engine_flags(request) = kept_here;
    bystanders(file).push_back(Access::hook(request));
  } else {
    core_->finish(request, Core::read_kept(request));
  }
}

void UringEngine::end_intake(File& file) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return note_unasked(file);
  io_uring_prep_cancel64(entry, key_of(file), 0);
  io_uring_sqe_set_data64(entry, key_of_cancel);
  Access::intake(file).phase = Phase::ending;
}

void UringEngine::on_intake(const io_uring_cqe& completion) {
  File& file = *file_of(completion.user_data);
  Intake& intake = Access::intake(file);
  if ((completion.flags & IORING_CQE_F_MORE) == 0) intake.phase = Phase::off;
  if (intake.pool == nullptr) {
    on_connection(file, completion.res);
  } else {
    on_received(file, completion);
  }
  if (intake.phase == Phase::off) go_on(file);
}

void UringEngine::on_connection(File& file, int result) {
  if (result == -ECANCELED) return;
  if (!askers(file).empty()) {
    core_->finish(*askers(file).pop_front(), result);
    if (askers(file).empty()) note_unasked(file);
  } else {
    core_->keep_connection(file, result);
    note_unasked(file);
  }
}

void UringEngine::on_received(File& file, const io_uring_cqe& completion) {
  Intake& intake = Access::intake(file);
  BufferPool& pool = *intake.pool;
  int result = completion.res;
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto id = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    core_->hold_buffer(pool, id);
    if (result > 0) {
      if (askers(file).empty()) {
        core_->keep_buffer(file, id, static_cast<unsigned>(result));
        return note_unasked(file);
      }
      Request& request = *askers(file).pop_front();
      Access::set_buffer(request, pool, id, 0);
      return core_->finish(request, result);
    }
    Core::give_back(pool, id);
  }
  if (result == -ECANCELED) return;
  if (result == -ENOBUFS) {
    while (!askers(file).empty())
      core_->starve(*askers(file).pop_front());
    return;
  }
  if (result == -ENOTSOCK) {
    intake.plain = true;
    return;
  }
  if (result == -EINVAL) {
    // No multishot receive before 6.0: as without a ring from here on.
    forsake(pool);
    return;
  }
  if (!askers(file).empty()) {
    core_->finish(*askers(file).pop_front(), result);
  } else {
    intake.ends = true;
    intake.end = result;
  }
}

/// A read of what is no socket, which takes a buffer and does not stay. True when `result` is the request's.
bool UringEngine::took_buffer(Request& request, const io_uring_cqe& completion) noexcept {
  BufferPool& pool = *Access::pool(request);
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto id = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    core_->hold_buffer(pool, id);
    Access::set_buffer(request, pool, id, 0);
    if (completion.res <= 0) Core::give_back(pool, id);
  }
  if (completion.res != -ENOBUFS || Access::cancel_requested(request)) return true;
  Access::engine_flags(request) = kept_here;
  core_->starve(request);
  return false;
}

/// Nothing stays in the ring any more: whoever waited for that, or still wants something, begins anew.
void UringEngine::go_on(File& file) {
  if (Access::closing(file)) return core_->close_when_quiet(file);
  for (List* list : {&askers(file), &bystanders(file)}) {
    List waiting;
    waiting.append(*list);
    while (!waiting.empty())
      start(*waiting.pop_front());
  }
}

/// The result of an accept or a receive from what the File keeps.
std::int64_t UringEngine::take_kept(Request& request) noexcept {
  return request.operation() == Operation::accept ? Core::take_connection(*Access::file(request))
                                                  : Core::take_kept_buffer(request);
}

/// Whoever is told something has until the next wait to ask for more.
void UringEngine::note_unasked(File& file) noexcept {
  if (std::exchange(Access::intake(file).unasked, true)) return;
  unasked_.push_back(&file);
}

void UringEngine::end_unasked() noexcept {
  std::size_t left = 0;
  // By index and count: who finds no room in the queue is added behind, and moved to the front.
  const std::size_t size = unasked_.size();
  for (std::size_t index = 0; index < size; ++index) {
    File* const file = unasked_[index];
    Intake& intake = Access::intake(*file);
    intake.unasked = false;
    if (intake.phase != Phase::armed || !askers(*file).empty()) continue;
    intake.repeats = false;
    end_intake(*file);
    if (intake.unasked) {  // Later.
      unasked_.resize(size);
      unasked_[left++] = file;
    }
  }
  unasked_.resize(left);
}

bool UringEngine::retire(File& file) noexcept {
  if (Access::intake(file).phase == Phase::armed) end_intake(file);
  return Access::intake(file).phase == Phase::off;
}

void UringEngine::forget(File& file) noexcept {
  Intake& intake = Access::intake(file);
  if (intake.phase != Phase::off) {
    begin();
    for (reap(); intake.phase != Phase::off; reap()) {
      if (intake.phase == Phase::armed) end_intake(file);
      enter(intake.phase == Phase::ending ? 1 : 0, nullptr);
    }
  }
  if (std::exchange(intake.unasked, false)) std::erase(unasked_, &file);
  Core::drop_kept(file);
}

void UringEngine::adopt(BufferPool& pool) noexcept {
  const std::uint32_t group = groups_.insert(&pool);
  constexpr std::size_t page = 4096;
  const unsigned entries = entries_of(pool);
  const std::size_t bytes = (entries * sizeof(io_uring_buf) + page - 1) / page * page;
  void* memory = group == 0 || group > UINT16_MAX ? nullptr : std::aligned_alloc(page, bytes);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(memory);
  registration.ring_entries = entries;
  registration.bgid = static_cast<std::uint16_t>(group);
  if (memory != nullptr) std::memset(memory, 0, bytes);
  if (memory == nullptr || io_uring_register_buf_ring(&ring_, &registration, 0) != 0) {
    std::free(memory);
    if (group != 0) groups_.erase(group);
    return;  // It is used without a ring.
  }
  Access::ring(pool) = memory;
  Access::group(pool) = group;
  while (true) {
    const int id = Core::take_buffer(pool);
    if (id < 0) break;
    Core::give_back(pool, static_cast<std::uint16_t>(id));
  }
}

void UringEngine::provide(BufferPool& pool, std::uint16_t id) noexcept {
  io_uring_buf_ring* ring = ring_of(pool);
  io_uring_buf_ring_add(ring, Access::memory(pool, id), static_cast<unsigned>(pool.buffer_size()), id,
                        io_uring_buf_ring_mask(entries_of(pool)), 0);
  io_uring_buf_ring_advance(ring, 1);
}

/// The kernel gives the buffers up.
void UringEngine::forsake(BufferPool& pool) noexcept {
  void* const memory = std::exchange(Access::ring(pool), nullptr);
  if (memory == nullptr) return;
  (void)io_uring_unregister_buf_ring(&ring_, static_cast<int>(Access::group(pool)));
  groups_.erase(std::exchange(Access::group(pool), 0));
  std::free(memory);
  Core::list_free(pool);
}

void UringEngine::release(BufferPool& pool) noexcept {
  for (File* file = core_->files; file != nullptr; file = Access::next(*file)) {
    if (Access::intake(*file).pool == &pool) forget(*file);
  }
  forsake(pool);
}

}  // namespace evt::detail
