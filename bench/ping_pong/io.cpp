/// TCP ping-pong in coroutines of evt. Usage: io [--width=CONNECTIONS] [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/io.hpp>

namespace {

/// One greenthread for each end of a connection.
class Side {
 public:
  Side(int fd, bench::Role role, evt::Loop& loop, evt::BufferPool& pool, bench::Progress& progress)
      : loop_{loop}, pool_{pool}, file_{loop, evt::File::adopt(evt::Fd{fd})}, end_{progress, role} {}

  void start() { answering_.emplace(answer()); }
  void begin() {
    if (end_.begin()) first_.emplace(send());
  }

 private:
  evt::Io<void> answer() {
    for (;;) {
      const evt::Buffer buffer = co_await evt::receive(file_, pool_);
      if (end_.take(buffer.bytes())) bench::End::check_sent(co_await evt::send(file_, end_.message()));
      if (end_.all_done()) loop_.stop();
    }
  }
  evt::Io<void> send() { bench::End::check_sent(co_await evt::send(file_, end_.message())); }

  evt::Loop& loop_;
  evt::BufferPool& pool_;
  evt::File file_;
  bench::End end_;
  std::optional<evt::Greenthread<void>> answering_;
  std::optional<evt::Greenthread<void>> first_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  evt::Loop loop = bench::make_loop(
      arguments, plan.width < bench::many_connections ? evt::Completions::on_wait : evt::Completions::on_any_call);
  arguments.finish();

  bench::Progress progress{.to_start = plan.count};
  evt::Greenthreads greenthreads{loop};
  evt::BufferPool pool{loop, {.count = 1024, .size = 2 * bench::message_bytes}};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, loop, pool, progress);
  for (auto& side : sides)
    side.start();
  bench::run_once(loop);
  bench::run_once(loop);

  const std::uint64_t entries = loop.statistics().kernel_entries;
  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  bench::run_to_end(loop);
  meter.stop();
  plan.report(evt::name_of(loop.backend()), meter, progress, loop.statistics().kernel_entries - entries);
}
