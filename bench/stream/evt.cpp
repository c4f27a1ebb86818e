/// A TCP stream on evt. Usage: evt [--count=CHUNKS] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

namespace {

class Transfer {
 public:
  Transfer(evt::Loop& loop, bench::Stream& stream, const bench::Connection& connection)
      : stream_{stream},
        writer_{loop, evt::File::adopt(evt::Fd{connection.client})},
        reader_{loop, evt::File::adopt(evt::Fd{connection.server})} {}

  void write() {
    const auto bytes = stream_.to_write();
    if (bytes.empty()) return;
    if (!write_.send(bytes, evt::bind<&Transfer::on_written>(*this))) bench::fail("send", "was refused");
  }
  void read() {
    if (!read_.recv(stream_.room(), evt::bind<&Transfer::on_read>(*this))) bench::fail("recv", "was refused");
  }

 private:
  void on_written(const evt::Result<std::size_t>& count) {
    if (!count) bench::fail("send", count.error().message().c_str());
    stream_.wrote(*count);
    write();
  }

  evt::Action on_read(evt::IoRequest& /*read*/, const evt::Result<std::size_t>& count) {
    if (!count) bench::fail("recv", count.error().message().c_str());
    return stream_.read(*count) ? evt::Action::disarm : evt::Action::rearm;
  }

  bench::Stream& stream_;
  evt::File writer_;
  evt::File reader_;
  evt::IoRequest write_{writer_};
  evt::IoRequest read_{reader_};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Transfer transfer{loop, stream, bench::connections(1, bench::Mode::nonblocking).front()};

  bench::Meter meter;
  transfer.write();
  transfer.read();
  bench::run_to_end(loop);
  meter.stop();
  stream.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
