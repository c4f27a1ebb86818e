/// SimEngine: a simulated kernel over real descriptors. sim.cpp has what happens to operations, sim_attempt.cpp how one
/// is tried, sim_wait.cpp time, sleep and fd().
#pragma once

#include "engine/attempt.hpp"
#include "engine/sim.hpp"
#include "engine/sim_random.hpp"
#include "loop/core.hpp"

#include <poll.h>

#include <vector>

namespace evt::detail {

class SimEngine final : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> create(const LoopOptions& options, const SimOptions& sim);
  SimEngine(const LoopOptions& options, const SimOptions& sim, Fd event, Fd told);

  void attach(Core& core) noexcept override { core_ = &core; }
  void start(Request& request) override;
  void abort(Request& request) override;
  void await_end(Request& request) override;
  void wait(nanoseconds deadline) override;
  void flush() override;
  void wake() noexcept override;
  void forget(File& file) noexcept override;
  int fd() noexcept override { return told_.get(); }
  void abandon() noexcept override {}
  Backend backend() const noexcept override { return Backend::simulated; }
  nanoseconds clock(Clock clock) const noexcept override;
  bool virtual_time() const noexcept override { return true; }

 private:
  /// An operation in this step: `poll` is its place in polls_, or none.
  struct Candidate {
    Request* request;
    std::size_t poll;
  };
  static constexpr std::size_t no_poll = SIZE_MAX;
  /// None in flush(): they would be told although nothing happened.
  enum class Interruptions : std::uint8_t { none, possible };

  // sim.cpp.
  bool step();
  void accept();
  void try_all(Interruptions interruptions);
  void gather();
  void consider(Request& request, bool ready);
  bool counts_down(Request& request);
  void try_now(Request& request);
  void put_at_gate(Request& request);
  void conclude(Request& request, std::int64_t result);
  void offload(Request& request);
  bool tell();
  bool whim(Request& request, unsigned percent) noexcept;

  // sim_attempt.cpp.
  std::int64_t perform(Request& request);
  std::int64_t transfer(Request& request);
  std::size_t cut(Request& request) noexcept;

  // sim_wait.cpp.
  bool sleep(nanoseconds deadline);
  bool drain_event() noexcept;
  bool restless() noexcept;
  bool jobs_running() noexcept;
  void interrupt_again() noexcept;
  void publish() noexcept;

  Core* core_ = nullptr;
  const SimOptions options_;
  SimRandom random_;
  Attempt context_;
  nanoseconds elapsed_{0};
  List backlog_;          // Not taken yet.
  List active_;           // Taken: tried in every step, or once their gate is ready.
  List done_;             // Over, the result is in the request; told at the end of the step.
  List late_;             // Told in the next step.
  List interrupted_;      // Cancelled while a pool thread is blocked in them.
  bool put_off_ = false;  // Something goes on without the world outside.
  Interruptions interruptions_ = Interruptions::possible;
  bool ended_early_ = false;  // The last wait did.
  std::vector<Candidate> candidates_;
  std::vector<pollfd> polls_;
  std::vector<iovec> cut_;
  Fd event_;
  Fd told_;   // What fd() says: an epoll of event_ and gates_.
  Fd gates_;  // An epoll of what waits, made anew by every flush(), so that nothing in it is stale.
};

}  // namespace evt::detail
