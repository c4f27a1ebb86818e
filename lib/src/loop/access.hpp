/// Access: the one door through which the library's own parts reach private members of its types.
#pragma once

#include <evt/evt.hpp>

namespace evt::detail {

struct Access {
  using State = Request::State;
  using Kind = File::Kind;
  using Queue = File::Queue;
  using Intake = File::Intake;
  using Readiness = File::Readiness;

  static Core* core(const Loop& loop) noexcept { return loop.core_.get(); }
  static Loop make_loop(std::unique_ptr<Core> core) noexcept;  // Defined in core.hpp, which knows Core.

  static Core* core(const File& file) noexcept { return file.core_; }
  static Ticket refused(std::int32_t code) noexcept {
    Ticket ticket;
    ticket.refusal_ = code;
    return ticket;
  }
  static std::int32_t refusal(const Ticket& ticket) noexcept { return ticket.refusal_; }
  static File make_file(Core& core, FileSource source) noexcept { return File(core, source); }

  // Request.
  static Core*& core(Request& request) noexcept { return request.core_; }
  /// Of a FileRequest in flight; other threads may ask too.
  static File& file_of(const Request& request) noexcept { return *static_cast<const FileRequest&>(request).file_; }
  /// Null where there is none. The loop's thread only: what it looks at has neighbours that change.
  static File* file(const Request& request) noexcept {
    return request.on_file_ ? static_cast<const FileRequest&>(request).file_ : nullptr;
  }
  static Hook& hook(Request& request) noexcept { return request.hook_; }
  static State& state(Request& request) noexcept { return request.state_; }
  static bool cancel_requested(const Request& request) noexcept { return request.cancel_requested_; }
  static void make_internal(Request& request) noexcept { request.internal_ = true; }
  static std::int64_t& result(Request& request) noexcept { return request.result_; }
  static std::uint8_t& engine_flags(Request& request) noexcept { return request.engine_flags_; }
  static std::uint16_t& engine_data(Request& request) noexcept { return request.engine_data_; }
  static Remote& remote(Request& request) noexcept { return static_cast<ThreadedRequest&>(request).remote_; }
  /// Has the above.
  static bool is_threaded(const Request& request) noexcept {
    return request.on_file_ || request.operation() == Operation::open || request.operation() == Operation::work ||
           request.operation() == Operation::wake;
  }
  static std::uint32_t slot(const Request& request) noexcept { return request.slot_; }
  static bool settle(Request& request) noexcept { return request.settle(); }
  /// Of the activation that is, or was last.
  static Ticket ticket(const Request& request) noexcept {
    Ticket ticket;
    ticket.generation_ = request.generation_;
    ticket.slot_ = request.slot_;
    return ticket;
  }
  static Direction direction(const Request& request) noexcept { return static_cast<Direction>(request.direction_); }

  // FileRequest.
  static FileRequest& io(Request& request) noexcept { return static_cast<FileRequest&>(request); }
  static std::byte* data(const FileRequest& request) noexcept { return request.data_; }
  static const iovec* vectors(const FileRequest& request) noexcept { return request.vectors_; }
  static File& target(const FileRequest& request) noexcept { return *request.target_; }
  static std::size_t size(const FileRequest& request) noexcept { return request.size_; }
  static std::size_t done(const FileRequest& request) noexcept { return request.done_; }
  static std::uint64_t offset(const FileRequest& request) noexcept { return request.offset_; }
  static std::size_t vector_index(const FileRequest& request) noexcept { return request.vector_index_; }
  static std::size_t vector_offset(const FileRequest& request) noexcept { return request.vector_offset_; }
  // For an engine that shows an attempt less than all of it.
  static const iovec*& vectors(FileRequest& request) noexcept { return request.vectors_; }
  static std::size_t& size(FileRequest& request) noexcept { return request.size_; }
  static std::size_t& vector_index(FileRequest& request) noexcept { return request.vector_index_; }
  static std::size_t& vector_offset(FileRequest& request) noexcept { return request.vector_offset_; }

  static mmsghdr* messages(const FileRequest& request) noexcept { return request.messages_; }
  static int flags(const FileRequest& request) noexcept { return static_cast<int>(request.offset_); }

  // MessageRequest.
  static MessageRequest& message(Request& request) noexcept { return static_cast<MessageRequest&>(request); }
  static msghdr* given(const MessageRequest& request) noexcept { return request.given_; }
  static msghdr& own(MessageRequest& request) noexcept { return request.own_; }
  static iovec& part(MessageRequest& request) noexcept { return request.part_; }
  static bool tells_sender(const MessageRequest& request) noexcept { return request.from_ != nullptr; }

  // ReceiveRequest and BufferPool.
  /// Null for any other request.
  static BufferPool* pool(const Request& request) noexcept {
    if (request.operation() != Operation::recv_pooled) return nullptr;
    return static_cast<const ReceiveRequest&>(request).pool_;
  }
  static void set_buffer(Request& request, BufferPool& source, std::uint16_t id, std::uint32_t offset) noexcept {
    auto& receive = static_cast<ReceiveRequest&>(request);
    receive.source_ = &source;
    receive.buffer_ = id;
    receive.offset_in_buffer_ = offset;
  }
  /// Whether a buffer of `pool` is in it, or on the way to it.
  static bool uses(const Request& request, const BufferPool& pool) noexcept {
    if (request.operation() != Operation::recv_pooled) return false;
    const auto& receive = static_cast<const ReceiveRequest&>(request);
    return receive.pool_ == &pool || (request.state_ == State::ready && receive.source_ == &pool);
  }
  static Buffer make_buffer(BufferPool& pool, std::uint16_t id, std::size_t offset, std::size_t size) noexcept {
    return {&pool, {memory(pool, id) + offset, size}, id};
  }
  static std::byte* memory(const BufferPool& pool, std::uint16_t id) noexcept {
    return pool.memory_.get() + id * pool.size_;
  }
  static void*& ring(BufferPool& pool) noexcept { return pool.ring_; }
  static std::uint32_t& group(BufferPool& pool) noexcept { return pool.group_; }

  // OpenRequest.
  static OpenRequest& open(Request& request) noexcept { return static_cast<OpenRequest&>(request); }
  static const char* path(const OpenRequest& request) noexcept { return request.path_; }
  static const OpenRequest::Options& options(const OpenRequest& request) noexcept { return request.options_; }

  // Work.
  static Work& work(Request& request) noexcept { return static_cast<Work&>(request); }
  static Task& job(Work& work) noexcept { return work.job_; }
  static std::exception_ptr& exception(Work& work) noexcept { return work.exception_; }
  static Pool* pool(const Work& work) noexcept { return work.pool_; }
  static Pool* pool(const ThreadPool& pool) noexcept { return pool.pool_.get(); }

  // File.
  static int fd(const File& file) noexcept { return file.fd_; }
  static File* next(const File& file) noexcept { return file.next_; }
  static bool closing(const File& file) noexcept { return file.closing_ != nullptr; }
  static Intake& intake(File& file) noexcept { return file.intake_; }
  static Kind& kind(File& file) noexcept { return file.kind_; }
  static bool& nonblocking(File& file) noexcept { return file.nonblocking_; }
  static bool& nowait(File& file) noexcept { return file.nowait_; }
  static bool& dries(File& file) noexcept { return file.dries_; }
  static bool& blocking_only(File& file) noexcept { return file.blocking_only_; }
  static bool& silent(File& file) noexcept { return file.silent_; }
  static int& watched_fd(File& file) noexcept { return file.watched_fd_; }
  static std::uint32_t& watched(File& file) noexcept { return file.watched_; }
  static int& private_fd(File& file) noexcept { return file.private_fd_; }
  static std::uint32_t& registration(File& file) noexcept { return file.registration_; }
  static Readiness& readiness(File& file, Direction direction) noexcept {
    return file.readiness_[static_cast<std::size_t>(direction)];
  }
};

}  // namespace evt::detail
