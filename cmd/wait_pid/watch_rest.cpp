/// Where there are more processes than descriptors: those that have none are looked at once a second, and get one as
/// others end. The inode of a pidfd tells whether a number still means the same process.
#include "command.hpp"
#include "wait_pid/pin.hpp"
#include "wait_pid/watch.hpp"

#include <algorithm>
#include <utility>

namespace evtool::wait_pid {
namespace {

/// Descriptors that are kept for looking at the rest, for those of the rest that have ended, and for the loop.
constexpr std::size_t reserve = 8;
constexpr std::size_t reserve_for_ended = 4;

constexpr auto interval = std::chrono::seconds{1};

}  // namespace

/// More descriptors, or else fewer slots than there could be.
void Watch::make_room() {
  if (!std::exchange(limit_is_raised_, true)) {
    raise_descriptor_limit();
    return;
  }
  const std::size_t in_use = slots_in_use();
  most_slots_ = std::max(in_use, reserve + 1) - reserve;
  context_.note("descriptors for {} processes only: the others are looked at once a second", most_slots_);
  for (std::size_t index = 0; index < std::min(reserve, in_use); ++index) {
    Slot& slot = slots_[slots_.size() - 1 - index];
    if (slot.target == nullptr) continue;
    Target& target = *slot.target;
    const auto result = slot.request.cancel_sync();
    if (result) {
      take(slot, *result);
      continue;
    }
    give_back(slot);
    rest_.push_back(&target);
  }
  tick_.every(interval, evt::bind<&Watch::on_tick>(*this));
}

/// Looks at one of the rest. What has ended may use a descriptor of the reserve, so that its status is learned.
void Watch::put_off(Target& target) {
  auto process = pin(target);
  if (!process) {
    switch (process.error().why) {
      case Unpinned::Why::gone:
        return missing(target);
      case Unpinned::Why::full:
        rest_.push_back(&target);
        return;
      case Unpinned::Why::refused:
        return refuse(target, process.error().message);
    }
  }
  target.found = true;
  if (target.inode == 0) target.inode = inode_of(*process);
  const bool spare = slots_in_use() < most_slots_ + reserve_for_ended;
  if (spare && has_ended(*process)) return begin_with(target, std::move(*process));
  rest_.push_back(&target);
}

void Watch::look_at_rest() {
  for (Target* target : std::exchange(rest_, {}))
    put_off(*target);
}

evt::Action Watch::on_tick() {
  look_at_rest();
  begin_rest();
  return evt::Action::rearm;
}

void Watch::begin_rest() {
  if (!is_crowded() || timed_out_) return;
  while (!rest_.empty() && slots_in_use() < most_slots_) {
    Target& target = *rest_.front();
    rest_.pop_front();
    begin(target);
  }
}

}  // namespace evtool::wait_pid
