/// spawn(): what a new program finds, and what its failures say. Needs no loop, and so no backend.
#include "contract/child.hpp"
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace evt::contract {
namespace {

using Arguments = std::vector<const char*>;

/// What a program writes to its standard output, and how it ended.
struct Outcome {
  std::string output;
  pid_t id = 0;
  int status = 0;
};

Outcome run(SpawnOptions options, Arguments arguments, std::vector<FileAction> files = {}) {
  PipeEnds pipe = make_pipe();
  arguments.push_back(nullptr);
  options.arguments = arguments.data();
  files.insert(files.begin(), {.target = 1, .source = pipe.write.get()});
  options.files = files;
  auto process = spawn(options);
  Outcome outcome;
  if (!process) {
    ADD_FAILURE() << process.error().message();
    return outcome;
  }
  EXPECT_NE(fcntl(process->fd(), F_GETFD) & FD_CLOEXEC, 0);
  outcome.id = process->id();
  pipe.write.reset();
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = ::read(pipe.read.get(), buffer.data(), buffer.size())) > 0;)
    outcome.output.append(buffer.data(), static_cast<std::size_t>(size));
  EXPECT_EQ(waitpid(outcome.id, &outcome.status, 0), outcome.id);
  return outcome;
}

/// What spawn() fails with; no child may be left.
Error failure_of(SpawnOptions options, Arguments arguments, std::vector<FileAction> files = {}) {
  arguments.push_back(nullptr);
  options.arguments = arguments.data();
  options.files = files;
  auto process = spawn(options);
  EXPECT_LT(waitpid(-1, nullptr, WNOHANG), 0) << "a child is left";
  EXPECT_EQ(errno, ECHILD);
  if (!process) return process.error();
  ADD_FAILURE() << "it was started";
  return {};
}

testing::AssertionResult is_failure(const Error& error, std::string_view operation, int number) {
  if (error.operation == operation && error.system_errno() == number) return testing::AssertionSuccess();
  return testing::AssertionFailure() << error.message();
}

void make_program(const std::string& path, std::string_view text, mode_t mode) {
  const Fd file{open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
  feed(file, text);
  ASSERT_EQ(fchmod(file.get(), mode), 0);
}

/// PATH is something else for a while.
class Path {
 public:
  explicit Path(const std::string& path) : before_(std::getenv("PATH")) { setenv("PATH", path.c_str(), 1); }
  ~Path() { setenv("PATH", before_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string before_;
};

TEST(Spawn, RunsAProgramOfThePathWithItsArgumentsAndEnvironment) {
  const char* const environment[] = {"GREETING=hello", nullptr};
  const Outcome outcome =
      run({.environment = environment}, {"sh", "-c", "echo \"$GREETING $0 $1\"; exit 7", "a", "b c"});
  EXPECT_EQ(outcome.output, "hello a b c\n");
  ASSERT_TRUE(WIFEXITED(outcome.status));
  EXPECT_EQ(WEXITSTATUS(outcome.status), 7);
}

TEST(Spawn, ExecutesAProgramByAnotherName) {
  EXPECT_EQ(run({.program = "/bin/sh"}, {"other", "-c", "echo $0"}).output, "other\n");
}

TEST(Spawn, StartsInTheDirectoryGiven) {
  const TemporaryDirectory folder;
  make_program(folder.path("here"), "#!/bin/sh\npwd -P\n", 0700);
  const std::string path = folder.path("");
  const Outcome outcome = run({.directory = path.c_str()}, {"./here"});
  EXPECT_EQ(outcome.output + '/', path.substr(0, path.size() - 1) + "\n/");
}

TEST(Spawn, AFailedExecutionIsItsErrnoAndLeavesNoChild) {
  const Path path("/bin:/usr/bin");  // There may be places in it that we may not look into.
  const TemporaryDirectory folder;
  make_program(folder.path("garbage"), "neither a script nor a program\n", 0700);
  make_program(folder.path("plain"), "#!/bin/sh\n", 0600);
  make_program(folder.path("orphan"), "#!/no/such/interpreter\n", 0700);
  const auto of = [&](const char* name) { return failure_of({}, {folder.path(name).c_str()}); };
  EXPECT_TRUE(is_failure(of("missing"), "execve", ENOENT));
  EXPECT_TRUE(is_failure(of("garbage"), "execve", ENOEXEC));
  EXPECT_TRUE(is_failure(of("plain"), "execve", EACCES));
  EXPECT_TRUE(is_failure(of("orphan"), "execve", ENOENT));
  EXPECT_TRUE(is_failure(failure_of({}, {"no-such-program-anywhere"}), "execve", ENOENT));
  EXPECT_TRUE(is_failure(failure_of({}, {""}), "execve", ENOENT));
  const std::string huge(1 << 20, 'x');
  EXPECT_TRUE(is_failure(failure_of({}, {"true", huge.c_str()}), "execve", E2BIG));
  EXPECT_TRUE(is_failure(failure_of({}, {}), "spawn", EINVAL));
}

TEST(Spawn, AnyOtherStepThatFailsIsNamed) {
  EXPECT_TRUE(is_failure(failure_of({.directory = "/no/such/place"}, {"true"}), "chdir", ENOENT));
  EXPECT_TRUE(is_failure(failure_of({}, {"true"}, {{.target = 0, .path = "/no/such/file"}}), "open", ENOENT));
  EXPECT_TRUE(is_failure(failure_of({}, {"true"}, {{.target = 0, .source = 9999}}), "dup", EBADF));
  EXPECT_TRUE(is_failure(failure_of({}, {"true"}, {{.target = 9999}}), "close", EBADF));
}

TEST(Spawn, SearchesThePathAsAShellDoes) {
  const TemporaryDirectory first;
  const TemporaryDirectory second;
  make_program(first.path("tool"), "#!/bin/sh\necho first\n", 0600);
  make_program(second.path("tool"), "#!/bin/sh\necho second\n", 0700);
  const std::string first_only = first.path("");
  const std::string both = first_only + ":/no/such/place:" + second.path("");
  {
    const Path path(both);
    EXPECT_EQ(run({}, {"tool"}).output, "second\n") << "what may not be executed is passed over";
    EXPECT_TRUE(is_failure(failure_of({}, {"missing"}), "execve", ENOENT));
  }
  {
    const Path path(first_only + ":/no/such/place");
    EXPECT_TRUE(is_failure(failure_of({}, {"tool"}), "execve", EACCES)) << "and remembered";
  }
  {
    const Path path(std::string(5000, 'x') + ":" + second.path(""));
    EXPECT_EQ(run({}, {"tool"}).output, "second\n") << "an entry that is too long is none";
  }
  const Path path(":/no/such/place");
  const std::string here = second.path("");
  EXPECT_EQ(run({.directory = here.c_str()}, {"tool"}).output, "second\n") << "an empty entry is where it starts";
}

TEST(Spawn, FileActionsHappenInTheirOrder) {
  const TemporaryDirectory folder;
  const std::string path = folder.path("file");
  const Outcome outcome = run({}, {"sh", "-c", "echo out; echo err >&2; echo three >&3; cat <&4; echo closed? >&5"},
                              {{.target = 2, .source = 1},
                               {.target = 3, .path = path.c_str(), .flags = O_CREAT | O_RDWR | O_TRUNC},
                               {.target = 4, .path = path.c_str()},
                               {.target = 5, .source = 1},
                               {.target = 5}});
  EXPECT_EQ(outcome.output.substr(0, 14), "out\nerr\nthree\n");
  EXPECT_NE(outcome.output.find('5'), std::string::npos) << "the shell's complaint about what is closed";
}

TEST(Spawn, ADescriptorIsKeptOpenByNamingItAsItsOwnTarget) {
  PipeEnds kept = make_pipe();
  PipeEnds other = make_pipe();
  feed(kept.write, "kept");
  const std::string list = "ls -l /proc/$$/fd; head -c4 <&" + std::to_string(kept.read.get());
  const std::string output =
      run({}, {"sh", "-c", list.c_str()}, {{.target = kept.read.get(), .source = kept.read.get()}}).output;
  EXPECT_NE(output.find(" " + std::to_string(kept.read.get()) + " -> "), std::string::npos) << output;
  EXPECT_EQ(output.find(" " + std::to_string(other.read.get()) + " -> "), std::string::npos) << output;
  EXPECT_NE(output.find("kept"), std::string::npos);
}

void do_nothing(int) {}

TEST(Spawn, AllSignalsAreResetAndNoneIsBlockedInTheChildOnly) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  struct sigaction ignored{};
  struct sigaction handled{};
  struct sigaction kept[2];
  ignored.sa_handler = SIG_IGN;
  handled.sa_handler = do_nothing;
  sigaction(SIGINT, &ignored, &kept[0]);
  sigaction(SIGUSR1, &handled, &kept[1]);
  const std::string status = run({}, {"cat", "/proc/self/status"}).output;
  for (const char* name : {"SigBlk", "SigIgn", "SigCgt"})
    EXPECT_NE(status.find(std::string(name) + ":\t0000000000000000"), std::string::npos) << status;
  struct sigaction now{};
  sigaction(SIGINT, &kept[0], &now);
  EXPECT_EQ(now.sa_handler, SIG_IGN);
  sigaction(SIGUSR1, &kept[1], &now);
  EXPECT_EQ(now.sa_handler, &do_nothing);
  pthread_sigmask(SIG_SETMASK, &before, &set);
  EXPECT_EQ(sigismember(&set, SIGTERM), 1);
  EXPECT_EQ(sigismember(&set, SIGUSR2), 0);
}

TEST(Spawn, AChildLeadsAGroupOrASessionWhereAskedTo) {
  const auto groups = [](ProcessGroup group) {
    const Outcome outcome = run({.group = group}, {"cat", "/proc/self/stat"});
    std::istringstream fields(outcome.output.substr(outcome.output.rfind(')') + 1));
    std::string state;
    pid_t parent = 0;
    pid_t own = 0;
    pid_t session = 0;
    fields >> state >> parent >> own >> session;
    EXPECT_EQ(parent, getpid());
    return std::array{own == outcome.id, session == outcome.id};
  };
  EXPECT_EQ(groups(ProcessGroup::inherit), (std::array{false, false}));
  EXPECT_EQ(groups(ProcessGroup::own_group), (std::array{true, false}));
  EXPECT_EQ(groups(ProcessGroup::own_session), (std::array{true, true}));
}

TEST(Spawn, ManyThreadsMaySpawnAtOnce) {
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < 5; ++round) {
          const std::string code = std::to_string(10 * thread + round);
          const Outcome outcome = run({}, {"sh", "-c", "exit $0", code.c_str()});
          if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 10 * thread + round) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 20);
}

EVT_CONTRACT_SUITE(Spawned);

TEST_P(Spawned, AProgramIsWaitedForAndKilled) {
  const char* const arguments[] = {"sleep", "60", nullptr};
  auto process = spawn({.arguments = arguments, .group = ProcessGroup::own_group});
  ASSERT_TRUE(process);
  ProcessRequest request(loop());
  Recorder<ProcessStatus> done;
  ASSERT_TRUE(request.wait(*process, bind(done)));
  turns();
  EXPECT_EQ(done.calls, 0);
  EXPECT_TRUE(process->kill(SIGTERM));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_EQ((*done.result)->kind, ProcessStatus::Kind::signaled);
  EXPECT_EQ((*done.result)->code, SIGTERM);
}

/// Handlers of ours are not run by a child that still has our memory.
TEST_P(Spawned, SignalsOfItsGroupDoNotReachOurHandlersFromTheChild) {
  SignalRequest request(loop());
  std::uint32_t seen = 0;
  auto on_signal = [&](Result<SignalInfo> info) {
    seen += info->count;
    return Action::rearm;
  };
  ASSERT_TRUE(request.wait(SIGUSR1, bind(on_signal)));
  for (int round = 0; round < 10; ++round) {
    const char* const arguments[] = {"sh", "-c", "kill -USR1 $$", nullptr};
    auto process = spawn({.arguments = arguments});
    ASSERT_TRUE(process);
    int status = 0;
    ASSERT_EQ(waitpid(process->id(), &status, 0), process->id());
    EXPECT_TRUE(WIFSIGNALED(status)) << "its disposition is the default";
  }
  turns();
  EXPECT_EQ(seen, 0U);
}

}  // namespace
}  // namespace evt::contract
