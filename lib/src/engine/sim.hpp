/// The simulated engine, for tests: real descriptors, but a clock of its own, and everything a kernel may do and seldom
/// does, as a seed decides. See README.md, "The simulated engine".
#pragma once

#include <evt/loop.hpp>
#include <evt/result.hpp>
#include <evt/time.hpp>

#include <cstddef>
#include <cstdint>

namespace evt {

/// How likely each trick is, in percent, and how far it goes. With all of them 0 the engine is prompt and tidy.
struct SimOptions {
  std::uint64_t seed = 1;

  /// An operation is tried when it starts, as epoll does, not with the next wait, as io_uring does.
  unsigned inline_start = 25;
  /// An operation that could go on is not looked at in this step: others overtake it.
  unsigned put_off = 25;
  /// EAGAIN although it could go on.
  unsigned again = 10;
  /// EINTR before anything moved.
  unsigned interrupted = 10;
  /// A transfer that the core goes on with (read_exact, write, writev, pwrite) moves less than it could.
  unsigned short_transfers = 25;
  /// But not a write of so few bytes to a pipe, socket or terminal: PIPE_BUF.
  std::size_t whole_writes = 4096;
  /// So does one whose count the caller sees (read, readv, pread, write_some, splice). No kernel does this to a file or
  /// a pipe that has the bytes, so it is asked for by name.
  unsigned short_results = 0;
  /// A descriptor that is not ready is tried all the same.
  unsigned spurious_readiness = 10;
  /// A cancel takes effect only after one to `latest_cancel` steps; the operation may win.
  unsigned late_cancel = 50;
  unsigned latest_cancel = 3;
  /// A completion is told one step late.
  unsigned held_back = 20;
  /// A wait ends although nothing happened, never twice running.
  unsigned early_return = 5;

  /// How often put_off, again, interrupted and held_back may hit the same operation before it moved a byte: whatever
  /// can happen has happened after this many steps and one.
  unsigned most_whims = 2;
  /// Operations taken a step, the others wait (0: LoopOptions::entries); completions told a step, the others are told
  /// in the next (0: twice as many).
  unsigned submissions = 0;
  unsigned completions = 0;
  /// What a step takes at most.
  nanoseconds step{2'000};
};

/// A loop on the simulated engine. The same seed and the same program, on one thread, give the same run.
Result<Loop> make_simulated_loop(LoopOptions options, const SimOptions& sim);

}  // namespace evt
