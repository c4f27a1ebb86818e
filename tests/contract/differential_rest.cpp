/// When the loop of a random program has come to rest, and how it ends.
#include "contract/differential_world.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace evt::contract::differential {

std::size_t World::take_all() {
  std::size_t before = 0;
  std::size_t after = 0;
  for (const auto& each : channels_) {
    before += each->taken.size() + each->received.size();
    if (each->drained) each->take();
    after += each->taken.size() + each->received.size();
  }
  return after - before;
}

/// Runs the loop until nothing can go on without the world outside: three turns in which nothing changes, and what is
/// in flight waits for a descriptor that poll(2) calls not ready.
void World::rest() {
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  std::uint64_t last = 0;
  for (int calm = 0; calm < 3;) {
    const bool waits = !blocked();
    auto ran = waits ? loop_->dispatch(1ms) : loop_->run(RunMode::no_wait);
    if (!ran) return fail("run failed");
    const std::size_t taken = take_all();
    const std::uint64_t now = fingerprint();
    const bool same = *ran == 0 && taken == 0 && now == std::exchange(last, now);
    calm = same && blocked() ? calm + 1 : 0;
    if (std::chrono::steady_clock::now() > give_up) return fail("never came to rest: " + restless());
  }
}

std::string World::restless() const {
  std::string text;
  for (const auto& each : items_) {
    if (!each->expected) continue;
    text += " [channel " + std::to_string(each->act.channel) + " " + evt::name_of(each->act.operation) + " in state " +
            std::to_string(static_cast<int>(each->request.state())) + "]";
  }
  return text;
}

std::uint64_t World::fingerprint() const {
  std::uint64_t sum = completions_;
  for (const auto& each : items_) {
    if (!each->expected) continue;
    sum = sum * 31 + static_cast<std::uint64_t>(each->request.state());
    sum = sum * 31 + each->request.transferred();
  }
  return sum;
}

bool World::blocked() {
  for (const auto& each : bystanders_) {
    if (works(*each)) return false;
  }
  if (posts_ != posts_asked_) return false;
  for (const auto& each : items_) {
    const Item& item = *each;
    const Request::State state = item.request.state();
    if (state == Request::State::idle || state == Request::State::queued) continue;
    if (state != Request::State::in_flight || is_disk(channel(item).what.kind)) {
      // A splice from a file may wait for its target; everything else of a file ends by itself.
      if (state != Request::State::in_flight || item.act.operation != Operation::splice) return false;
    }
    if (item.act.operation == Operation::close) return false;
    const Lane lane = lane_of(item.act.operation);
    pollfd sides[2] = {{channel(item).file->fd(), static_cast<short>(lane == Lane::read ? POLLIN : POLLOUT), 0},
                       {-1, 0, 0}};
    const bool splices = item.act.operation == Operation::splice;
    if (splices) sides[1] = {channels_[item.act.target]->file->fd(), POLLOUT, 0};
    if (poll(sides, 2, 0) == (splices ? 2 : 1)) return false;
  }
  return true;
}

void World::end() {
  for (const auto& each : bystanders_) {
    const unsigned times = each->act.verb == Verb::timer || each->act.verb == Verb::nop ? each->act.rearms + 1 : 1;
    if (each->calls != times) fail("a timer, nop or wake: called " + std::to_string(each->calls) + " times");
  }
  if (program_.end == End::cancel) {
    for (const auto& each : items_) {
      if (!each->expected) continue;
      note_race(*each);
      each->request.cancel();
      rest();
    }
  }
  for (const auto& each : items_) {
    if (each->expected && program_.end == End::cancel) fail("cancelled, and never completed");
  }
  std::vector<Item*> busy;
  for (const auto& each : items_) {
    if (!each->expected) continue;
    note_race(*each);
    busy.push_back(each.get());
  }
  if (program_.end == End::destroy_loop) {
    bystanders_.clear();
    loop_.reset();
  }
  for (const auto& each : channels_)
    each->file.reset();
  for (Item* each : busy) {
    if (!each->request.idle()) fail("busy without its file");
    record(*each, destroyed);
  }
}

Report World::report() {
  items_.clear();
  bystanders_.clear();
  for (const auto& each : channels_) {
    each->look_at_the_rest();
    each->give_data_to_splices();
  }
  for (const auto& each : channels_) {
    for (const Outcome& outcome : each->outcomes[0]) {
      if (outcome.operation != Operation::splice) continue;
      Outcome there = outcome;
      there.sequence = outcome.offset;
      channels_[outcome.target]->outcomes[1].push_back(std::move(there));
    }
  }
  Report report;
  for (std::size_t each = 0; each < channels_.size(); ++each) {
    ChannelState& one = *channels_[each];
    std::ranges::sort(one.outcomes[1], {}, &Outcome::sequence);
    if (const std::string wrong = one.verify(); !wrong.empty()) fail("channel " + std::to_string(each) + " " + wrong);
    report.logs.push_back(one.log());
  }
  // A race spreads along splices.
  for (std::size_t again = 0; again < channels_.size(); ++again) {
    for (const auto& each : channels_) {
      for (const std::size_t other : each->linked)
        channels_[other]->raced = each->raced = channels_[other]->raced || each->raced;
    }
  }
  for (const auto& each : channels_)
    report.raced.push_back(each->raced);
  report.faults = faults_;
  report.completions = completions_;
  return report;
}

}  // namespace evt::contract::differential
