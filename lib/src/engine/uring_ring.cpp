/// Making the ring and entering the kernel.
#include "engine/nosignal.hpp"
#include "engine/uring.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace evt::detail {

namespace {

struct Flavour {
  unsigned flags;
  const char* without;
};

/// Best first. DEFER_TASKRUN is the cheapest for latency; disabled until the thread that runs the
/// loop enables it, because that one becomes the single issuer.
constexpr Flavour flavours[] = {
    {IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
         IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED,
     ""},
    {IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
     " without DEFER_TASKRUN"},
    {IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL, " without COOP_TASKRUN"},
    {IORING_SETUP_CLAMP, " without SUBMIT_ALL"},
    {0, " without flags"},
};

/// Kernel 5.11 and later: nothing is dropped, timeouts in the wait, polling instead of threads.
constexpr unsigned needed_features =
    IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_FAST_POLL | IORING_FEAT_RW_CUR_POS;

constexpr unsigned fewest_entries = 8;

/// IORING_ENTER_ABS_TIMER, Linux 6.12.
constexpr unsigned enter_absolute_timer = 1U << 5;

/// A ring that can be made may be of no use: filters of system calls know three of them.
Result<void> try_out(const io_uring& ring) noexcept {
  if ((ring.features & needed_features) != needed_features) {
    return std::unexpected(errno_error("io_uring_setup", ENOSYS));
  }
  // There are no buffers to give back, and what is not enabled yet cannot be entered.
  const auto fd = static_cast<unsigned>(ring.ring_fd);
  const int registering = io_uring_register(fd, IORING_UNREGISTER_BUFFERS, nullptr, 0);
  if (registering < 0 && registering != -ENXIO) {
    return std::unexpected(errno_error("io_uring_register", -registering));
  }
  const int entering = io_uring_enter(fd, 0, 0, 0, nullptr);
  if (entering < 0 && entering != -EBADFD) return std::unexpected(errno_error("io_uring_enter", -entering));
  return {};
}

}  // namespace

Result<std::unique_ptr<Engine>> UringEngine::create(const LoopOptions& options, std::string& reason) {
  io_uring ring{};
  unsigned entries = std::max(options.entries, 1U);
  const Flavour* const wanted = options.completions == Completions::on_wait ? flavours : flavours + 1;
  const Flavour* flavour = wanted;
  for (;;) {
    io_uring_params parameters{};
    parameters.flags = flavour->flags;
    const int error = io_uring_queue_init_params(entries, &ring, &parameters);
    if (error == 0) break;
    if (error == -EINVAL && flavour + 1 != std::end(flavours)) {
      ++flavour;
    } else if (error == -ENOMEM && entries > fewest_entries) {
      entries = std::max(entries / 2, fewest_entries);
    } else {
      return std::unexpected(errno_error("io_uring_setup", -error));
    }
  }
  reason = std::string("io_uring") + (flavour == wanted ? "" : flavour->without);
  if (entries < options.entries) reason += " (" + std::to_string(entries) + " entries: ENOMEM for more)";
  Fd event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  const Result<void> usable = event ? try_out(ring) : std::unexpected(errno_error("eventfd", errno));
  if (!usable) {
    io_uring_queue_exit(&ring);
    return std::unexpected(usable.error());
  }
  return std::make_unique<UringEngine>(options, ring, std::move(event));
}

UringEngine::UringEngine(const LoopOptions& options, const io_uring& ring, Fd event) noexcept
    : ring_(ring), event_(std::move(event)), enabled_((ring.flags & IORING_SETUP_R_DISABLED) == 0) {
  context_.broken_pipe = options.broken_pipe;
  context_.disk_work = options.disk_work;
  const bool suppress = options.broken_pipe == BrokenPipe::suppress;
  nosignal_ = suppress && kernel_has_nosignal();
  guard_ = suppress && !nosignal_;
}

UringEngine::~UringEngine() {
  io_uring_queue_exit(&ring_);
  Fd{host_.load(std::memory_order_relaxed)}.reset();
}

/// The first thread that runs the loop is the ring's.
void UringEngine::begin() {
  if (!enabled_) {
    enabled_ = true;
    io_uring_register(static_cast<unsigned>(ring_.ring_fd), IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
    registered_ = io_uring_register_ring_fd(&ring_) == 1;
  }
  if (watching_event_) return;
  // Never read: each write is told once, by a poll that stays.
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return;
  io_uring_prep_poll_multishot(entry, event_.get(), POLLIN);
  io_uring_sqe_set_data64(entry, key_of_event);
  watching_event_ = true;
}

/// The submission queue is full: hands it to the kernel. Null where that takes no more either.
io_uring_sqe* UringEngine::make_room() noexcept {
  if (!enabled_) return nullptr;
  ++core_->statistics.kernel_entries;
  (void)io_uring_submit(&ring_);  // EBUSY: completions have to be reaped first.
  return io_uring_get_sqe(&ring_);
}

/// One system call that submits and waits for `wanted` completions.
void UringEngine::enter(unsigned wanted, __kernel_timespec* timeout) noexcept {
  ++core_->statistics.kernel_entries;
  SigpipeGuard guard{guard_};
  io_uring_cqe* unused = nullptr;
  if (wanted == 0) {
    (void)io_uring_submit_and_get_events(&ring_);
  } else if (timeout == nullptr) {
    (void)io_uring_submit_and_wait(&ring_, wanted);
  } else {
    (void)io_uring_submit_and_wait_timeout(&ring_, &unused, wanted, timeout, nullptr);
  }
  (void)guard.passed(-EPIPE);
}

/// Where there is nothing to submit, as when only a timer is waited for: without a look at the clock, and without a way
/// through liburing, which knows no absolute time. False where the kernel does not either.
bool UringEngine::sleep_until(nanoseconds deadline) noexcept {
  if (!absolute_ || io_uring_sq_ready(&ring_) > 0) return false;
  __kernel_timespec until{deadline.count() / 1'000'000'000, deadline.count() % 1'000'000'000};
  io_uring_getevents_arg argument{};
  argument.ts = reinterpret_cast<std::uint64_t>(&until);
  const unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | enter_absolute_timer |
                         (registered_ ? IORING_ENTER_REGISTERED_RING : 0);
  ++core_->statistics.kernel_entries;
  SigpipeGuard guard{guard_};
  const auto fd = static_cast<unsigned>(registered_ ? ring_.enter_ring_fd : ring_.ring_fd);
  const int result = io_uring_enter2(fd, 0, 1, flags, reinterpret_cast<sigset_t*>(&argument), sizeof argument);
  (void)guard.passed(-EPIPE);
  absolute_ = result != -EINVAL;
  return absolute_;
}

void UringEngine::flush() {
  begin();
  retry_backlog();
  if (io_uring_sq_ready(&ring_) > 0 || kernel_asks()) enter(0, nullptr);
}

void UringEngine::retry_backlog() {
  while (!dying_.empty() && cancel(*dying_.front_owner()))
    dying_.pop_front();
  if (backlog_.empty()) return;
  List waiting;
  waiting.append(backlog_);
  while (!waiting.empty())
    start(*waiting.pop_front());
}

/// Completions wait in the kernel: task work to be run, or what the completion queue had no room for.
bool UringEngine::kernel_asks() const noexcept {
  return (IO_URING_READ_ONCE(*ring_.sq.kflags) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

void UringEngine::wait(nanoseconds deadline) {
  begin();
  if (!unasked_.empty()) end_unasked();
  retry_backlog();
  if (reap() > 0) return;  // What was started meanwhile goes with the next enter.
  if (deadline <= nanoseconds::zero()) {
    if (io_uring_sq_ready(&ring_) == 0 && !kernel_asks()) return;
    enter(0, nullptr);
  } else if (deadline == never) {
    enter(1, nullptr);
  } else if (!sleep_until(deadline)) {
    const nanoseconds left = saturating_since(deadline, read_clock(Clock::monotonic));
    __kernel_timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    enter(1, &timeout);
  }
  reap();
}

/// Not the ring's descriptor: with DEFER_TASKRUN a poll(2) that sleeps on it is not woken by work that the
/// ring still has to do (seen on Linux 6.18); an eventfd registered with the ring is.
int UringEngine::fd() noexcept {
  if (const int made = host_.load(std::memory_order_relaxed); made >= 0) return made;
  Fd made{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!made || io_uring_register_eventfd(&ring_, made.get()) != 0) return -1;
  const int host = made.release();
  host_.store(host, std::memory_order_release);
  const std::uint64_t one = 1;  // What came before is not told.
  if (io_uring_cq_ready(&ring_) > 0 || kernel_asks()) (void)!write(host, &one, sizeof one);
  return host;
}

/// Before the reaping, so that what comes meanwhile is told again.
void UringEngine::empty_host() noexcept {
  std::uint64_t told = 0;
  ++core_->statistics.kernel_entries;
  (void)!read(host_.load(std::memory_order_relaxed), &told, sizeof told);
}

/// Not IORING_OP_MSG_RING, nor its call without a ring (IORING_REGISTER_SEND_MSG_RING, 6.13): to a ring with
/// DEFER_TASKRUN either is a message that the kernel allocates, and dearer than the eventfd that is polled already.
void UringEngine::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!write(event_.get(), &one, sizeof one);
  // The kernel tells one eventfd of another late, or not at all: those who wait on fd() are told directly.
  if (const int host = host_.load(std::memory_order_acquire); host >= 0) (void)!write(host, &one, sizeof one);
}

}  // namespace evt::detail
