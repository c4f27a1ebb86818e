/// TCP ping-pong on evt. Usage: evt [--width=CONNECTIONS] [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/buffer_pool.hpp>
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/receive_request.hpp>

namespace {

class Side {
 public:
  Side(int fd, bench::Role role, evt::Loop& loop, evt::BufferPool& pool, bench::Progress& progress)
      : loop_{loop}, pool_{pool}, file_{loop, evt::File::adopt(evt::Fd{fd})}, end_{progress, role} {}

  void receive() {
    if (!receive_.receive(pool_, evt::bind<&Side::on_received>(*this))) bench::fail("recv", "was refused");
  }
  void begin() {
    if (end_.begin()) send();
  }

 private:
  void send() {
    if (!send_.send(end_.message(), evt::bind<&Side::on_sent>(*this))) bench::fail("send", "was refused");
  }

  static void check(const evt::Result<std::size_t>& count, const char* operation) {
    if (!count) bench::fail(operation, count.error().message().c_str());
  }

  void on_sent(const evt::Result<std::size_t>& count) {
    check(count, "send");
    bench::End::check_sent(*count);
  }

  evt::Action on_received(evt::ReceiveRequest& /*receive*/, evt::Result<evt::Buffer> buffer) {
    if (!buffer) bench::fail("receive", buffer.error().message().c_str());
    if (end_.take(buffer->bytes())) send();
    if (end_.all_done()) loop_.stop();
    return evt::Action::rearm;
  }

  evt::Loop& loop_;
  evt::BufferPool& pool_;
  evt::File file_;
  evt::ReceiveRequest receive_{file_};
  evt::IoRequest send_{file_};
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  evt::Loop loop = bench::make_loop(
      arguments, plan.width < bench::many_connections ? evt::Completions::on_wait : evt::Completions::on_any_call);
  arguments.finish();

  bench::Progress progress{.to_start = plan.count};
  // Room for two messages: a short count then says that all was read.
  evt::BufferPool pool{loop, {.count = 1024, .size = 2 * bench::message_bytes}};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, loop, pool, progress);
  for (auto& side : sides)
    side.receive();
  bench::run_once(loop);

  const std::uint64_t entries = loop.statistics().kernel_entries;
  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  bench::run_to_end(loop);
  meter.stop();
  plan.report(evt::name_of(loop.backend()), meter, progress, loop.statistics().kernel_entries - entries);
}
