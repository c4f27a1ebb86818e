/// What every case of the contract suite stands on: a Loop on the backend the case runs for, a watchdog, a count of
/// open descriptors, callbacks that record what they saw, and descriptors to work on.
#pragma once

#include <evt/evt.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evt::contract {

using namespace std::chrono_literals;

/// A callback that counts its calls and keeps the last result. Hand it over with bind(recorder).
template <class T>
struct Recorder {
  int calls = 0;
  std::optional<Result<T>> result;
  std::vector<std::string>* order = nullptr;  // Where to note that this one was called, and as what.
  std::string name;
  std::function<Action()> then;  // Runs inside the callback, after recording.

  Recorder() = default;
  Recorder(std::vector<std::string>& log, std::string as) : order(&log), name(std::move(as)) {}

  Action operator()(Result<T> outcome) {
    ++calls;
    result.emplace(std::move(outcome));
    if (order != nullptr) order->push_back(name);
    return then ? then() : Action::disarm;
  }
};

using IoRecorder = Recorder<std::size_t>;
using OpenRecorder = Recorder<Fd>;
using VoidRecorder = Recorder<void>;
using TimerRecorder = Recorder<std::uint64_t>;

/// For the EXPECT_TRUE family: `outcome` is this value, or this error.
testing::AssertionResult is_value(const Result<std::size_t>& outcome, std::size_t expected);
testing::AssertionResult is_error(const Error& error, Errc expected);
testing::AssertionResult is_error(const Error& error, std::errc expected);

/// The same for a callback, which must have been called exactly once.
testing::AssertionResult completed_with(const IoRecorder& recorder, std::size_t expected);
template <class T, class Code>
testing::AssertionResult failed_with(const Recorder<T>& recorder, Code expected) {
  if (recorder.calls != 1) return testing::AssertionFailure() << "called " << recorder.calls << " times, not once";
  if (recorder.result->has_value()) return testing::AssertionFailure() << "succeeded, should have failed";
  return is_error(recorder.result->error(), expected);
}

/// Bytes of a text, to write from and to read into.
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
inline std::span<std::byte> space_of(std::string& text) {
  return std::as_writable_bytes(std::span(text));
}

/// A read with all it needs; text() is what came.
struct Reader {
  IoRecorder done;
  std::string buffer;
  IoRequest request;

  Reader(File& file, std::size_t size) : buffer(size, '\0'), request(file) {}
  Ticket read() { return request.read(space_of(buffer), bind(done)); }
  Ticket read_exact() { return request.read_exact(space_of(buffer), bind(done)); }
  std::string text() const { return buffer.substr(0, request.transferred()); }
  /// Is called as `name` in `order`.
  void log_to(std::vector<std::string>& order, std::string name) {
    done.order = &order;
    done.name = std::move(name);
  }
};

/// A write with all it needs.
struct Writer {
  IoRecorder done;
  std::string text;
  IoRequest request;

  Writer(File& file, std::string source) : text(std::move(source)), request(file) {}
  Ticket write() { return request.write(bytes_of(text), bind(done)); }
  void log_to(std::vector<std::string>& order, std::string name) {
    done.order = &order;
    done.name = std::move(name);
  }
};

/// The backends of the suite, whether or not this machine has them.
std::vector<Backend> backends();
std::string backend_name(const testing::TestParamInfo<Backend>& info);

/// How many descriptors this process has open.
std::size_t count_descriptors();

class Contract : public testing::TestWithParam<Backend> {
 protected:
  /// Makes the loop; skips the case where the backend is missing, but fails it where EVT_REQUIRE_IO_URING=1.
  void SetUp() override;
  /// Destroys the loop and checks that no descriptor is left open.
  void TearDown() override;

  Loop& loop() { return *loop_; }
  /// Ends the loop early, requests and files notwithstanding.
  void destroy_loop() { loop_.reset(); }
  /// Replaces the loop by one with these options, on the case's backend. Files and requests of the old one are dead.
  void remake_loop(LoopOptions options);
  /// One more loop on the case's backend.
  Result<Loop> make_loop(LoopOptions options = {});
  bool simulated() const { return GetParam() == Backend::simulated; }

  /// Runs `count` turns that do not wait; returns how many callbacks ran.
  std::size_t turns(int count = 4);
  /// Runs the loop until `done()`; false, and the case fails, after ten seconds of real time.
  bool run_until(const std::function<bool()>& done);
  /// The same, until the callback was called `calls` times in all.
  template <class T>
  bool run_until_called(const Recorder<T>& recorder, int calls = 1) {
    return run_until([&] { return recorder.calls >= calls; });
  }
  /// Calls `submit`, which starts `request`, and runs the loop until the result is there but not delivered
  /// (State::ready). Needs a loop with a budget of 1, and an operation that can be repeated: it may take several
  /// attempts.
  bool make_ready(const Request& request, const std::function<void()>& submit);

 private:
  std::optional<Loop> loop_;
  std::size_t descriptors_before_ = 0;
};

/// Declares suite `name` over all backends; follow it with TEST_P(name, Claim).
// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared cannot stand in parentheses.
#define EVT_CONTRACT_SUITE(name)                                                           \
  class name : public ::evt::contract::Contract {};                                        \
  INSTANTIATE_TEST_SUITE_P(Backends, name, testing::ValuesIn(::evt::contract::backends()), \
                           ::evt::contract::backend_name)
// NOLINTEND(bugprone-macro-parentheses)

/// `size` bytes without a short period, so that lost, doubled or swapped pieces show.
std::string pattern(std::size_t size);

/// Two connected descriptors. Pipe: what goes in at `write` comes out at `read`. All are O_CLOEXEC and blocking.
struct PipeEnds {
  Fd read;
  Fd write;
};
struct SocketPair {
  Fd near;
  Fd far;
};
struct Terminal {
  Fd master;
  Fd slave;
};
PipeEnds make_pipe();
/// A pipe of one page: 4 096 bytes fill it.
PipeEnds make_small_pipe();
/// AF_UNIX; `type` is SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
SocketPair make_socket_pair(int type);
/// A pseudo terminal in raw mode.
Terminal make_terminal();
/// A regular file without a name, opened for reading and writing, positioned at its start.
Fd make_file(std::string_view content = {});

/// A folder of its own, removed with what is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string path(std::string_view name) const { return path_ + '/' + std::string(name); }

 private:
  std::string path_;
};

/// Writes all of `text` to `fd`, which must have room for it.
void feed(int fd, std::string_view text);
void feed(const Fd& fd, std::string_view text);
/// Writes to a pipe or stream socket until it takes no more; returns what went in.
std::string fill(const Fd& fd);
/// Takes what `fd` has now, up to `limit_bytes`, without waiting.
std::string drain(const Fd& fd, std::size_t limit_bytes = SIZE_MAX);
/// Whether read(2) on `fd` would find something (also an end) now.
bool has_input(const Fd& fd);
/// How many bytes wait in a pipe, socket or terminal (FIONREAD).
std::size_t bytes_in(const Fd& fd);
/// The whole of a regular file, whatever its position.
std::string contents(const Fd& fd);

}  // namespace evt::contract
