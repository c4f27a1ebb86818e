/// The acts of a random program.
#include "contract/differential_world.hpp"

#include <algorithm>
#include <utility>

namespace evt::contract::differential {

World::World(const Program& program, Loop loop) : program_(program), loop_(std::make_unique<Loop>(std::move(loop))) {
  for (const Channel& each : program.channels)
    channels_.push_back(std::make_unique<ChannelState>(*loop_, each));
}

Report World::run() {
  for (const Round& round : program_.rounds) {
    for (std::size_t each = 0; each < channels_.size(); ++each)
      channels_[each]->drained = round.drained[each];
    racing_ = true;
    for (const Act& act : round.acts)
      perform(act);
    rest();
    racing_ = false;
    for (const Act& act : round.aftermath) {
      perform(act);
      rest();
    }
  }
  end();
  return report();
}

namespace {

void pause(ChannelState& channel, Direction direction) {
  const auto lane = static_cast<std::size_t>(direction);
  channel.file->pause(direction);
  if (!channel.paused_from[lane]) channel.paused_from[lane] = channel.sequences[lane];
}

}  // namespace

void World::perform(const Act& act) {
  switch (act.verb) {
    case Verb::submit:
      return submit(act);
    case Verb::feed:
      return channels_[act.channel]->feed(act.size);
    case Verb::fill:
      if (!writes_wait(act.channel)) channels_[act.channel]->fill();
      return;
    case Verb::pause:
      pause(*channels_[act.channel], act.direction);
      return;
    case Verb::resume:
      channels_[act.channel]->paused_from[static_cast<std::size_t>(act.direction)].reset();
      return channels_[act.channel]->file->resume(act.direction);
    case Verb::hang_up:
      // One event at a time: io_uring tells of the one that woke it, the others of all there are when they look.
      channels_[act.channel]->drained = true;
      rest();
      return channels_[act.channel]->hang_up(act.pick % 2 == 0 || !writes_wait(act.channel) ? ChannelState::End::half
                                                                                            : ChannelState::End::both);
    case Verb::turn:
      if (!loop_->run(RunMode::no_wait)) fail("run failed");
      return;
    case Verb::cancel:
    case Verb::cancel_sync:
    case Verb::destroy:
      return stop(act);
    case Verb::close: {
      Act close = act;
      close.operation = Operation::close;
      return submit(close);
    }
    case Verb::timer:
    case Verb::timed_cancel:
    case Verb::nop:
    case Verb::wake:
    case Verb::post:
      return bystand(act);
  }
}

bool World::writes_wait(std::size_t channel) const {
  return std::ranges::any_of(items_, [&](const auto& each) {
    const bool writes = lane_of(each->act.operation) == Lane::write && each->act.channel == channel;
    const bool splices = each->act.operation == Operation::splice && each->act.target == channel;
    return each->expected && (writes || splices);
  });
}

void World::submit(const Act& act) {
  ChannelState& source = *channels_[act.channel];
  Item& item = *items_.emplace_back(std::make_unique<Item>(*source.file, act));
  item.rearms_left = act.rearms;
  if (act.operation == Operation::close) {
    source.raced = source.raced || racing_;
    for (const auto& each : items_) {
      const bool here = each->act.channel == act.channel ||
                        (each->act.operation == Operation::splice && each->act.target == act.channel);
      if (each->expected && here) note_race(*each);
    }
  }
  if (act.operation == Operation::splice) {
    source.linked.push_back(act.target);
    channels_[act.target]->linked.push_back(act.channel);
  }
  item.buffer = sends(act.operation) ? pattern(act.size + items_.size() % 7).substr(items_.size() % 7)
                                     : std::string(act.size, '\0');
  if (act.operation == Operation::splice) item.buffer.clear();
  enroll(item);
  start(item);
}

Item* World::busy_item(std::size_t channel, std::size_t pick) {
  std::vector<Item*> busy;
  for (const auto& each : items_) {
    if (each->expected && each->act.channel == channel && each->act.operation != Operation::close) {
      busy.push_back(each.get());
    }
  }
  return busy.empty() ? nullptr : busy[pick % busy.size()];
}

/// Ended while it could go on: who wins is the engine's affair. A big write blocks when the pipe is full, and how much
/// fits into its last pages depends on how it was cut.
void World::note_race(const Item& item) {
  if (!racing_ && item.act.size < big_write) return;
  channels_[item.act.channel]->raced = true;
}

void World::stop(const Act& act) {
  Item* item = busy_item(act.channel, act.pick);
  if (item == nullptr) return;
  note_race(*item);
  if (act.verb == Verb::cancel) return item->request.cancel();
  if (act.verb == Verb::cancel_sync) {
    const auto result = item->request.cancel_sync();
    if (!item->request.idle()) fail("busy after cancel_sync");
    return record(*item, result ? code_of(*result) : canceled);
  }
  record(*item, destroyed);
  const auto found = std::ranges::find(items_, item, &std::unique_ptr<Item>::get);
  items_.erase(found);
}

void World::bystand(const Act& act) {
  if (act.verb == Verb::post) {
    ++posts_asked_;
    if (!loop_->post({[](void* self) { ++static_cast<World*>(self)->posts_; }, this})) fail("post refused");
    return;
  }
  Bystander& one = *bystanders_.emplace_back(std::make_unique<Bystander>(*loop_));
  one.act = act;
  switch (act.verb) {
    case Verb::timed_cancel:
      one.victim = busy_item(act.channel, act.pick);
      if (one.victim != nullptr) note_race(*one.victim);
      [[fallthrough]];
    case Verb::timer:
      one.timer.set_user(&one);
      one.timer.set_priority(act.priority);
      one.timer.after(nanoseconds(act.size), bind<&World::on_timer>(*this));
      return;
    case Verb::nop:
      one.nop.set_priority(act.priority);
      one.nop.submit({[](void* self, Nop&, Result<void>) {
                        auto& me = *static_cast<Bystander*>(self);
                        return ++me.calls <= me.act.rearms ? Action::rearm : Action::disarm;
                      },
                      &one});
      return;
    case Verb::wake:
      one.wake.wait({[](void* self, Wake&, Result<void>) {
                       ++static_cast<Bystander*>(self)->calls;
                       return Action::disarm;
                     },
                     &one});
      for (std::size_t count = 0; count < act.pick; ++count)
        one.wake.notify();
      return;
    case Verb::submit:
    case Verb::feed:
    case Verb::fill:
    case Verb::pause:
    case Verb::resume:
    case Verb::cancel:
    case Verb::cancel_sync:
    case Verb::destroy:
    case Verb::close:
    case Verb::hang_up:
    case Verb::turn:
    case Verb::post:
      return;
  }
}

void World::on_timer(Timer& timer) {
  auto& one = *static_cast<Bystander*>(timer.user());
  ++one.calls;
  if (one.victim != nullptr && one.victim->expected) one.victim->request.cancel();
  if (one.act.verb == Verb::timer && one.calls <= one.act.rearms) {
    timer.after(nanoseconds(one.act.size), bind<&World::on_timer>(*this));
  }
}

}  // namespace evt::contract::differential
