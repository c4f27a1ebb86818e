/// World: a random program on one engine. differential_world.cpp has its acts, differential_request.cpp what becomes of
/// requests, differential_rest.cpp when the loop has come to rest, and the end.
#pragma once

#include "contract/differential_lane.hpp"
#include "contract/differential_program.hpp"

namespace evt::contract::differential {

/// What one engine made of a program.
struct Report {
  std::vector<std::string> logs;  // By channel.
  std::vector<bool> raced;        // Channels whose log may differ from other engines'.
  std::string faults;             // What may not happen on any engine; empty when all is well.
  std::size_t completions = 0;
};

/// One request of a program, with what it reads into or writes from.
struct Item {
  Item(File& file, const Act& what) : act(what), request(file) { request.set_priority(act.priority); }

  const Act act;
  std::string buffer;
  std::vector<iovec> vectors;
  IoRequest request;
  std::size_t sequence[2] = {0, 0};  // Of a splice the second is its place in the target's lane.
  unsigned rearms_left = 0;
  bool expected = false;  // A completion has to come.
};

struct Bystander {
  explicit Bystander(Loop& loop) : timer(loop), nop(loop), wake(loop) {}
  Timer timer;
  Nop nop;
  Wake wake;
  Act act{};
  unsigned calls = 0;
  Item* victim = nullptr;
};

Lane lane_of(Operation operation);
/// Whether it sends the item's buffer, rather than filling it.
bool sends(Operation operation);
std::int64_t code_of(const Result<std::size_t>& result);

class World {
 public:
  World(const Program& program, Loop loop);

  Report run();

 private:
  // Acts, in differential_world.cpp.
  void perform(const Act& act);
  void submit(const Act& act);
  void stop(const Act& act);
  void bystand(const Act& act);
  void fail(std::string text) { faults_ += std::move(text) + "\n"; }
  bool writes_wait(std::size_t channel) const;
  Item* busy_item(std::size_t channel, std::size_t pick);
  void note_race(const Item& item);

  // Requests, in differential_request.cpp.
  std::size_t offset_of(const Item& item);
  void enroll(Item& item);
  void start(Item& item);
  Ticket submit_request(Item& item);
  Action on_done(IoRequest& request, const Result<std::size_t>& result);
  void record(Item& item, std::int64_t result);
  void check_order(const Item& item);
  void on_timer(Timer& timer);

  // In differential_rest.cpp.
  void rest();
  bool blocked();
  std::uint64_t fingerprint() const;
  std::string restless() const;
  std::size_t take_all();
  void end();
  Report report();

  ChannelState& channel(const Item& item) { return *channels_[item.act.channel]; }
  bool works(const Bystander& each) const { return !each.timer.idle() || !each.nop.idle() || !each.wake.idle(); }

  const Program& program_;
  std::unique_ptr<Loop> loop_;
  std::vector<std::unique_ptr<ChannelState>> channels_;
  std::deque<std::unique_ptr<Item>> items_;
  std::deque<std::unique_ptr<Bystander>> bystanders_;
  std::string faults_;
  std::size_t completions_ = 0;
  std::size_t posts_asked_ = 0;
  std::size_t posts_ = 0;
  bool racing_ = false;
};

}  // namespace evt::contract::differential
