/// ComposedRequest: a request that a user makes of others is like any other request, and may itself be a part.
#include "contract/child.hpp"
#include "contract/fixture.hpp"

#include <sys/socket.h>

#include <array>
#include <memory>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Composed);

/// Sends a question and takes an answer of its size. The answer is move-only.
class Exchange : public ComposedRequest<Exchange, std::unique_ptr<std::string>> {
 public:
  Exchange(Loop& loop, File& file) : ComposedRequest(loop), write_(file), read_(file) {
    write_.unref();
    read_.unref();
  }
  ~Exchange() { settle(); }

  Ticket ask(std::string_view question, Done done) {
    if (idle()) question_ = question;
    return submit(done);
  }

  int starts() const { return starts_; }
  const IoRequest& write_part() const { return write_; }
  const IoRequest& read_part() const { return read_; }

 private:
  friend ComposedRequest;
  void start() {
    ++starts_;
    write_.write(bytes_of(question_), bind<&Exchange::on_written>(*this));
  }
  void cancel_parts() noexcept {
    write_.cancel();
    read_.cancel();
  }
  void settle_parts() noexcept {
    write_.cancel_sync();
    if (auto size = read_.cancel_sync()) on_read(std::move(*size));
  }

  void on_written(Result<std::size_t> size) {
    if (!size) return complete(std::unexpected(size.error()));
    if (cancel_requested()) return complete(std::unexpected(Error("exchange", Errc::canceled)));
    answer_ = std::make_unique<std::string>(question_.size(), '\0');
    read_.read_exact(space_of(*answer_), bind<&Exchange::on_read>(*this));
  }
  void on_read(Result<std::size_t> size) {
    if (!size) return complete(std::unexpected(size.error()));
    complete(std::move(answer_));
  }

  IoRequest write_;
  IoRequest read_;
  std::string question_;
  std::unique_ptr<std::string> answer_;
  int starts_ = 0;
};

using ExchangeRecorder = Recorder<std::unique_ptr<std::string>>;

/// An exchange, the socket it talks over, and what became of it.
struct Talk {
  explicit Talk(Loop& loop) : near(loop, File::borrow(sockets.near.get())), exchange(loop, near) {}

  Ticket ask(std::string_view question) { return exchange.ask(question, bind(done)); }
  /// How many parts are busy.
  int parts() const { return (exchange.write_part().idle() ? 0 : 1) + (exchange.read_part().idle() ? 0 : 1); }

  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near;
  ExchangeRecorder done;
  Exchange exchange;
};

testing::AssertionResult answered(const ExchangeRecorder& recorder, std::string_view answer) {
  if (recorder.calls != 1) return testing::AssertionFailure() << "called " << recorder.calls << " times, not once";
  if (!recorder.result->has_value()) return testing::AssertionFailure() << recorder.result->error().message();
  if (**recorder.result == nullptr) return testing::AssertionFailure() << "there is no answer";
  if (***recorder.result == answer) return testing::AssertionSuccess();
  return testing::AssertionFailure() << ***recorder.result << ", not " << answer;
}

/// Two exchanges one after the other: a composed request made of composed requests. Void.
class Dialog : public ComposedRequest<Dialog, void> {
 public:
  Dialog(Loop& loop, File& file) : ComposedRequest(loop), first_(loop, file), second_(loop, file) {
    first_.unref();
    second_.unref();
  }
  ~Dialog() { settle(); }

  Ticket hold(Done done) { return submit(done); }
  bool quiet() const { return first_.idle() && second_.idle(); }

 private:
  friend ComposedRequest;
  void start() { first_.ask("one", bind<&Dialog::on_first>(*this)); }
  void cancel_parts() noexcept {
    first_.cancel();
    second_.cancel();
  }
  void settle_parts() noexcept {
    first_.cancel_sync();
    if (auto answer = second_.cancel_sync()) on_second(std::move(*answer));
  }
  void on_first(Result<std::unique_ptr<std::string>> answer) {
    if (!answer) return complete(std::unexpected(answer.error()));
    if (cancel_requested()) return complete(std::unexpected(Error("dialog", Errc::canceled)));
    second_.ask("two", bind<&Dialog::on_second>(*this));
  }
  void on_second(Result<std::unique_ptr<std::string>> answer) {
    if (!answer) return complete(std::unexpected(answer.error()));
    complete({});
  }

  Exchange first_;
  Exchange second_;
};

struct DialogTalk {
  explicit DialogTalk(Loop& loop) : near(loop, File::borrow(sockets.near.get())), dialog(loop, near) {}
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near;
  VoidRecorder done;
  Dialog dialog;
};

/// Ends as its plan says, from inside its own steps.
class Planned : public ComposedRequest<Planned, int> {
 public:
  explicit Planned(Loop& loop) : ComposedRequest(loop) {}
  ~Planned() { settle(); }
  Ticket run(Done done) { return submit(done); }
  void end(Result<int> result) { complete(std::move(result)); }

  std::function<void(Planned&)> on_start = [](Planned&) {};
  std::function<void(Planned&)> on_cancel = [](Planned&) {};
  std::function<void(Planned&)> on_settle = [](Planned&) {};

 private:
  friend ComposedRequest;
  void start() { on_start(*this); }
  void cancel_parts() noexcept { on_cancel(*this); }
  void settle_parts() noexcept { on_settle(*this); }
};

/// Something outside its loop knows it, as a signal handler would: it says when it is known, and where.
class Known : public ComposedRequest<Known, void> {
 public:
  explicit Known(Loop& loop) : ComposedRequest(loop), timer_(loop) { timer_.unref(); }
  ~Known() { settle(); }
  Ticket run(Done done) { return submit(done); }
  std::vector<std::string> log;

 private:
  friend ComposedRequest;
  void start() { timer_.after(1h, bind<&Known::on_timer>(*this)); }
  void cancel_parts() noexcept { timer_.cancel(); }
  void settle_parts() noexcept { timer_.cancel_sync(); }
  void leave_loop() noexcept { log.emplace_back(timer_.idle() ? "left idle" : "left busy"); }
  void enter_loop() noexcept { log.emplace_back("entered"); }
  void on_timer() { complete({}); }
  Timer timer_;
};

/// Waits for a timer, and does not settle in its destructor.
class Forgetful : public ComposedRequest<Forgetful, void> {
 public:
  explicit Forgetful(Loop& loop) : ComposedRequest(loop), timer_(loop) { timer_.unref(); }
  Ticket run(Done done) { return submit(done); }

 private:
  friend ComposedRequest;
  void start() { timer_.after(1h, bind<&Forgetful::on_timer>(*this)); }
  void cancel_parts() noexcept { timer_.cancel(); }
  void settle_parts() noexcept { timer_.cancel_sync(); }
  void on_timer() { complete({}); }
  Timer timer_;
};

TEST_P(Composed, CompletesOnceWithAMoveOnlyResultFromRun) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  EXPECT_FALSE(talk.exchange.idle());
  EXPECT_EQ(talk.exchange.operation(), Operation::composed);
  EXPECT_EQ(talk.done.calls, 0) << "called inline";
  ASSERT_TRUE(run_until([&] { return bytes_in(talk.sockets.far) == 4; }));
  EXPECT_EQ(talk.done.calls, 0);
  feed(talk.sockets.far, "pong");
  ASSERT_TRUE(run_until_called(talk.done));
  turns();
  EXPECT_TRUE(answered(talk.done, "pong"));
  EXPECT_TRUE(talk.exchange.idle());
  EXPECT_EQ(talk.parts(), 0);
}

TEST_P(Composed, FailsWithTheErrorOfItsPart) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return bytes_in(talk.sockets.far) == 4; }));
  EXPECT_EQ(drain(talk.sockets.far), "ping");
  talk.sockets.far.reset();
  ASSERT_TRUE(run_until_called(talk.done));
  EXPECT_TRUE(failed_with(talk.done, Errc::eof));
  EXPECT_STREQ(talk.done.result->error().operation, "read_exact");
}

TEST_P(Composed, ThatEndsInsideItsStartStillCallsBackFromRunOnly) {
  Planned planned(loop());
  planned.on_start = [](Planned& self) { self.end(7); };
  Recorder<int> done;
  ASSERT_TRUE(planned.run(bind(done)));
  EXPECT_EQ(done.calls, 0) << "called inline";
  EXPECT_EQ(planned.state(), Request::State::ready);
  EXPECT_TRUE(is_value(loop().run(), 1));
  ASSERT_EQ(done.calls, 1);
  EXPECT_EQ(done.result->value(), 7);
}

TEST_P(Composed, TheFirstEndCounts) {
  Planned planned(loop());
  planned.on_start = [](Planned& self) {
    self.end(1);
    self.end(2);
  };
  Recorder<int> done;
  planned.end(0);
  ASSERT_TRUE(planned.run(bind(done)));
  planned.end(3);
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(done.calls, 1);
  EXPECT_EQ(done.result->value(), 1);
  planned.end(4);
  EXPECT_EQ(turns(), 0U) << "an idle request completed";
}

TEST_P(Composed, RefusesWhileItIsBusyAndLeavesItAlone) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ExchangeRecorder other;
  const Ticket refused = talk.exchange.ask("other", bind(other));
  EXPECT_FALSE(refused);
  EXPECT_TRUE(is_error(refused.error(), Errc::busy));
  EXPECT_EQ(talk.exchange.starts(), 1);
  ASSERT_TRUE(run_until([&] { return bytes_in(talk.sockets.far) == 4; }));
  feed(talk.sockets.far, "pong");
  ASSERT_TRUE(run_until_called(talk.done));
  turns();
  EXPECT_TRUE(answered(talk.done, "pong"));
  EXPECT_EQ(other.calls, 0);
}

TEST_P(Composed, RearmRunsItsStartAgain) {
  Talk talk(loop());
  talk.done.then = [&] { return talk.done.calls < 3 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(talk.ask("ping"));
  feed(talk.sockets.far, "pongPONGping");
  ASSERT_TRUE(run_until_called(talk.done, 3));
  turns();
  EXPECT_EQ(talk.done.calls, 3);
  EXPECT_EQ(talk.exchange.starts(), 3);
  EXPECT_EQ(***talk.done.result, "ping");
  EXPECT_EQ(drain(talk.sockets.far), "pingpingping");
}

TEST_P(Composed, ARearmThatEndsAtOnceNeitherRecursesNorKeepsTheTurn) {
  Planned planned(loop());
  int depth = 0;
  planned.on_start = [&](Planned& self) { self.end(++depth); };
  Recorder<int> done;
  done.then = [] { return Action::rearm; };
  ASSERT_TRUE(planned.run(bind(done)));
  EXPECT_EQ(turns(3), 3U) << "one callback a turn";
  EXPECT_EQ(done.calls, 3);
}

TEST_P(Composed, MayBeDestroyedOrReusedInItsCallback) {
  auto talk = std::make_unique<Talk>(loop());
  ExchangeRecorder done;
  done.then = [&] {
    talk.reset();
    return Action::disarm;
  };
  ASSERT_TRUE(talk->exchange.ask("ping", bind(done)));
  feed(talk->sockets.far, "pong");
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(answered(done, "pong"));

  Talk again(loop());
  again.done.then = [&] {
    if (again.done.calls == 1) again.ask("more");
    return Action::disarm;
  };
  ASSERT_TRUE(again.ask("ping"));
  feed(again.sockets.far, "pongless");
  ASSERT_TRUE(run_until_called(again.done, 2));
  EXPECT_EQ(***again.done.result, "less");
}

TEST_P(Composed, CancelCancelsThePartInFlightAndSaysSo) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  talk.exchange.cancel();
  EXPECT_EQ(talk.exchange.state(), Request::State::canceling);
  talk.exchange.cancel();
  EXPECT_EQ(talk.done.calls, 0) << "called inline";
  ASSERT_TRUE(run_until_called(talk.done));
  turns();
  EXPECT_TRUE(failed_with(talk.done, Errc::canceled));
  EXPECT_EQ(talk.parts(), 0);

  ASSERT_TRUE(talk.ask("more"));
  feed(talk.sockets.far, "less");
  ASSERT_TRUE(run_until_called(talk.done, 2));
  EXPECT_EQ(***talk.done.result, "less") << "the mark of the old cancel is gone";
}

TEST_P(Composed, CancelOfAReadyOneLeavesItsResult) {
  Planned planned(loop());
  planned.on_start = [](Planned& self) { self.end(7); };
  planned.on_cancel = [](Planned&) { ADD_FAILURE() << "there is nothing to cancel"; };
  Recorder<int> done;
  planned.cancel();
  ASSERT_TRUE(planned.run(bind(done)));
  planned.cancel();
  EXPECT_EQ(turns(), 1U);
  ASSERT_TRUE(done.result->has_value());
  EXPECT_EQ(**done.result, 7);
}

TEST_P(Composed, ThatEndsInsideItsCancelStillCallsBackFromRunOnly) {
  Planned planned(loop());
  planned.on_cancel = [](Planned& self) { self.end(std::unexpected(Error("plan", Errc::canceled))); };
  Recorder<int> done;
  ASSERT_TRUE(planned.run(bind(done)));
  planned.cancel();
  EXPECT_EQ(done.calls, 0);
  EXPECT_EQ(turns(), 1U);
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  EXPECT_STREQ(done.result->error().operation, "plan");
}

TEST_P(Composed, ItsTicketCancelsItFromAnotherThreadAndAStaleOneDoesNothing) {
  Talk talk(loop());
  const Ticket ticket = talk.ask("ping");
  ASSERT_TRUE(ticket);
  std::jthread([&] { EXPECT_TRUE(loop().request_cancel(ticket)); }).join();
  ASSERT_TRUE(run_until_called(talk.done));
  EXPECT_TRUE(failed_with(talk.done, Errc::canceled));
  ASSERT_TRUE(talk.ask("more"));
  ASSERT_TRUE(loop().request_cancel(ticket));
  turns();
  EXPECT_EQ(talk.done.calls, 1);
}

TEST_P(Composed, CancelSyncReturnsWithAllOfItIdleAndNeverCallsBack) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  EXPECT_FALSE(talk.exchange.cancel_sync().has_value());
  EXPECT_TRUE(talk.exchange.idle());
  EXPECT_EQ(talk.parts(), 0);
  feed(talk.sockets.far, "pong");
  EXPECT_EQ(turns(), 0U);
  EXPECT_EQ(talk.done.calls, 0);
  EXPECT_EQ(drain(talk.sockets.near), "pong") << "nobody read on";
  EXPECT_FALSE(talk.exchange.cancel_sync().has_value()) << "idle is no result";
}

TEST_P(Composed, CancelSyncHandsBackTheResultThatWon) {
  remake_loop({.budget = 1});
  Talk talk(loop());
  // The last part has its result, and its callback has still to come.
  const auto submit = [&] {
    if (talk.ask("ping")) feed(talk.sockets.far, "pong");
  };
  ASSERT_TRUE(make_ready(talk.exchange.read_part(), submit));
  const int calls = talk.done.calls;
  auto won = talk.exchange.cancel_sync();
  ASSERT_TRUE(won.has_value());
  ASSERT_TRUE(won->has_value());
  EXPECT_EQ(***won, "pong");
  EXPECT_TRUE(talk.exchange.idle());
  EXPECT_EQ(talk.done.calls, calls);

  Planned planned(loop());
  planned.on_start = [](Planned& self) { self.end(7); };
  Recorder<int> done;
  ASSERT_TRUE(planned.run(bind(done)));
  auto ready = planned.cancel_sync();
  ASSERT_TRUE(ready.has_value());
  EXPECT_EQ(ready->value(), 7);
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Composed, CancelSyncOfACanceledOneEndsItWithoutACallback) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  talk.exchange.cancel();
  EXPECT_FALSE(talk.exchange.cancel_sync().has_value());
  EXPECT_TRUE(talk.exchange.idle());
  EXPECT_EQ(turns(), 0U);
  EXPECT_EQ(talk.done.calls, 0);
}

TEST_P(Composed, DestroyedWhileBusyCallsNobody) {
  ExchangeRecorder done;
  {
    Talk talk(loop());
    ASSERT_TRUE(talk.exchange.ask("ping", bind(done)));
    ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  }
  EXPECT_TRUE(is_value(loop().run(), 0)) << "its reference is given back";
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Composed, OneThatForgetsToSettleIsIdleAllTheSameWhenDestroyed) {
  VoidRecorder done;
  {
    Forgetful forgetful(loop());
    ASSERT_TRUE(forgetful.run(bind(done)));
    turns();
  }
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Composed, OutlivesItsLoopAndRefuses) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  destroy_loop();
  EXPECT_TRUE(talk.exchange.idle());
  EXPECT_EQ(talk.parts(), 0);
  EXPECT_EQ(talk.done.calls, 0);
  const Ticket refused = talk.ask("more");
  EXPECT_FALSE(refused);
  EXPECT_TRUE(is_error(refused.error(), Errc::no_loop));
  EXPECT_FALSE(talk.exchange.cancel_sync().has_value());
}

/// Slots are reused, so that parts may be older than the whole.
TEST_P(Composed, OutlivesItsLoopWhicheverOfItsPartsGoesFirst) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near(loop(), File::borrow(sockets.near.get()));
  std::array<std::optional<IoRequest>, 3> holes;
  for (auto& hole : holes)
    hole.emplace(near);
  for (auto& hole : holes)
    hole.reset();
  Exchange exchange(loop(), near);
  ExchangeRecorder done;
  ASSERT_TRUE(exchange.ask("ping", bind(done)));
  ASSERT_TRUE(run_until([&] { return !exchange.read_part().idle(); }));
  destroy_loop();
  EXPECT_TRUE(exchange.idle());
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Composed, KeepsTheLoopGoingWhichItsPartsDoNot) {
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  feed(talk.sockets.far, "pong");
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(answered(talk.done, "pong"));
  talk.exchange.unref();
  ASSERT_TRUE(talk.ask("more"));
  ASSERT_TRUE(loop().run());
  EXPECT_FALSE(talk.exchange.idle()) << "unreferenced, it is not waited for";
  talk.exchange.ref();
  feed(talk.sockets.far, "less");
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(talk.done.calls, 2);
}

TEST_P(Composed, APriorityOrdersItAmongOthers) {
  std::vector<std::string> order;
  std::array<std::optional<Planned>, 3> planned;
  std::vector<Recorder<int>> done;
  for (const char* name : {"last", "middle", "first"})
    done.emplace_back(order, name);
  for (std::size_t index = 0; index < planned.size(); ++index) {
    planned[index].emplace(loop());
    planned[index]->on_start = [](Planned& self) { self.end(0); };
    planned[index]->set_priority(-static_cast<int>(index));
    ASSERT_TRUE(planned[index]->run(bind(done[index])));
  }
  EXPECT_EQ(turns(1), 3U);
  EXPECT_EQ(order, (std::vector<std::string>{"first", "middle", "last"}));
}

TEST_P(Composed, IsCountedAndObservedAsComposed) {
  struct Log final : Observer {
    void completed(const Observation& seen) override {
      if (seen.operation == Operation::composed) results.push_back(seen.result);
    }
    std::vector<std::int64_t> results;
  } log;
  remake_loop({.observer = &log});
  Planned planned(loop());
  Recorder<int> done;
  const Result<int> ends[] = {7, std::unexpected(Error("plan", Errc::canceled)),
                              std::unexpected(errno_error("plan", ENOENT)), std::unexpected(Error("plan", Errc::busy))};
  for (const Result<int>& each : ends) {
    planned.on_start = [&](Planned& self) { self.end(each); };
    ASSERT_TRUE(planned.run(bind(done)));
    turns(1);
  }
  EXPECT_EQ(done.calls, 4);
  ASSERT_EQ(log.results.size(), 4U);
  EXPECT_EQ(log.results[0], 0);
  EXPECT_EQ(log.results[1], -ECANCELED);
  EXPECT_EQ(log.results[2], -ENOENT);
  EXPECT_LT(log.results[3], 0);
  EXPECT_EQ(loop().statistics().operations[static_cast<std::size_t>(Operation::composed)], 4U);
  EXPECT_STREQ(name_of(Operation::composed), "composed");
  destroy_loop();
}

TEST_P(Composed, AComposedRequestMayBeAPart) {
  DialogTalk talk(loop());
  ASSERT_TRUE(talk.dialog.hold(bind(talk.done)));
  feed(talk.sockets.far, "ENO");
  ASSERT_TRUE(run_until([&] { return bytes_in(talk.sockets.far) == 6; }));
  EXPECT_EQ(talk.done.calls, 0);
  feed(talk.sockets.far, "OWT");
  ASSERT_TRUE(loop().run());
  ASSERT_EQ(talk.done.calls, 1);
  EXPECT_TRUE(talk.done.result->has_value());
  EXPECT_TRUE(talk.dialog.quiet());
  EXPECT_EQ(drain(talk.sockets.far), "onetwo");
}

TEST_P(Composed, CancelReachesThePartsOfItsParts) {
  DialogTalk talk(loop());
  ASSERT_TRUE(talk.dialog.hold(bind(talk.done)));
  turns();
  talk.dialog.cancel();
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(failed_with(talk.done, Errc::canceled));
  EXPECT_TRUE(talk.dialog.quiet());

  ASSERT_TRUE(talk.dialog.hold(bind(talk.done)));
  turns();
  EXPECT_FALSE(talk.dialog.cancel_sync().has_value());
  EXPECT_TRUE(talk.dialog.idle());
  EXPECT_TRUE(talk.dialog.quiet());
  EXPECT_EQ(talk.done.calls, 1);
}

TEST_P(Composed, OfComposedRequestsMayBeDestroyedOrOutliveItsLoop) {
  VoidRecorder done;
  {
    DialogTalk talk(loop());
    ASSERT_TRUE(talk.dialog.hold(bind(done)));
    turns();
  }
  EXPECT_TRUE(is_value(loop().run(), 0));
  DialogTalk talk(loop());
  ASSERT_TRUE(talk.dialog.hold(bind(done)));
  turns();
  destroy_loop();
  EXPECT_TRUE(talk.dialog.idle());
  EXPECT_TRUE(talk.dialog.quiet());
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Composed, GoesOnInTheParentOfAForkAndEndsAsCanceledInTheChild) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  Talk talk(loop());
  ASSERT_TRUE(talk.ask("ping"));
  ASSERT_TRUE(run_until([&] { return !talk.exchange.read_part().idle(); }));
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    ASSERT_TRUE(loop().run());
    EXPECT_TRUE(failed_with(talk.done, Errc::canceled));
    EXPECT_EQ(talk.parts(), 0);
  }));
  EXPECT_TRUE(in_child([&] {
    EXPECT_FALSE(talk.exchange.cancel_sync().has_value());
    EXPECT_TRUE(talk.exchange.idle());
    EXPECT_EQ(talk.parts(), 0);
  }));
  feed(talk.sockets.far, "pong");
  ASSERT_TRUE(run_until_called(talk.done));
  EXPECT_TRUE(answered(talk.done, "pong"));
}

TEST_P(Composed, IsToldBeforeItsLoopGoesAndAfterItsChildTookIt) {
  // Slots are given out again, the last one first: the part of `busy` leaves the loop before the whole.
  std::optional<Timer> first(loop());
  std::optional<Timer> second(loop());
  first.reset();
  second.reset();
  VoidRecorder done;
  Known busy(loop());
  Known idle(loop());
  Known never(loop());
  ASSERT_TRUE(busy.run(bind(done)));
  ASSERT_TRUE(idle.run(bind(done)));
  idle.cancel_sync();
  if (!simulated()) {
    EXPECT_TRUE(in_child([&] {
      ASSERT_TRUE(loop().after_fork());
      EXPECT_EQ(busy.log, (std::vector<std::string>{"entered"}));
      EXPECT_TRUE(never.log.empty());
    }));
  }
  destroy_loop();
  EXPECT_EQ(busy.log, (std::vector<std::string>{"left busy"}));
  EXPECT_EQ(idle.log, (std::vector<std::string>{"left idle"}));
  EXPECT_TRUE(never.log.empty()) << "it was never submitted";
  EXPECT_EQ(done.calls, 0);
}

}  // namespace
}  // namespace evt::contract
