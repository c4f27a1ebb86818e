/// Several loops, each in a thread of its own: they wake, post to, cancel for and stop one another, and share a pool.
#include "contract/fixture.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace evt::contract {
namespace {

/// Two loops of the case's backend and one of epoll: what is handed over must not depend on who hands it.
class SeveralLoops : public Contract {
 protected:
  static constexpr std::size_t count = 3;

  void SetUp() override {
    Contract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (std::size_t each = 0; each < count; ++each) {
      auto made = each == 0 ? Loop::create({.backend = Backend::epoll}) : make_loop();
      ASSERT_TRUE(made);
      loops_.push_back(std::move(*made));
    }
  }
  void TearDown() override {
    loops_.clear();
    Contract::TearDown();
  }

  Loop& at(std::size_t index) { return loops_[index % count]; }

  /// Runs every loop in its own thread until it has nothing left to do.
  void run_all() {
    std::array<std::jthread, count> threads;
    for (std::size_t each = 0; each < count; ++each)
      threads[each] = std::jthread([&loop = loops_[each]] { EXPECT_TRUE(loop.run()); });
  }

 private:
  std::deque<Loop> loops_;
};
INSTANTIATE_TEST_SUITE_P(Backends, SeveralLoops, testing::ValuesIn(backends()), backend_name);

/// Waits for a notification and hands it on, so often.
struct Station {
  Station(Loop& loop, int rounds) : wake(loop), left(rounds) {
    wake.ref();
    wake.wait(bind<&Station::on_wake>(*this));
  }
  Action on_wake(const Result<void>& result) {
    EXPECT_TRUE(result);
    --left;
    if (next != nullptr) next->wake.notify();
    return left > 0 ? Action::rearm : Action::disarm;
  }
  Wake wake;
  int left;
  Station* next = nullptr;
};

TEST_P(SeveralLoops, AWakeThatGoesRoundThemIsNeverLost) {
  std::deque<Station> stations;
  for (std::size_t each = 0; each < count; ++each)
    stations.emplace_back(at(each), 500);
  for (std::size_t each = 0; each < count; ++each)
    stations[each].next = &stations[(each + 1) % count];
  stations[0].wake.notify();
  run_all();
  for (const Station& station : stations)
    EXPECT_EQ(station.left, 0);
}

constexpr int letters_each = 300;

/// Posts numbered letters to the others whenever its loop comes round, and sees that theirs come in order.
struct Correspondent {
  struct Letter {
    Correspondent* target = nullptr;
    std::size_t sender = 0;
    int number = 0;
    void open() const { target->on_letter(*this); }
  };

  Correspondent(Loop& home, std::size_t number) : loop(home), index(number), pump(home), all_here(home) {
    all_here.ref();
    pump.submit(bind<&Correspondent::on_turn>(*this));
    all_here.wait(bind<&Correspondent::on_all>(*this));
  }

  Action on_turn() {
    bool more = false;
    for (std::size_t each = 0; each < peers.size(); ++each) {
      if (static_cast<int>(sent[each].size()) == letters_each) continue;
      Letter& letter = sent[each].emplace_back(Letter{peers[each], index, static_cast<int>(sent[each].size())});
      auto posted = peers[each]->loop.post(bind<&Letter::open>(letter));
      if (!posted) sent[each].pop_back();  // ENOBUFS: it reads slower than we write.
      more = more || static_cast<int>(sent[each].size()) < letters_each;
    }
    return more ? Action::rearm : Action::disarm;
  }

  void on_letter(const Letter& letter) {
    EXPECT_EQ(std::this_thread::get_id(), thread) << "on another loop's thread";
    EXPECT_EQ(letter.number, next[letter.sender]++);
    if (++received == letters_each * static_cast<int>(peers.size())) all_here.notify();
  }

  void on_all() {}

  Loop& loop;
  std::size_t index;
  Nop pump;
  Wake all_here;
  std::vector<Correspondent*> peers;
  std::array<std::deque<Letter>, 2> sent;
  std::array<int, 3> next{};
  int received = 0;
  std::thread::id thread;
};

TEST_P(SeveralLoops, PostsGoAllWaysAtOnceAndKeepEachSendersOrder) {
  std::deque<Correspondent> all;
  for (std::size_t each = 0; each < count; ++each)
    all.emplace_back(at(each), each);
  for (auto& from : all) {
    for (auto& to : all) {
      if (&from != &to) from.peers.push_back(&to);
    }
  }
  std::array<std::jthread, count> threads;
  std::atomic<bool> go{false};
  for (std::size_t each = 0; each < count; ++each) {
    threads[each] = std::jthread([&, each] {
      go.wait(false);
      EXPECT_TRUE(at(each).run());
    });
    all[each].thread = threads[each].get_id();
  }
  go = true;
  go.notify_all();
  for (auto& thread : threads)
    thread.join();
  for (const auto& each : all)
    EXPECT_EQ(each.received, 2 * letters_each);
}

/// Reads a pipe byte by byte on one loop, while another cancels whatever read it last heard of and a third writes.
struct Disturbed {
  static constexpr int wanted = 300;

  Disturbed(Loop& of_reads, Loop& of_cancels, Loop& of_writes)
      : target(of_reads),
        source_file(of_writes, File::borrow(pipe.write.get())),
        target_file(of_reads, File::borrow(pipe.read.get())),
        reader(target_file),
        writer(source_file),
        canceller(of_cancels) {
    read();
    write();
    canceller.submit(bind<&Disturbed::on_turn>(*this));
  }

  void read() {
    const std::lock_guard lock(mutex);
    ticket = reader.read(std::span(&byte, 1), bind<&Disturbed::on_read>(*this));
    ++activations;
  }
  void on_read(const Result<std::size_t>& result) {
    ++completions;
    if (result) {
      EXPECT_EQ(byte, static_cast<std::byte>(bytes));
      ++bytes;
    } else {
      EXPECT_TRUE(is_error(result.error(), Errc::canceled));
    }
    if (bytes < wanted) return read();
    over = true;
  }
  void write() { writer.write(std::span(&written, 1), bind<&Disturbed::on_written>(*this)); }
  void on_written(const Result<std::size_t>& result) {
    ASSERT_TRUE(is_value(result, 1));
    written = static_cast<std::byte>(++writes);
    if (writes < wanted) write();
  }
  Action on_turn() {
    Ticket latest;
    {
      const std::lock_guard lock(mutex);
      latest = ticket;
    }
    (void)target.request_cancel(latest);  // ENOBUFS is allowed.
    return over ? Action::disarm : Action::rearm;
  }

  Loop& target;
  PipeEnds pipe = make_pipe();
  File source_file;
  File target_file;
  IoRequest reader;
  IoRequest writer;
  Nop canceller;
  std::byte byte{};
  std::byte written{};
  int bytes = 0;
  int writes = 0;
  int activations = 0;
  int completions = 0;
  std::mutex mutex;
  Ticket ticket;
  std::atomic<bool> over{false};
};

TEST_P(SeveralLoops, CancellingEachOthersReadsLosesNoByteAndNoCompletion) {
  Disturbed disturbed(at(1), at(2), at(0));
  run_all();
  EXPECT_EQ(disturbed.bytes, Disturbed::wanted);
  EXPECT_EQ(disturbed.completions, disturbed.activations);
}

/// Gives a pool one job after the other.
struct Client {
  static constexpr int wanted = 100;
  Client(Loop& loop, ThreadPool& pool) : work(loop, pool) {
    work.run(bind<&Client::job>(*this), bind<&Client::on_done>(*this));
  }
  void job() { ++runs; }  // Not atomic: the callback and the next job come after it.
  Action on_done(const Result<void>& result) {
    EXPECT_TRUE(result);
    if (++completions == 1) thread = std::this_thread::get_id();
    EXPECT_EQ(std::this_thread::get_id(), thread);
    EXPECT_EQ(runs, completions);
    return completions < wanted ? Action::rearm : Action::disarm;
  }
  Work work;
  int runs = 0;
  int completions = 0;
  std::thread::id thread;
};

TEST_P(SeveralLoops, OnePoolServesThemAllWhileTheyRun) {
  ThreadPool pool(2);
  std::deque<Client> clients;
  for (std::size_t each = 0; each < 2 * count; ++each)
    clients.emplace_back(at(each), pool);
  run_all();
  for (std::size_t each = 0; each < clients.size(); ++each) {
    EXPECT_EQ(clients[each].completions, Client::wanted);
    EXPECT_EQ(clients[each].thread, clients[(each + count) % clients.size()].thread) << "two clients of one loop";
    EXPECT_NE(clients[each].thread, clients[(each + 1) % clients.size()].thread);
  }
}

TEST_P(SeveralLoops, OneThatGoesLeavesThePoolToTheOthers) {
  ThreadPool pool(2);
  std::deque<Client> staying;
  staying.emplace_back(at(0), pool);
  staying.emplace_back(at(1), pool);
  std::jthread passing([&] {
    for (int round = 0; round < 20; ++round) {
      auto guest = make_loop();
      ASSERT_TRUE(guest);
      Client client(*guest, pool);
      (void)guest->dispatch(0ns);
      // The job may run right now: both go first, whatever it does.
    }
  });
  run_all();
  for (const Client& client : staying)
    EXPECT_EQ(client.completions, Client::wanted);
}

TEST_P(SeveralLoops, StopOneAnother) {
  std::deque<Wake> waiting;  // Nobody notifies them. No timer, which a simulated clock would jump to.
  VoidRecorder none;
  for (std::size_t each = 0; each < count; ++each) {
    waiting.emplace_back(at(each)).ref();
    ASSERT_TRUE(waiting.back().wait(bind(none)));
  }
  for (std::size_t each = 1; each < count; ++each) {
    auto stop_next = [&, each] { at(each).stop(); };
    std::jthread runner([&] { EXPECT_TRUE(at(each).run()); });
    ASSERT_TRUE(at(0).post(bind(stop_next)));
    EXPECT_TRUE(at(0).run(RunMode::no_wait));
    runner.join();
    EXPECT_TRUE(at(each).stopped());
  }
  EXPECT_EQ(none.calls, 0);
}

}  // namespace
}  // namespace evt::contract
