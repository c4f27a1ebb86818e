/// A round of work for a loop whose system calls fail: `faults_work BACKEND SCENARIO`. It says what it saw on one line.
/// Exit: 0 all was done and is right, 3 an error was reported, 4 something was lost or wrong. A hang dies of SIGALRM.
#include <evt/evt.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
constexpr int reported = 3;
constexpr int wrong = 4;

[[noreturn]] void leave(int status, const std::string& why) {
  std::printf("%s\n", why.c_str());
  std::fflush(stdout);
  std::_Exit(status);
}

void report(const evt::Error& error) {
  leave(reported, "reported " + error.message());
}

template <class T>
T& value_of(evt::Result<T>& result) {
  if (!result) report(result.error());
  return *result;
}

void require(bool condition, const char* what) {
  if (!condition) leave(wrong, std::string("wrong: ") + what);
}

std::array<evt::Fd, 2> make_pipe() {
  std::array<int, 2> ends{};
  require(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
  return {evt::Fd{ends[0]}, evt::Fd{ends[1]}};
}

std::array<evt::Fd, 2> make_sockets() {
  std::array<int, 2> ends{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "socketpair");
  return {evt::Fd{ends[0]}, evt::Fd{ends[1]}};
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t index = 0; index < size; ++index)
    text[index] = static_cast<char>(index * 2654435761U >> 13U);
  return text;
}

/// Moves `size` bytes from one descriptor to another, and compares.
void transfer(evt::Loop& loop, std::array<evt::Fd, 2> ends, std::size_t size) {
  evt::File source(loop, evt::File::adopt(std::move(ends[0])));
  evt::File target(loop, evt::File::adopt(std::move(ends[1])));
  evt::IoRequest in(source);
  evt::IoRequest out(target);
  const std::string sent = pattern(size);
  std::string got(size, '\0');
  int calls = 0;
  auto done = [&](evt::Result<std::size_t> moved) {
    require(value_of(moved) == size, "bytes moved");
    ++calls;
  };
  in.read_exact(std::as_writable_bytes(std::span(got)), evt::bind(done));
  out.write(std::as_bytes(std::span(sent)), evt::bind(done));
  auto ran = loop.run();
  require(value_of(ran) == 2 && calls == 2, "callbacks");
  require(got == sent, "content");
}

void pipes(evt::Loop& loop) {
  transfer(loop, make_pipe(), 300'000);
}

void sockets(evt::Loop& loop) {
  auto ends = make_sockets();
  transfer(loop, std::move(ends), 300'000);
}

/// Small messages, each waited for: what is slept through here never comes.
void ping(evt::Loop& loop) {
  constexpr int rounds = 200;
  auto ends = make_sockets();
  evt::File near(loop, evt::File::adopt(std::move(ends[0])));
  evt::File far(loop, evt::File::adopt(std::move(ends[1])));
  evt::IoRequest write(near);
  evt::IoRequest read(near);
  evt::IoRequest echo_read(far);
  evt::IoRequest echo_write(far);
  std::array<std::byte, 1> letter{};
  std::array<std::byte, 1> answer{};
  std::array<std::byte, 1> echoed{};
  int round = 0;
  auto sent = [](evt::Result<std::size_t> moved) { value_of(moved); };
  auto heard = [&](evt::Result<std::size_t> moved) {
    value_of(moved);
    echo_write.write(echoed, evt::bind(sent));
    if (round + 1 == rounds) return evt::Action::disarm;
    return evt::Action::rearm;
  };
  auto answered = [&](evt::Result<std::size_t> moved) {
    value_of(moved);
    require(answer[0] == std::byte(round), "the answer");
    if (++round == rounds) return evt::Action::disarm;
    letter[0] = std::byte(round);
    write.write(letter, evt::bind(sent));
    return evt::Action::rearm;
  };
  echo_read.read(echoed, evt::bind(heard));
  read.read(answer, evt::bind(answered));
  write.write(letter, evt::bind(sent));
  auto ran = loop.run();
  value_of(ran);
  require(round == rounds, "rounds");
}

void files(evt::Loop& loop) {
  constexpr std::size_t size = 200'000;
  evt::File file(loop, evt::File::adopt(evt::Fd{::memfd_create("faults", MFD_CLOEXEC)}), evt::Ordering::unordered);
  evt::IoRequest request(file);
  evt::OpenRequest opener(loop);
  const std::string sent = pattern(size);
  std::string got(size, '\0');
  auto done = [&](evt::Result<std::size_t> moved) { value_of(moved); };
  auto opened = [&](evt::Result<evt::Fd> fd) { require(value_of(fd).get() >= 0, "open"); };
  auto run = [&] {
    auto ran = loop.run();
    require(value_of(ran) == 1, "callbacks");
  };
  request.pwrite(std::as_bytes(std::span(sent)), 0, evt::bind(done));
  run();
  request.fsync(evt::bind(done));
  run();
  request.pread(std::as_writable_bytes(std::span(got)), 0, evt::bind(done));
  run();
  require(request.transferred() == size && got == sent, "content");
  opener.open("/dev/null", {}, evt::bind(opened));
  run();
}

void timers(evt::Loop& loop) {
  constexpr std::array clocks{evt::Clock::monotonic, evt::Clock::boottime, evt::Clock::realtime};
  int fired = 0;
  for (const evt::Clock clock : clocks) {
    for (const evt::nanoseconds delay : {evt::nanoseconds{0}, evt::nanoseconds{300us}, evt::nanoseconds{20ms}}) {
      evt::Timer timer(loop, clock);
      auto done = [&](evt::Result<std::uint64_t> expirations) { fired += static_cast<int>(value_of(expirations)); };
      const evt::nanoseconds deadline = evt::read_clock(clock) + delay;
      timer.at(deadline, evt::bind(done));
      auto ran = loop.run();
      require(value_of(ran) == 1, "callbacks");
      require(evt::read_clock(clock) >= deadline, "a timer was early");
    }
  }
  require(fired == 9, "timers");
}

/// Posts and wakes from another thread, one at a time, so that each has a loop that sleeps to wake.
void threads(evt::Loop& loop) {
  constexpr int rounds = 50;
  evt::Wake wake(loop);
  wake.ref();
  std::atomic<int> asked{0};
  int woken = 0;
  int posted = 0;
  auto task = [&] { asked.store(++posted + woken, std::memory_order_release); };
  auto on_wake = [&](evt::Result<void> result) {
    if (!result) report(result.error());
    asked.store(posted + ++woken, std::memory_order_release);
    return woken == rounds ? evt::Action::disarm : evt::Action::rearm;
  };
  std::jthread other([&] {
    for (int step = 0; step < 2 * rounds; ++step) {
      if (step % 2 == 0) {
        require(loop.post(evt::bind(task)).has_value(), "post");
      } else {
        wake.notify();
      }
      while (asked.load(std::memory_order_acquire) <= step)
        std::this_thread::yield();
    }
  });
  wake.wait(evt::bind(on_wake));
  auto ran = loop.run();
  value_of(ran);
  other.join();
  require(woken == rounds && posted == rounds, "wakes and posts");
}

/// More operations than both queues of a ring of one entry can hold, all ready at once.
void crowd(evt::Loop& loop) {
  constexpr std::size_t count = 400;
  auto ends = make_pipe();
  evt::File file(loop, evt::File::adopt(std::move(ends[0])), evt::Ordering::unordered);
  std::vector<std::unique_ptr<evt::IoRequest>> requests;
  std::string got(count, '\0');
  std::size_t calls = 0;
  auto done = [&](evt::Result<std::size_t> moved) { calls += value_of(moved); };
  for (std::size_t index = 0; index < count; ++index) {
    requests.push_back(std::make_unique<evt::IoRequest>(file));
    requests.back()->read(std::as_writable_bytes(std::span(got)).subspan(index, 1), evt::bind(done));
  }
  for (int turn = 0; turn < 20; ++turn) {
    auto ran = loop.run(evt::RunMode::no_wait);
    value_of(ran);
  }
  std::string sent = pattern(count);
  require(::write(ends[1].get(), sent.data(), count) == static_cast<ssize_t>(count), "write");
  auto ran = loop.run();
  value_of(ran);
  require(calls == count, "reads");
  std::ranges::sort(sent);
  std::ranges::sort(got);
  require(got == sent, "content");
}

/// Connections one after the other; an accept that fails is tried again, a hundred times in all.
void accepts(evt::Loop& loop) {
  constexpr int connections = 20;
  constexpr int patience = 100;
  evt::Fd listening{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const evt::Address any = evt::Address::loopback_ipv4(0);
  require(::bind(listening.get(), any.data(), any.size()) == 0 && ::listen(listening.get(), 128) == 0, "listen");
  auto address = evt::local_address(listening.get());
  evt::File listener(loop, evt::File::adopt(std::move(listening)));
  evt::AcceptRequest acceptor(listener);
  int failures = 0;
  int accepted = 0;
  std::vector<evt::Fd> servers;
  auto on_accept = [&](evt::Result<evt::Fd> connection) {
    if (connection) {
      servers.push_back(std::move(*connection));
      ++accepted;
    } else if (++failures == patience) {
      report(connection.error());
    }
    return accepted < connections ? evt::Action::rearm : evt::Action::disarm;
  };
  acceptor.accept(evt::bind(on_accept));
  for (int each = 0; each < connections; ++each) {
    evt::File client(loop, evt::File::adopt(evt::Fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}));
    evt::IoRequest connect(client);
    bool connected = false;
    auto on_connect = [&](evt::Result<std::size_t> result) {
      value_of(result);
      connected = true;
    };
    connect.connect(value_of(address), evt::bind(on_connect));
    while (!connected || accepted <= each) {
      auto ran = loop.run(evt::RunMode::once);
      value_of(ran);
    }
  }
  require(servers.size() == connections, "connections");
}

struct Scenario {
  std::string_view name;
  void (*run)(evt::Loop& loop);
  unsigned entries = 256;
};
constexpr Scenario scenarios[] = {
    {"pipes", pipes},   {"sockets", sockets}, {"ping", ping},      {"files", files},
    {"timers", timers}, {"threads", threads}, {"crowd", crowd, 1}, {"accepts", accepts},
};

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  ::alarm(20);
  evt::LoopOptions options;
  for (const evt::Backend backend : {evt::Backend::io_uring, evt::Backend::epoll}) {
    if (std::string_view(words[1]) == evt::name_of(backend)) options.backend = backend;
  }
  for (const Scenario& scenario : scenarios) {
    if (scenario.name != words[2]) continue;
    options.entries = scenario.entries;
    auto loop = evt::Loop::create(options);
    if (!loop) report(loop.error());
    scenario.run(*loop);
    const evt::Statistics statistics = loop->statistics();
    std::printf("done turns=%llu kernel_entries=%llu %s\n", static_cast<unsigned long long>(statistics.turns),
                static_cast<unsigned long long>(statistics.kernel_entries),
                std::string(loop->backend_reason()).c_str());
    return 0;
  }
  return 2;
}
