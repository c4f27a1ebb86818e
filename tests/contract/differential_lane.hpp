/// What a program's channels and requests remember, and whether no byte got lost on the way.
#pragma once

#include "contract/differential_program.hpp"
#include "contract/fixture.hpp"

#include <deque>
#include <memory>
#include <optional>

namespace evt::contract::differential {

enum class Lane : std::uint8_t { read, write, aside };

/// One activation of a request, once it is over.
struct Outcome {
  std::size_t sequence;  // When it was submitted, in its lane.
  Operation operation;
  std::size_t size;        // Asked for.
  std::int64_t result;     // A count, or one of the codes below, or -errno.
  std::size_t moved;       // transferred().
  std::string data;        // What was read; of a write, what was to be written.
  std::size_t offset = 0;  // Of pread and pwrite; of a splice, its place in the target's lane.
  std::size_t target = 0;  // Of a splice: a channel.
};
inline constexpr std::int64_t ended = -100'001;      // Errc::eof.
inline constexpr std::int64_t canceled = -100'002;   // Errc::canceled, or nothing from cancel_sync().
inline constexpr std::int64_t destroyed = -100'003;  // Settled by a destructor.

std::string describe(const Outcome& outcome);

/// A channel while its program runs, and what is known about it afterwards.
struct ChannelState {
  ChannelState(Loop& loop, Channel what);

  /// Everything the other end has, now.
  void take();
  /// The other end writes the next bytes of its pattern.
  void feed(std::size_t size);
  void fill();
  /// Half of a stream where nothing waits to be written there, else all.
  enum class End : std::uint8_t { half, both };
  void hang_up(End end);
  /// The end of the program: what is left in the descriptor.
  void look_at_the_rest();

  /// Sorts the outcomes, and says which bytes splices took from here.
  void give_data_to_splices();
  /// What got lost, was doubled, or came in a wrong order; empty when all is well. After give_data_to_splices(), and
  /// after the splices that end here were given theirs.
  std::string verify() const;
  /// All outcomes by lane and sequence. What the engines have to agree about.
  std::string log() const;

  Channel what;
  Fd spy;  // A duplicate of the File's descriptor, to look at what is left.
  Fd far;  // The other end.
  std::unique_ptr<File> file;
  std::size_t sequences[3] = {0, 0, 0};
  std::size_t last_delivered[2] = {0, 0};
  std::optional<std::size_t> paused_from[2];  // What has this sequence or a later one waits for resume().
  std::vector<Outcome> outcomes[3];
  std::string fed;                // A stream's bytes.
  std::vector<std::string> sent;  // A datagram channel's messages.
  std::string taken;              // What came out at the other end.
  std::vector<std::string> received;
  std::string left;
  std::vector<std::string> left_messages;
  std::vector<std::size_t> linked;  // Channels that splices connect it with.
  bool raced = false;               // Its log may differ from engine to engine.
  bool drained = false;
  bool half_closed = false;

 private:
  std::string verify_input() const;
  std::string verify_messages_in() const;
  std::string verify_output() const;
  std::string verify_slots() const;
};

}  // namespace evt::contract::differential
