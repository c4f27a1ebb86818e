/// What every host must see of an evt loop in it, on both backends: nothing is lost, and nobody spins.
#include "hosts/host.hpp"
#include <evt/evt.hpp>

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <tuple>

namespace evt::hosts {
namespace {

using namespace std::chrono_literals;

struct HostKind {
  const char* name;
  std::unique_ptr<Host> (*make)(Loop&);
};

class Hosts : public testing::TestWithParam<std::tuple<Backend, HostKind>> {
 protected:
  void SetUp() override {
    const auto& [backend, kind] = GetParam();
    auto made = Loop::create({.backend = backend});
    if (!made) {
      const char* required = std::getenv("EVT_REQUIRE_IO_URING");
      ASSERT_STRNE(required == nullptr ? "" : required, "1") << made.error().message();
      GTEST_SKIP() << made.error().message();
    }
    loop_.emplace(std::move(*made));
    host_ = kind.make(*loop_);
  }

  Loop& loop() { return *loop_; }
  Host& host() { return *host_; }

 private:
  std::optional<Loop> loop_;
  std::unique_ptr<Host> host_;
};

std::string name_of_case(const testing::TestParamInfo<Hosts::ParamType>& info) {
  return std::string(name_of(std::get<0>(info.param))) + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(All, Hosts,
                         testing::Combine(testing::Values(Backend::io_uring, Backend::epoll),
                                          testing::Values(HostKind{"poll", make_poll_host},
                                                          HostKind{"libuv", make_libuv_host},
                                                          HostKind{"glib", make_glib_host})),
                         name_of_case);

/// One byte that goes to and fro between the two ends of a socket pair, so often.
struct PingPong {
  PingPong(Loop& loop, int rounds) : left(rounds) {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    for (std::size_t end = 0; end < 2; ++end) {
      files.emplace_back(loop, File::adopt(Fd(pair[end])));
      requests.emplace_back(files[end]);
    }
    send(0);
    receive(1);
  }
  void send(std::size_t end) { requests[end].write(std::span(&byte, 1), bind<&PingPong::on_sent>(*this)); }
  void receive(std::size_t end) { requests[end].read(std::span(&byte, 1), bind<&PingPong::on_received>(*this)); }
  void on_sent(IoRequest& request, const Result<std::size_t>& result) {
    ASSERT_TRUE(result);
    ++callbacks;
    receive(&request == &requests[0] ? 0 : 1);
  }
  void on_received(IoRequest& request, const Result<std::size_t>& result) {
    ASSERT_TRUE(result);
    ++callbacks;
    if (--left > 0) send(&request == &requests[0] ? 0 : 1);
  }

  std::deque<File> files;
  std::deque<IoRequest> requests;
  std::byte byte{42};
  int left;
  std::size_t callbacks = 0;
};

/// A thread that hands in one thing after the other, each when the one before has arrived: one lost wake-up ends it.
class Sender {
 public:
  Sender(int rounds, std::function<void()> hand_in) : left_(rounds) {
    thread_ = std::jthread([this, rounds, hand_in = std::move(hand_in)] {
      for (int round = 0; round < rounds; ++round) {
        hand_in();
        if (!arrived_.try_acquire_for(10s)) return;
      }
    });
  }
  void arrive() {
    --left_;
    arrived_.release();
  }
  bool over() const { return left_ == 0; }

 private:
  int left_;
  std::counting_semaphore<> arrived_{0};
  std::jthread thread_;
};

TEST_P(Hosts, IoTimersPostsAndWakesAllArriveAndNobodySpins) {
  constexpr int rounds = 300;
  constexpr int ticks = 20;
  PingPong ball(loop(), rounds);
  Timer timer(loop());
  int ticked = 0;
  auto tick = [&] { return ++ticked < ticks ? Action::rearm : Action::disarm; };
  timer.every(1ms, bind(tick));
  std::optional<Sender> poster;
  std::optional<Sender> notifier;
  auto posted = [&] { poster->arrive(); };
  Wake wake(loop());
  auto woken = [&] {
    notifier->arrive();
    return Action::rearm;
  };
  wake.wait(bind(woken));
  poster.emplace(rounds, [&] { EXPECT_TRUE(loop().post(bind(posted))); });
  notifier.emplace(rounds, [&] { wake.notify(); });
  EXPECT_TRUE(
      host().run_until([&] { return ball.left == 0 && ticked == ticks && poster->over() && notifier->over(); }));
  EXPECT_EQ(ball.left, 0);
  EXPECT_EQ(ticked, ticks);
  EXPECT_TRUE(poster->over());
  EXPECT_TRUE(notifier->over());
  constexpr std::size_t handed_in = std::size_t{2} * rounds;
  EXPECT_LE(host().turns(), 2 * (ball.callbacks + ticks + handed_in) + 20) << "the host spins";
}

TEST_P(Hosts, SleepWhileNothingHappens) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  const Fd peer(pair[1]);
  File file(loop(), File::adopt(Fd(pair[0])));
  IoRequest reader(file);
  std::array<std::byte, 8> buffer;
  bool read = false;
  auto on_read = [&] { read = true; };
  reader.read(buffer, bind(on_read));
  Timer timer(loop());
  bool fired = false;
  auto on_timer = [&] { fired = true; };
  timer.after(150ms, bind(on_timer));
  EXPECT_TRUE(host().run_until([&] { return fired; }));
  EXPECT_FALSE(read);
  EXPECT_LE(host().turns(), 6U) << "the host spins";
}

TEST_P(Hosts, HearOfWhatThreadsHandInWhileTheySleepForEver) {
  constexpr int rounds = 200;
  std::optional<Sender> poster;
  auto posted = [&] { poster->arrive(); };
  poster.emplace(rounds, [&] { EXPECT_TRUE(loop().post(bind(posted))); });
  EXPECT_TRUE(host().run_until([&] { return poster->over(); }));
  EXPECT_TRUE(poster->over());
  EXPECT_LE(host().turns(), 2U * rounds + 6) << "the host spins";
}

TEST_P(Hosts, HearOfAJobsEnd) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  int jobs = 0;
  auto job = [] {};
  auto done = [&] { return ++jobs < 200 ? Action::rearm : Action::disarm; };
  work.run(bind(job), bind(done));
  EXPECT_TRUE(host().run_until([&] { return jobs == 200; }));
  EXPECT_LE(host().turns(), 2U * 200 + 6) << "the host spins";
}

TEST_P(Hosts, KeepTheTimeOfEveryClock) {
  std::deque<Timer> timers;
  int fired = 0;
  auto on_timer = [&] { ++fired; };
  for (const Clock clock : {Clock::monotonic, Clock::boottime, Clock::realtime})
    timers.emplace_back(loop(), clock).after(20ms, bind(on_timer));
  EXPECT_TRUE(host().run_until([&] { return fired == 3; }));
  EXPECT_LE(host().turns(), 20U) << "the host spins";
}

}  // namespace
}  // namespace evt::hosts
