/// One request for each process, a timer for the time limit, and a wake for SIGUSR1; with a command, its family.
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
      tick_(loop),
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

void Watch::adopt(Family& family, evt::Process command) {
  family_ = &family;
  begin_with(targets_.back(), std::move(command));
}

End Watch::run() {
  if (rules_.timeout && *rules_.timeout != forever) timer_.after(*rules_.timeout, evt::bind<&Watch::on_timeout>(*this));
  for (Target& target : targets_) {
    if (!is_command(target)) begin(target);
  }
  if (context_.common.verbose)
    context_.complain("waiting for " + std::to_string(targets_.size() - over_) + " processes");
  bool usable = journal_.flush();
  while (usable && !is_over())
    usable = turn();
  if (failed_ || !usable) return End::failed;
  if (ended_ >= rules_.needed && (!timed_out_ || family_ == nullptr)) return End::enough;
  if (!timed_out_) return End::short_of;
  context_.note("timed out, {}", progress());
  return End::timed_out;
}

bool Watch::turn() {
  if (const auto ran = loop_.run(evt::RunMode::once); !ran) {
    context_.error("{}", ran.error().message());
    return false;
  }
  if (family_ != nullptr) family_->collect();
  return journal_.flush();
}

/// After the time limit nothing of the family may be left; otherwise that is a matter of --tree.
bool Watch::is_over() const {
  const bool enough = ended_ >= rules_.needed || (slots_in_use() == 0 && (rest_.empty() || timed_out_));
  if (family_ == nullptr) return enough;
  // The command may be one that we are not allowed to end.
  if (timed_out_) return family_->is_empty() && (slots_in_use() == 0 || targets_.back().outcome == Outcome::running);
  return enough && (!rules_.tree || family_->is_empty());
}

void Watch::begin(Target& target) {
  if (target.pid == 0) return end(target, Outcome::gone);
  if (slots_in_use() >= most_slots_) return put_off(target);
  auto process = pin(target);
  if (process) return begin_with(target, std::move(*process));
  switch (process.error().why) {
    case Unpinned::Why::gone:
      return missing(target);
    case Unpinned::Why::full:
      if (is_crowded()) return rest_.push_back(&target);
      make_room();
      return begin(target);
    case Unpinned::Why::refused:
      return refuse(target, process.error().message);
  }
}

void Watch::begin_with(Target& target, evt::Process process) {
  target.found = true;
  if (rules_.inodes && target.inode == 0) target.inode = inode_of(process);
  if (free_.empty()) free_.push_back(&slots_.emplace_back(loop_));
  Slot& slot = *free_.back();
  free_.pop_back();
  slot.target = &target;
  slot.process = std::move(process);
  wait(slot);
}

void Watch::wait(Slot& slot) {
  slot.request.set_user(&slot);
  const auto ticket = slot.request.wait(slot.process, rules_.reap_grace, evt::bind<&Watch::on_status>(*this));
  if (ticket) return;
  refuse(*slot.target, ticket.error().message());
  give_back(slot);
}

void Watch::give_back(Slot& slot) {
  slot.process = evt::Process(0, evt::Fd());
  slot.target = nullptr;
  free_.push_back(&slot);
}

void Watch::on_status(evt::ProcessRequest& request, const evt::Result<evt::ProcessStatus>& result) {
  take(*static_cast<Slot*>(request.user()), result);
  begin_rest();
}

void Watch::take(Slot& slot, const evt::Result<evt::ProcessStatus>& result) {
  Target& target = *slot.target;
  give_back(slot);
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
  rules_.reap_grace = Duration::zero();
  if (family_ != nullptr) family_->end(rules_.kill_after);
  tick_.cancel_sync();
  look_at_rest();
  for (Slot& slot : slots_) {
    if (slot.target == nullptr || is_command(*slot.target)) continue;
    const auto result = slot.request.cancel_sync();
    if (result) {
      take(slot, *result);
    } else if (has_ended(slot.process)) {
      wait(slot);
    } else {
      give_back(slot);
    }
  }
}

/// One that was there once has ended since.
void Watch::missing(Target& target) {
  end(target, target.found ? Outcome::unknown : Outcome::gone);
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
