/// Work: from the typed calls to the core and back.
#include "loop/core.hpp"
#include "loop/outcome.hpp"

namespace evt {

using detail::Access;

Work::Work(Loop& loop, ThreadPool& pool) noexcept
    : ThreadedRequest(Access::core(loop), &Work::invoke), pool_(Access::pool(pool)) {}

Work::~Work() {
  settle();
}

Action Work::invoke(Request& request) {
  auto& self = static_cast<Work&>(request);
  return detail::call<Work, void>(self.function_, self.context_, self,
                                  [&] { return detail::void_result(Operation::work, self.result_); });
}

Ticket Work::run(Task job, Done done) noexcept {
  if (core_ == nullptr) return Access::refused(static_cast<std::int32_t>(detail::code_no_loop));
  Ticket ticket;
  if (!core_->admit(*this, Operation::work, ticket)) return ticket;
  job_ = job;
  exception_ = nullptr;
  function_ = detail::store(done);
  context_ = done.context;
  core_->start_work(*this);
  return ticket;
}

std::optional<Result<void>> Work::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return detail::void_result(Operation::work, result_);
}

}  // namespace evt
