/// The user keeps `main` and its `while`: turns of the loop are one thing among others that it does. Answers each line
/// of its standard input, in capitals, and counts periods, until the input ends or SIGINT comes.
///
///     raw_loop [BACKEND [PERIOD_MS]]
#include "backend.hpp"
#include <evt/evt.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>

namespace {

using evt::nanoseconds;

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// A request is a line. It comes in pieces, in any number of turns: what has no newline yet is kept for the next one.
class Lines {
 public:
  explicit Lines(evt::Loop& loop) : source_(loop, evt::File::borrow(0)), target_(loop, evt::File::borrow(1)) { read(); }

  bool over() const { return over_; }
  bool failed() const { return failed_; }
  std::size_t answered() const { return answered_; }
  std::string_view kept() const { return {buffer_.data(), size_}; }

 private:
  void read() {
    const auto room = std::as_writable_bytes(std::span(buffer_).subspan(size_));
    if (room.empty()) return finish("a line is too long");
    in_.read(room, evt::bind<&Lines::on_read>(*this));
  }

  void on_read(evt::Result<std::size_t> count) {
    if (!count) return count.error() == evt::Errc::eof ? finish(nullptr) : finish(count.error().message().c_str());
    const std::string_view received(buffer_.data(), size_ += *count);
    const std::size_t whole = received.rfind('\n') + 1;  // 0 where there is none.
    if (whole == 0) return read();
    answer_.assign(received.substr(0, whole));
    answered_ += static_cast<std::size_t>(std::ranges::count(answer_, '\n'));
    std::ranges::transform(answer_, answer_.begin(), [](unsigned char letter) { return std::toupper(letter); });
    size_ -= whole;
    std::copy_n(buffer_.data() + whole, size_, buffer_.data());
    out_.write(std::as_bytes(std::span(answer_)), evt::bind<&Lines::on_written>(*this));
  }

  void on_written(evt::Result<std::size_t> count) { count ? read() : finish(count.error().message().c_str()); }

  void finish(const char* problem) {
    over_ = true;
    failed_ = problem != nullptr;
    if (failed_) std::fprintf(stderr, "raw_loop: %s\n", problem);
  }

  evt::File source_;
  evt::File target_;
  evt::IoRequest in_{source_};
  evt::IoRequest out_{target_};
  std::array<char, 4096> buffer_;
  std::size_t size_ = 0;
  std::string answer_;
  std::size_t answered_ = 0;
  bool over_ = false;
  bool failed_ = false;
};

/// Work that is due now and then. Time saturates, so that a period may be as long as one likes, and one that was missed
/// is not made up for.
class Period {
 public:
  explicit Period(nanoseconds length) : length_(length) { skip_to(evt::read_clock(evt::Clock::monotonic)); }

  void work(nanoseconds now) {
    if (now < due_) return;
    ++count_;
    skip_to(now);
  }
  nanoseconds left(nanoseconds now) const { return due_ == evt::never ? evt::never : evt::saturating_since(due_, now); }
  unsigned long count() const { return count_; }

 private:
  void skip_to(nanoseconds now) { due_ = evt::saturating_add(now, length_); }

  nanoseconds length_;
  nanoseconds due_{};
  unsigned long count_ = 0;
};

/// Sleeps until the loop has something to do, a signal comes, or `limit` is over.
void sleep_beside(evt::Loop& loop, nanoseconds limit, const sigset_t& signals) {
  limit = std::min(loop.prepare(), limit);
  const timespec timeout{.tv_sec = limit.count() / 1'000'000'000, .tv_nsec = limit.count() % 1'000'000'000};
  pollfd entry{.fd = loop.fd(), .events = POLLIN, .revents = 0};
  ppoll(&entry, 1, limit == evt::never ? nullptr : &timeout, &signals);
}

/// SIGINT is let in only while ppoll(2) sleeps: one that comes between the look at the flag and the sleep is not
/// missed.
sigset_t catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int) { stop_requested.store(true, std::memory_order_relaxed); };
  sigaction(SIGINT, &action, nullptr);
  sigset_t interrupt;
  sigset_t before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, &before);
  sigdelset(&before, SIGINT);
  return before;
}

nanoseconds parse_period(std::string_view text) {
  std::int64_t period_ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), period_ms);
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(evt::never);
  if (period_ms > longest.count()) return evt::never;
  return std::chrono::milliseconds(std::max<std::int64_t>(period_ms, 1));
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = options_for(count > 1 ? arguments[1] : "auto");
  if (!options) return 2;
  auto loop = evt::Loop::create(*options);
  if (!loop) return std::fprintf(stderr, "raw_loop: %s\n", loop.error().message().c_str()), 1;

  const sigset_t while_asleep = catch_interrupts();
  Lines lines(*loop);
  Period period(parse_period(count > 2 ? arguments[2] : "1000"));
  unsigned long turns = 0;
  while (!stop_requested.load(std::memory_order_relaxed) && !lines.over()) {
    if (!loop->run(evt::RunMode::no_wait)) return 1;
    period.work(evt::read_clock(evt::Clock::monotonic));
    if (lines.over()) break;
    sleep_beside(*loop, period.left(evt::read_clock(evt::Clock::monotonic)), while_asleep);
    ++turns;
  }
  std::fprintf(stderr, "raw_loop: %zu answered, %zu bytes kept, %lu periods, %lu sleeps\n", lines.answered(),
               lines.kept().size(), period.count(), turns);
  return lines.failed() ? 1 : 0;
}
