/// How a random program is made. Everything in it is such that its outcome does not depend on when an engine does its
/// work, except for the races of every other seed:
/// - in a round the other end of a channel writes once, before anything is submitted there, so that a read finds all or
///   nothing of it;
/// - a channel that is not drained has room for all that is written to it, or for nothing;
/// - a request that rearms is the last of its lane; pausing comes first in a round;
/// - what is cancelled, destroyed or closed in the aftermath cannot go on.
#include "contract/differential_program.hpp"

#include <algorithm>
#include <random>

namespace evt::contract::differential {
namespace {

/// What the generator remembers of one channel.
struct Plan {
  bool sealed[2] = {false, false};  // By lane: a request that rearms is there.
  bool paused[2] = {false, false};
  bool spliced_to = false;
  std::size_t fed = 0;        // Bytes or messages, in all.
  std::size_t unread = 0;     // Written since the other end took everything, at most.
  std::size_t messages = 0;   // Likewise.
  std::size_t slots = 0;      // Written in earlier rounds.
  std::size_t new_slots = 0;  // And in this one.
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15 + 1), races_(seed % 2 == 1) {
    program_.seed = seed;
  }

  Program make() {
    program_.options.entries = pick<unsigned>({1, 2, 8, 256});
    program_.options.budget = pick<unsigned>({1, 3, 16, 256});
    program_.options.disk_work = pick<DiskWork>({DiskWork::pool, DiskWork::on_loop});
    program_.end = pick<End>({End::cancel, End::destroy_files, End::destroy_loop});
    // Every fourth program is about splices: several sources, and targets they share.
    splices_ = chance(25);
    for (std::size_t count = 2 + below(4); count > 0; --count) {
      const Kind kind = splices_ ? pick({Kind::pipe_in, Kind::pipe_in, Kind::disk_in, Kind::pipe_out, Kind::pipe_out})
                                 : static_cast<Kind>(below(7));
      program_.channels.push_back({kind, chance(25)});
    }
    plans_.resize(program_.channels.size());
    for (std::size_t count = 2 + below(4); count > 0; --count)
      add_round();
    return std::move(program_);
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }
  Kind kind(std::size_t channel) const { return program_.channels[channel].kind; }

  void add_round() {
    Round round;
    std::vector<std::vector<Act>> scripts;
    for (std::size_t channel = 0; channel < plans_.size(); ++channel) {
      const bool drained = chance(50);
      round.drained.push_back(drained);
      if (drained) plans_[channel].unread = plans_[channel].messages = 0;
    }
    for (std::size_t channel = 0; channel < plans_.size(); ++channel)
      scripts.push_back(script(channel, round.drained));
    scripts.push_back(bystanders());
    if (races_) scripts.push_back(races());
    round.acts = shuffled(scripts);
    for (std::size_t channel = 0; channel < plans_.size(); ++channel) {
      if (chance(35)) round.aftermath.push_back(aftermath(channel));
      plans_[channel].slots += std::exchange(plans_[channel].new_slots, 0);
    }
    program_.rounds.push_back(std::move(round));
  }

  /// One list in which each script keeps its order, with turns in between.
  std::vector<Act> shuffled(std::vector<std::vector<Act>>& scripts) {
    std::vector<Act> acts;
    std::vector<std::size_t> next(scripts.size(), 0);
    for (;;) {
      std::vector<std::size_t> open;
      for (std::size_t each = 0; each < scripts.size(); ++each) {
        if (next[each] < scripts[each].size()) open.push_back(each);
      }
      if (open.empty()) return acts;
      const std::size_t chosen = open[below(open.size())];
      acts.push_back(scripts[chosen][next[chosen]++]);
      if (chance(20)) acts.push_back({.verb = Verb::turn});
    }
  }

  /// What one channel does in this round.
  std::vector<Act> script(std::size_t channel, const std::vector<bool>& drained) {
    std::vector<Act> acts;
    const bool reads = takes_reads(kind(channel));
    const bool writes = takes_writes(kind(channel));
    if (reads && chance(15)) acts.push_back(pausing(channel, Direction::read));
    if (writes && chance(15)) acts.push_back(pausing(channel, Direction::write));
    if (reads && !is_disk(kind(channel)) && chance(65)) add_feed(acts, channel);
    if (writes && !is_disk(kind(channel)) && !drained[channel] && chance(25)) {
      acts.push_back({.verb = Verb::fill, .channel = channel});
    }
    for (std::size_t count = below(5); reads && count > 0; --count)
      add_read(acts, channel, drained);
    for (std::size_t count = below(5); writes && count > 0; --count)
      add_write(acts, channel, drained[channel]);
    for (std::size_t count = below(5); kind(channel) == Kind::disk_slots && count > 0; --count)
      add_positional(acts, channel);
    for (const Direction direction : {Direction::read, Direction::write}) {
      bool& paused = plans_[channel].paused[static_cast<std::size_t>(direction)];
      if (paused && chance(60)) {
        paused = false;
        acts.push_back({.verb = Verb::resume, .channel = channel, .direction = direction});
      }
    }
    return acts;
  }

  Act pausing(std::size_t channel, Direction direction) {
    plans_[channel].paused[static_cast<std::size_t>(direction)] = true;
    return {.verb = Verb::pause, .channel = channel, .direction = direction};
  }

  void add_feed(std::vector<Act>& acts, std::size_t channel) {
    Plan& plan = plans_[channel];
    if (kind(channel) == Kind::datagram) {
      for (std::size_t count = 1 + below(3); count > 0 && plan.fed < 8; --count, ++plan.fed)
        acts.push_back({.verb = Verb::feed, .channel = channel, .size = below(400)});
      return;
    }
    const std::size_t size = 1 + below(3'000);
    if (plan.fed + size > 8'000) return;
    plan.fed += size;
    acts.push_back({.verb = Verb::feed, .channel = channel, .size = size});
  }

  /// The last of its lane may rearm.
  void decorate(Act& act, bool& sealed) {
    if (program_.channels[act.channel].priorities) act.priority = static_cast<int>(below(5)) - 2;
    if (act.operation == Operation::splice || !chance(8)) return;
    act.rearms = static_cast<unsigned>(1 + below(3));
    sealed = true;
  }

  void add_read(std::vector<Act>& acts, std::size_t channel, const std::vector<bool>& drained) {
    Plan& plan = plans_[channel];
    if (plan.sealed[0]) return;
    Act act{.verb = Verb::submit, .channel = channel, .size = 1 + below(1'500)};
    if (kind(channel) == Kind::datagram) {
      act.operation = pick<Operation>({Operation::read, Operation::readv, Operation::readable});
    } else if (kind(channel) == Kind::disk_in) {
      act.operation = pick<Operation>({Operation::read, Operation::readv, Operation::read_exact, Operation::pread});
      act.pick = below(disk_bytes + 500);
    } else {
      act.operation = pick<Operation>({Operation::read, Operation::readv, Operation::read_exact, Operation::readable});
    }
    if ((kind(channel) == Kind::pipe_in || kind(channel) == Kind::disk_in) && chance(splices_ ? 60 : 25)) {
      const std::size_t target = below(plans_.size());
      Plan& taker = plans_[target];
      if (kind(target) == Kind::pipe_out && drained[target] && !taker.sealed[1]) {
        act.operation = Operation::splice;
        act.target = target;
        taker.spliced_to = true;
      }
    }
    act.pieces = 1 + below(4);
    if (act.operation != Operation::pread) decorate(act, plan.sealed[0]);
    acts.push_back(act);
  }

  void add_write(std::vector<Act>& acts, std::size_t channel, bool drained) {
    Plan& plan = plans_[channel];
    if (plan.sealed[1]) return;
    Act act{.verb = Verb::submit, .channel = channel, .direction = Direction::write, .size = 1 + below(1'200)};
    act.operation = pick<Operation>({Operation::write, Operation::writev, Operation::write_some, Operation::writable});
    if (kind(channel) == Kind::datagram) {
      act.operation = pick<Operation>({Operation::write, Operation::writev, Operation::writable});
      act.size = below(800);
      if (!drained && ++plan.messages > 7) return;
    } else if (kind(channel) == Kind::disk_out) {
      act.operation = pick<Operation>({Operation::write, Operation::writev, Operation::write_some, Operation::fsync});
    } else if (drained && !plan.spliced_to && act.operation != Operation::write_some && chance(10)) {
      act.size = big_write + below(50'000);
    } else if (!drained) {
      plan.unread += act.size;
      if (plan.unread > 6'000) return;
    }
    act.pieces = 1 + below(4);
    decorate(act, plan.sealed[1]);
    if (plan.spliced_to) {
      act.rearms = 0;
      plan.sealed[1] = false;
    }
    if (!drained && act.rearms > 0) act.rearms = 1;
    acts.push_back(act);
  }

  void add_positional(std::vector<Act>& acts, std::size_t channel) {
    Plan& plan = plans_[channel];
    Act act{.verb = Verb::submit, .channel = channel, .operation = Operation::pwrite, .size = 1 + below(slot_bytes)};
    if (plan.slots > 0 && chance(50)) {
      act.operation = Operation::pread;
      act.pick = below(plan.slots);
    } else {
      act.direction = Direction::write;
      act.pick = plan.slots + plan.new_slots++;
      if (act.pick >= slot_count) return;
    }
    if (program_.channels[channel].priorities) act.priority = static_cast<int>(below(5)) - 2;
    acts.push_back(act);
  }

  std::vector<Act> bystanders() {
    std::vector<Act> acts;
    for (std::size_t count = below(4); count > 0; --count) {
      Act act{.verb = pick<Verb>({Verb::timer, Verb::nop, Verb::nop, Verb::wake, Verb::post})};
      act.size = below(100'000);
      act.pick = 1 + below(3);
      act.priority = static_cast<int>(below(3)) - 1;
      act.rearms = static_cast<unsigned>(below(3));
      acts.push_back(act);
    }
    return acts;
  }

  std::vector<Act> races() {
    std::vector<Act> acts;
    for (std::size_t count = below(3); count > 0; --count) {
      Act act{.verb = pick<Verb>({Verb::cancel, Verb::cancel, Verb::cancel_sync, Verb::timed_cancel}),
              .channel = below(plans_.size())};
      if (chance(10)) act.verb = Verb::close;
      act.pick = below(8);
      act.size = below(20'000);
      acts.push_back(act);
    }
    return acts;
  }

  Act aftermath(std::size_t channel) {
    Act act{.verb = pick<Verb>({Verb::cancel, Verb::cancel_sync, Verb::destroy}), .channel = channel};
    act.pick = below(8);
    if (chance(15)) act.verb = Verb::hang_up;
    if (chance(8)) act.verb = Verb::close;
    return act;
  }

  std::mt19937_64 random_;
  const bool races_;
  bool splices_ = false;
  Program program_{};
  std::vector<Plan> plans_;
};

const char* name_of(Verb verb) noexcept {
  constexpr const char* names[] = {"submit",       "feed",    "fill",  "pause",   "resume", "cancel",
                                   "cancel_sync",  "destroy", "close", "hang_up", "turn",   "timer",
                                   "timed_cancel", "nop",     "wake",  "post"};
  return names[static_cast<std::size_t>(verb)];
}

std::string describe(const Act& act) {
  std::string text = name_of(act.verb);
  if (act.verb == Verb::turn) return text;
  text += " channel " + std::to_string(act.channel);
  if (act.verb == Verb::pause || act.verb == Verb::resume)
    text += act.direction == Direction::read ? " read" : " write";
  if (act.verb == Verb::submit) text += std::string(" ") + evt::name_of(act.operation);
  text += " size " + std::to_string(act.size) + " pick " + std::to_string(act.pick);
  if (act.operation == Operation::splice) text += " to " + std::to_string(act.target);
  if (act.priority != 0) text += " priority " + std::to_string(act.priority);
  if (act.rearms != 0) text += " rearms " + std::to_string(act.rearms);
  return text;
}

}  // namespace

bool takes_reads(Kind kind) noexcept {
  return kind == Kind::pipe_in || kind == Kind::stream || kind == Kind::datagram || kind == Kind::disk_in;
}

bool takes_writes(Kind kind) noexcept {
  return kind == Kind::pipe_out || kind == Kind::stream || kind == Kind::datagram || kind == Kind::disk_out;
}

bool is_disk(Kind kind) noexcept {
  return kind == Kind::disk_in || kind == Kind::disk_out || kind == Kind::disk_slots;
}

const char* name_of(Kind kind) noexcept {
  constexpr const char* names[] = {"pipe_in", "pipe_out", "stream", "datagram", "disk_in", "disk_out", "disk_slots"};
  return names[static_cast<std::size_t>(kind)];
}

Program make_program(std::uint64_t seed) {
  return Generator(seed).make();
}

std::string describe(const Program& program) {
  std::string text;
  for (std::size_t each = 0; each < program.channels.size(); ++each)
    text += "channel " + std::to_string(each) + ": " + name_of(program.channels[each].kind) + "\n";
  for (const Round& round : program.rounds) {
    text += "round, drained:";
    for (std::size_t each = 0; each < round.drained.size(); ++each) {
      if (round.drained[each]) text += " " + std::to_string(each);
    }
    text += "\n";
    for (const Act& act : round.acts)
      text += "  " + describe(act) + "\n";
    for (const Act& act : round.aftermath)
      text += "  afterwards " + describe(act) + "\n";
  }
  return text;
}

}  // namespace evt::contract::differential
