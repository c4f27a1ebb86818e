/// Process and ProcessRequest: a pidfd that becomes readable, and what is asked of the kernel then.
#include "loop/access.hpp"
#include "loop/engine.hpp"
#include "process/status.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace evt {

using detail::Access;

namespace {
/// How long to wait for a debugger of a child to let us have it.
constexpr nanoseconds traced_interval = std::chrono::milliseconds{5};
}  // namespace

Result<Process> Process::open(pid_t id) noexcept {
  const long fd = syscall(SYS_pidfd_open, id, 0);
  if (fd < 0) return std::unexpected(errno_error("pidfd_open", errno));
  return Process(id, Fd{static_cast<int>(fd)});
}

Result<void> Process::kill(int signal) const noexcept {
  if (syscall(SYS_pidfd_send_signal, fd_.get(), signal, nullptr, 0) != 0) {
    return std::unexpected(errno_error("kill", errno));
  }
  return {};
}

ProcessRequest::ProcessRequest(Loop& loop) noexcept : ComposedRequest(loop), file_(loop), event_(file_), timer_(loop) {
  event_.unref();
  timer_.unref();
  Access::make_internal(event_);
  Access::make_internal(timer_);
}

ProcessRequest::~ProcessRequest() {
  settle();
}

Ticket ProcessRequest::wait(const Process& process, nanoseconds reap_grace, Done done) noexcept {
  if (idle()) {
    pidfd_ = process.fd();
    reap_grace_ = reap_grace;
  }
  return submit(done, Operation::process);
}

void ProcessRequest::start() noexcept {
  ended_ = false;
  file_.assign(File::borrow(pidfd_));
  // Nothing to try: the engine is told at once if it has ended.
  Access::readiness(file_, Direction::read).maybe = false;
  Access::readiness(file_, Direction::write).maybe = false;
  event_.readable(bind<&ProcessRequest::on_event>(*this));
}

void ProcessRequest::on_event(const Result<std::size_t>& event) noexcept {
  if (!event) return end(std::unexpected(Error("process", event.error().code)));
  look();
}

/// The time is up, or a debugger had enough of it.
void ProcessRequest::on_timer(const Result<std::uint64_t>& fired) noexcept {
  if (!fired) return end(std::unexpected(Error("process", fired.error().code)));
  if (!ended_) return look();
  ProcessStatus status;
  (void)detail::read_status(pidfd_, status);
  end(status);
}

void ProcessRequest::look() noexcept {
  ProcessStatus status;
  switch (detail::read_status(pidfd_, status)) {
    case detail::Known::yes:
    case detail::Known::never:
      return end(status);
    case detail::Known::running:
      if (cancel_requested()) break;
      timer_.after(traced_interval, bind<&ProcessRequest::on_timer>(*this));
      return;
    case detail::Known::unreaped:
      break;
  }
  if (cancel_requested()) return end(std::unexpected(Error("process", Errc::canceled)));
  if (ended_ || reap_grace_ <= nanoseconds::zero()) return end(status);
  ended_ = true;
  event_.writable(bind<&ProcessRequest::on_event>(*this));
  timer_.after(reap_grace_, bind<&ProcessRequest::on_timer>(*this));
}

/// The pidfd is the caller's again, to close it, before he is told.
void ProcessRequest::end(Result<ProcessStatus> result) noexcept {
  // What was reaped has had its last event: nothing to unregister, which would be a system call for each.
  Access::silent(file_) = result.has_value() && result->kind != ProcessStatus::Kind::unknown;
  settle_parts();
  complete(std::move(result));
}

void ProcessRequest::cancel_parts() noexcept {
  event_.cancel();
  timer_.cancel();
}

void ProcessRequest::settle_parts() noexcept {
  timer_.cancel_sync();
  event_.cancel_sync();
  (void)file_.release();
}

}  // namespace evt
