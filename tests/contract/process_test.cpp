/// ProcessRequest and Process: how children and other people's children end, and signals that reach nobody else.
#include "contract/child.hpp"
#include "contract/fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <vector>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Processes);

using ProcessRecorder = Recorder<ProcessStatus>;
using Kind = ProcessStatus::Kind;

testing::AssertionResult ended(const ProcessRecorder& recorder, Kind kind, int code) {
  if (recorder.calls != 1) return testing::AssertionFailure() << "called " << recorder.calls << " times, not once";
  if (!recorder.result->has_value()) return testing::AssertionFailure() << recorder.result->error().message();
  const ProcessStatus& status = **recorder.result;
  if (status.kind == kind && status.code == code) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "kind " << static_cast<int>(status.kind) << ", code " << status.code;
}

/// A child that ends with `code` once told to.
class Child {
 public:
  explicit Child(int code = 0) : id_(fork()) {
    if (id_ != 0) return;
    alarm(60);
    gate_.write.reset();
    char byte = 0;
    (void)!::read(gate_.read.get(), &byte, 1);
    _exit(code);
  }
  ~Child() {
    finish();
    waitpid(id_, nullptr, 0);  // Unless the case did.
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }
  void finish() {
    if (!std::exchange(finished_, true)) feed(gate_.write, "x");  // Its siblings hold the gate too.
  }
  /// Ends it and waits until it is a zombie.
  void become_zombie() {
    finish();
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT), 0);
  }
  bool is_reaped() const { return waitpid(id_, nullptr, WNOHANG) < 0; }
  Process open() const {
    auto process = Process::open(id_);
    EXPECT_TRUE(process);
    return std::move(*process);
  }

 private:
  PipeEnds gate_ = make_pipe();
  bool finished_ = false;
  pid_t id_;
};

/// A child of a child of ours, which is not reaped before its parent is told to.
class Grandchild {
 public:
  explicit Grandchild(int code) : parent_(fork()) {
    if (parent_ == 0) keep(code);
    answers_.write.reset();
    EXPECT_EQ(::read(answers_.read.get(), &id_, sizeof id_), static_cast<ssize_t>(sizeof id_));
  }
  ~Grandchild() {
    orders_.write.reset();
    waitpid(parent_, nullptr, 0);
  }
  Grandchild(const Grandchild&) = delete;
  Grandchild& operator=(const Grandchild&) = delete;

  pid_t id() const { return id_; }
  /// Returns once it is a zombie.
  void finish() { order('f'); }
  /// Returns once its parent has its status.
  void reap() { order('r'); }

 private:
  void order(char what) {
    feed(orders_.write, {&what, 1});
    EXPECT_EQ(::read(answers_.read.get(), &what, 1), 1);
  }
  [[noreturn]] void keep(int code) {
    alarm(60);
    orders_.write.reset();
    const pid_t child = fork();
    if (child == 0) {
      for (;;)
        pause();
    }
    // It ends by a signal where `code` is negative.
    (void)!::write(answers_.write.get(), &child, sizeof child);
    char what = 0;
    while (::read(orders_.read.get(), &what, 1) == 1) {
      siginfo_t info{};
      if (what == 'f') ::kill(child, code < 0 ? -code : SIGKILL);
      waitid(P_PID, static_cast<id_t>(child), &info, what == 'f' ? WEXITED | WNOWAIT : WEXITED);
      (void)!::write(answers_.write.get(), &what, 1);
    }
    ::kill(child, SIGKILL);
    _exit(0);
  }

  PipeEnds orders_ = make_pipe();
  PipeEnds answers_ = make_pipe();
  pid_t parent_;
  pid_t id_ = 0;
};

TEST_P(Processes, AChildsExitStatusAndUsageComeFromRunOnly) {
  Child child(7);
  const Process process = child.open();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  EXPECT_EQ(request.operation(), Operation::process);
  turns();
  EXPECT_FALSE(request.idle());
  child.become_zombie();
  EXPECT_EQ(done.calls, 0) << "called inline";
  EXPECT_TRUE(is_value(loop().run(), 1)) << "and nothing of its parts is counted";
  EXPECT_TRUE(ended(done, Kind::exited, 7));
  ASSERT_TRUE((*done.result)->usage.has_value());
  EXPECT_GT((*done.result)->usage->ru_maxrss, 0);
  EXPECT_TRUE(child.is_reaped());
}

TEST_P(Processes, OneThatHasEndedIsWaitedForLikeAnyOther) {
  Child child(3);
  const Process process = child.open();
  child.become_zombie();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(ended(done, Kind::exited, 3));
}

TEST_P(Processes, ASignalThatEndsAChildIsToldAndWhetherItLeftACore) {
  const TemporaryDirectory folder;
  const std::string directory = folder.path("");
  for (const char* name : {"TERM", "QUIT"}) {
    const std::string script = std::string("ulimit -c unlimited; kill -") + name + " $$";
    const char* const arguments[] = {"sh", "-c", script.c_str(), nullptr};
    auto twin = spawn({.arguments = arguments, .directory = directory.c_str()});
    ASSERT_TRUE(twin);
    int expected = 0;
    ASSERT_EQ(waitpid(twin->id(), &expected, 0), twin->id());
    ASSERT_TRUE(WIFSIGNALED(expected));
    // Only now: of two that write the same file at once one may fail to.
    auto process = spawn({.arguments = arguments, .directory = directory.c_str()});
    ASSERT_TRUE(process);
    ProcessRequest request(loop());
    ProcessRecorder done;
    ASSERT_TRUE(request.wait(*process, bind(done)));
    ASSERT_TRUE(run_until_called(done));
    EXPECT_TRUE(ended(done, Kind::signaled, WTERMSIG(expected)));
    EXPECT_EQ((*done.result)->core_dumped, WCOREDUMP(expected) != 0);
  }
}

TEST_P(Processes, NoOtherChildIsReaped) {
  Child other(2);
  Child child(1);
  const Process process = child.open();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  other.become_zombie();
  turns();
  EXPECT_EQ(done.calls, 0);
  child.finish();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(ended(done, Kind::exited, 1));
  int status = 0;
  ASSERT_EQ(waitpid(other.id(), &status, WNOHANG), other.id());
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

TEST_P(Processes, AChildThatSomebodyElseReapsKeepsItsStatus) {
  Child child(5);
  const Process process = child.open();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  turns();
  child.finish();
  ASSERT_EQ(waitpid(child.id(), nullptr, 0), child.id());
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(ended(done, Kind::exited, 5));
  EXPECT_FALSE((*done.result)->usage.has_value());
}

TEST_P(Processes, OfOthersAreKnownOnceTheirParentReapedThem) {
  Grandchild grandchild(-SIGTERM);
  auto process = Process::open(grandchild.id());
  ASSERT_TRUE(process);
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(*process, never, bind(done)));
  turns();
  grandchild.finish();
  turns(20);
  EXPECT_EQ(done.calls, 0) << "its parent is waited for";
  grandchild.reap();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(ended(done, Kind::signaled, SIGTERM));
  EXPECT_FALSE((*done.result)->usage.has_value());
  EXPECT_TRUE(process->kill(0).error() == std::errc::no_such_process);

  for (const int calls : {2, 3}) {
    ASSERT_TRUE(request.wait(*process, bind(done)));
    ASSERT_TRUE(run_until_called(done, calls));
    ASSERT_TRUE(*done.result) << done.result->error().message();
    EXPECT_EQ((*done.result)->code, SIGTERM) << "and once more";
  }
}

TEST_P(Processes, OfOthersAreUnknownWhereTheirParentTakesItsTime) {
  Grandchild grandchild(-SIGTERM);
  auto process = Process::open(grandchild.id());
  ASSERT_TRUE(process);
  ProcessRequest request(loop());
  grandchild.finish();
  for (const nanoseconds grace : {nanoseconds{0}, nanoseconds{5ms}}) {
    ProcessRecorder done;
    ASSERT_TRUE(request.wait(*process, grace, bind(done)));
    ASSERT_TRUE(run_until_called(done));
    EXPECT_TRUE(ended(done, Kind::unknown, 0));
    EXPECT_FALSE((*done.result)->usage.has_value());
  }
}

TEST_P(Processes, ThatAreGoneCannotBeOpened) {
  Child child;
  child.finish();
  ASSERT_EQ(waitpid(child.id(), nullptr, 0), child.id());
  auto process = Process::open(child.id());
  ASSERT_FALSE(process);
  EXPECT_TRUE(is_error(process.error(), std::errc::no_such_process));
  EXPECT_STREQ(process.error().operation, "pidfd_open");
}

TEST_P(Processes, AreKilledThroughTheirDescriptorAndNobodyElseIs) {
  Child child;
  const Process process = child.open();
  EXPECT_NE(fcntl(process.fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_TRUE(process.kill(0));
  EXPECT_TRUE(is_error(process.kill(1000).error(), std::errc::invalid_argument));
  EXPECT_TRUE(process.kill(SIGKILL));
  int status = 0;
  ASSERT_EQ(waitpid(child.id(), &status, 0), child.id());
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(is_error(process.kill(SIGKILL).error(), std::errc::no_such_process));
}

TEST_P(Processes, AWaitCanBeCanceledAndTheChildIsStillThere) {
  Child child(4);
  const Process process = child.open();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  turns();
  request.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  ASSERT_TRUE(request.wait(process, bind(done)));
  turns();
  EXPECT_FALSE(request.cancel_sync().has_value());
  {
    ProcessRequest shortlived(loop());
    ASSERT_TRUE(shortlived.wait(process, bind(done)));
    child.become_zombie();
  }
  EXPECT_FALSE(child.is_reaped()) << "a request that goes does not take the status with it";
}

TEST_P(Processes, AWaitForAParentCanBeCanceled) {
  Grandchild grandchild(-SIGTERM);
  auto process = Process::open(grandchild.id());
  ASSERT_TRUE(process);
  grandchild.finish();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(*process, never, bind(done)));
  turns(20);
  request.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  ASSERT_TRUE(request.wait(*process, never, bind(done)));
  turns(20);
  EXPECT_FALSE(request.cancel_sync().has_value());
  EXPECT_TRUE(is_value(loop().run(), 0)) << "nothing of it is left";
  ASSERT_TRUE(request.wait(*process, 5ms, bind(done)));
  ASSERT_TRUE(run_until_called(done, 2));
  EXPECT_TRUE(done.result->has_value()) << "not even its timer";
}

TEST_P(Processes, CancelSyncHandsBackAStatusThatWasReaped) {
  remake_loop({.budget = 1});
  ProcessRequest request(loop());
  ProcessRecorder done;
  std::vector<std::unique_ptr<Child>> children;
  std::optional<Process> process;
  ASSERT_TRUE(make_ready(request, [&] {
    children.push_back(std::make_unique<Child>(6));
    process.emplace(children.back()->open());
    children.back()->become_zombie();
    ASSERT_TRUE(request.wait(*process, bind(done)));
  }));
  const int calls = done.calls;
  auto won = request.cancel_sync();
  ASSERT_TRUE(won.has_value());
  EXPECT_EQ((*won)->code, 6);
  turns();
  EXPECT_EQ(done.calls, calls);
}

TEST_P(Processes, TheDescriptorIsTheCallersAgainInTheCallback) {
  Child child(1);
  Child next(2);
  std::optional<Process> process(child.open());
  ProcessRequest request(loop());
  ProcessRecorder done;
  done.then = [&] {
    if (done.calls == 2) return Action::disarm;
    process.reset();
    process.emplace(next.open());  // On the same number.
    EXPECT_TRUE(request.wait(*process, bind(done)));
    return Action::disarm;
  };
  ASSERT_TRUE(request.wait(*process, bind(done)));
  turns();
  child.finish();
  ASSERT_TRUE(run_until_called(done));
  turns();
  EXPECT_EQ(done.calls, 1);
  next.finish();
  ASSERT_TRUE(run_until_called(done, 2));
  EXPECT_EQ((*done.result)->code, 2);
}

TEST_P(Processes, ARequestThatIsLeftDoesNotTouchWhatHasItsDescriptorsNumberNow) {
  Grandchild grandchild(-SIGTERM);  // Not reaped: its pidfd will have something to tell.
  std::optional<Process> process(std::move(*Process::open(grandchild.id())));
  auto request = std::make_unique<ProcessRequest>(loop());
  ProcessRecorder done;
  PipeEnds pipe = make_pipe();
  std::optional<File> file;
  std::optional<Reader> reader;
  done.then = [&] {
    const int number = process->fd();
    process.reset();
    file.emplace(loop(), File::adopt(Fd{fcntl(pipe.read.get(), F_DUPFD_CLOEXEC, number)}));
    EXPECT_EQ(file->fd(), number);
    reader.emplace(*file, 4);
    reader->read();
    return Action::disarm;
  };
  ASSERT_TRUE(request->wait(*process, nanoseconds{0}, bind(done)));
  turns();
  grandchild.finish();
  ASSERT_TRUE(run_until_called(done));
  turns();
  request.reset();
  feed(pipe.write, "data");
  ASSERT_TRUE(run_until_called(reader->done));
  EXPECT_EQ(reader->text(), "data");
  reader.reset();
  file.reset();
}

TEST_P(Processes, ManyAreWaitedForAtOnce) {
  constexpr std::size_t count = 50;
  std::vector<std::unique_ptr<Child>> children;
  std::vector<Process> processes;
  std::vector<std::unique_ptr<ProcessRequest>> requests;
  std::vector<ProcessRecorder> done(count);
  for (std::size_t each = 0; each < count; ++each) {
    children.push_back(std::make_unique<Child>(static_cast<int>(each)));
    processes.push_back(children.back()->open());
    requests.push_back(std::make_unique<ProcessRequest>(loop()));
    ASSERT_TRUE(requests.back()->wait(processes.back(), bind(done[each])));
  }
  for (std::size_t each = count; each > 0; --each)
    children[each - 1]->finish();
  ASSERT_TRUE(is_value(loop().run(), count));
  for (std::size_t each = 0; each < count; ++each)
    EXPECT_TRUE(ended(done[each], Kind::exited, static_cast<int>(each)));
}

TEST_P(Processes, ARequestOutlivesItsLoop) {
  Child child;
  const Process process = child.open();
  ProcessRequest request(loop());
  ProcessRecorder done;
  ASSERT_TRUE(request.wait(process, bind(done)));
  turns();
  destroy_loop();
  EXPECT_TRUE(request.idle());
  EXPECT_TRUE(is_error(request.wait(process, bind(done)).error(), Errc::no_loop));
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Processes, OfOthersAreWaitedForWithoutAnyPrivilege) {
  Grandchild grandchild(-SIGTERM);
  EXPECT_TRUE(in_child([&] {
    drop_privileges();
    auto own = make_loop();
    ASSERT_TRUE(own);
    auto init = Process::open(1);
    ASSERT_TRUE(init);
    EXPECT_TRUE(is_error(init->kill(0).error(), std::errc::operation_not_permitted));
    auto process = Process::open(grandchild.id());
    ASSERT_TRUE(process);
    ProcessRequest request(*own);
    ProcessRecorder done;
    ASSERT_TRUE(request.wait(*process, never, bind(done)));
    grandchild.finish();
    grandchild.reap();
    ASSERT_TRUE(own->run());
    EXPECT_TRUE(ended(done, Kind::signaled, SIGTERM));
  }));
}

}  // namespace
}  // namespace evt::contract
