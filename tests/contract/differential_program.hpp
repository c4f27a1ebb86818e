/// Random programs of operations for the differential test: made from a seed, the same for every engine. What an act
/// does is up to differential_world.cpp.
#pragma once

#include <evt/evt.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace evt::contract::differential {

/// What a File of the program is. The other end, where there is one, is the test's own.
enum class Kind : std::uint8_t { pipe_in, pipe_out, stream, datagram, disk_in, disk_out, disk_slots };

bool takes_reads(Kind kind) noexcept;
bool takes_writes(Kind kind) noexcept;
bool is_disk(Kind kind) noexcept;
const char* name_of(Kind kind) noexcept;

enum class Verb : std::uint8_t {
  submit,        // `operation` of `size` bytes.
  feed,          // The other end writes `size` bytes, at once.
  fill,          // Writes until nothing more fits, where nothing waits to be written.
  pause,         // `direction`.
  resume,        // `direction`.
  cancel,        // The `pick`th busy request of the channel.
  cancel_sync,   // Likewise.
  destroy,       // Likewise.
  close,         // The File.
  hang_up,       // The other end goes.
  turn,          // One turn of the loop that does not wait.
  timer,         // Fires after `size` ns; again `rearms` times.
  timed_cancel,  // Cancels the `pick`th busy request after `size` ns.
  nop,
  wake,  // Is notified `pick` times.
  post,
};

struct Act {
  Verb verb;
  std::size_t channel = 0;
  Operation operation = Operation::none;
  Direction direction = Direction::read;
  std::size_t size = 0;
  std::size_t pieces = 1;  // Buffers of a readv or writev.
  std::size_t pick = 0;
  std::size_t target = 0;  // Of a splice: a channel.
  int priority = 0;
  unsigned rearms = 0;
};

/// `acts` run one after the other while the loop has not come to rest; then it comes to rest, and so it does after each
/// of `aftermath`. From a `drained` channel the other end takes whatever comes.
struct Round {
  std::vector<Act> acts;
  std::vector<bool> drained;
  std::vector<Act> aftermath;
};

struct Channel {
  Kind kind;
  bool priorities;  // Its requests have different ones, so that callbacks come in no order.
};

/// How a program ends: everything cancelled, its files destroyed, or its loop.
enum class End : std::uint8_t { cancel, destroy_files, destroy_loop };

struct Program {
  std::uint64_t seed;
  LoopOptions options;
  std::vector<Channel> channels;
  std::vector<Round> rounds;
  End end;
};

/// More bytes than fit into any pipe or socket of the program: such a write waits for the other end.
inline constexpr std::size_t big_write = 300'000;
/// What one write moves at once or not at all.
inline constexpr std::size_t atomic_write = 4'000;
/// The place of one pwrite in a file of slots, and how many there are.
inline constexpr std::size_t slot_bytes = 3'000;
inline constexpr std::size_t slot_count = 64;
/// The size of a file that is read.
inline constexpr std::size_t disk_bytes = 9'000;

Program make_program(std::uint64_t seed);

/// For a person.
std::string describe(const Program& program);

}  // namespace evt::contract::differential
