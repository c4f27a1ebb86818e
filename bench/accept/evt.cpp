/// Connections on evt. Usage: evt [--width=LANES] [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/socket_request.hpp>

namespace {

class Lane {
 public:
  Lane(bench::Connecting& plan, evt::Loop& loop, const evt::Address& server, bench::Lanes<Lane>& lanes)
      : plan_{plan}, server_{server}, lanes_{lanes}, file_{loop} {}

  void connect() {
    file_.assign(evt::File::adopt(evt::Fd{bench::client_socket(bench::Mode::nonblocking)}));
    if (!connect_.connect(server_, evt::bind<&Lane::on_connected>(*this))) bench::fail("connect", "was refused");
  }

 private:
  void on_connected(const evt::Result<std::size_t>& result) {
    plan_.connected(result ? 0 : result.error().code.value());
    if (!connect_.close(evt::bind<&Lane::on_closed>(*this))) bench::fail("close", "was refused");
  }

  void on_closed() { lanes_.give_back(*this); }

  bench::Connecting& plan_;
  const evt::Address& server_;
  bench::Lanes<Lane>& lanes_;
  evt::File file_;
  evt::IoRequest connect_{file_};
};

class Acceptor {
 public:
  Acceptor(bench::Connecting& plan, evt::Loop& loop, bench::Lanes<Lane>& lanes)
      : plan_{plan}, lanes_{lanes}, file_{loop, evt::File::borrow(plan.listening())} {}

  void accept() {
    if (!accept_.accept(evt::bind<&Acceptor::on_accepted>(*this))) bench::fail("accept", "was refused");
  }

 private:
  evt::Action on_accepted(evt::AcceptRequest& /*accept*/, evt::Result<evt::Fd> accepted) {
    if (!accepted) bench::fail("accept", accepted.error().message().c_str());
    accepted->reset();
    plan_.accepted();
    lanes_.start_idle();
    return plan_.all_accepted() ? evt::Action::disarm : evt::Action::rearm;
  }

  bench::Connecting& plan_;
  bench::Lanes<Lane>& lanes_;
  evt::File file_;
  evt::AcceptRequest accept_{file_};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  const auto server = evt::Address::loopback_ipv4(ntohs(plan.server().sin_port));
  bench::Lanes<Lane> lanes{plan, loop, server};
  Acceptor acceptor{plan, loop, lanes};

  bench::Meter meter;
  acceptor.accept();
  lanes.start_idle();
  bench::run_to_end(loop);
  meter.stop();
  plan.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
