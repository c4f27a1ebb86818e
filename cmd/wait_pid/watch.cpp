/// One request for each process, one timer, and a wake for SIGUSR1.
#include "wait_pid/watch.hpp"

#include "wait_pid/pin.hpp"

namespace evtool::wait_pid {

Watch::Watch(Context& context, evt::Loop& loop, std::span<Target> targets, const Rules& rules, Journal& journal)
    : context_(context),
      loop_(loop),
      targets_(targets),
      rules_(rules),
      journal_(journal),
      started_(loop.now()),
      timer_(loop),
      asked_(loop),
      hook_{.function = [](void* wake) { static_cast<evt::Wake*>(wake)->notify(); }, .context = &asked_} {
  asked_.wait({.function =
                   [](void* watch, evt::Wake&, evt::Result<void>) {
                     const auto& self = *static_cast<const Watch*>(watch);
                     self.context_.complain(self.progress());
                     return evt::Action::rearm;
                   },
               .context = this});
  on_progress_signal(&hook_);
}

Watch::~Watch() {
  on_progress_signal(nullptr);
}

End Watch::run() {
  if (rules_.timeout && *rules_.timeout != forever) timer_.after(*rules_.timeout, evt::bind<&Watch::on_timeout>(*this));
  for (Target& target : targets_)
    begin(target);
  if (context_.common.verbose) context_.complain("waiting for " + std::to_string(active_) + " processes");
  bool writable = journal_.flush();
  while (!is_over() && writable) {
    if (const auto ran = loop_.run(evt::RunMode::once); !ran) {
      context_.error("{}", ran.error().message());
      return End::failed;
    }
    writable = journal_.flush();
  }
  if (failed_ || !writable) return End::failed;
  if (ended_ >= rules_.needed) return End::enough;
  if (!timed_out_) return End::short_of;
  context_.note("timed out, {}", progress());
  return End::timed_out;
}

void Watch::begin(Target& target) {
  if (target.pid == 0) return end(target, Outcome::gone);
  auto process = pin(target);
  if (!process) {
    if (process.error().why == Unpinned::Why::gone) return end(target, Outcome::gone);
    return refuse(target, process.error().message);
  }
  if (rules_.inodes && target.inode == 0) target.inode = inode_of(*process);
  wait(slots_.emplace_back(loop_, target, std::move(*process)), rules_.reap_grace);
}

void Watch::wait(Slot& slot, Duration reap_grace) {
  slot.request.set_user(&slot);
  const auto ticket = slot.request.wait(slot.process, reap_grace, evt::bind<&Watch::on_status>(*this));
  if (!ticket) return refuse(slot.target, ticket.error().message());
  ++active_;
}

void Watch::on_status(evt::ProcessRequest& request, const evt::Result<evt::ProcessStatus>& result) {
  --active_;
  Target& target = static_cast<Slot*>(request.user())->target;
  if (!result) return refuse(target, result.error().message());
  target.code = result->code;
  target.core_dumped = result->core_dumped;
  switch (result->kind) {
    case evt::ProcessStatus::Kind::exited:
      return end(target, Outcome::exited);
    case evt::ProcessStatus::Kind::signaled:
      return end(target, Outcome::killed);
    case evt::ProcessStatus::Kind::unknown:
      return end(target, Outcome::unknown);
  }
}

/// What has ended is asked how, without waiting for its parent any more; the rest is let go.
void Watch::on_timeout() {
  timed_out_ = true;
  for (Slot& slot : slots_) {
    if (slot.request.idle()) continue;
    --active_;
    if (const auto result = slot.request.cancel_sync()) {
      ++active_;
      on_status(slot.request, *result);
    } else if (has_ended(slot.process)) {
      wait(slot, Duration::zero());
    }
  }
}

void Watch::end(Target& target, Outcome outcome) {
  target.outcome = outcome;
  target.waited = loop_.now() - started_;
  target.order = over_++;
  if (outcome != Outcome::gone || rules_.gone_is_ended) {
    ++ended_;
    journal_.add(target);
  } else {
    context_.error("{}: no such process", target.operand);
  }
}

/// Says so; there is nothing to wait for.
void Watch::refuse(Target& target, std::string_view why) {
  context_.error("{}: {}", target.operand, why);
  target.outcome = Outcome::unknown;
  target.order = over_++;
  failed_ = true;
}

std::string Watch::progress() const {
  return std::to_string(over_) + " of " + std::to_string(targets_.size()) + " have ended";
}

}  // namespace evtool::wait_pid
