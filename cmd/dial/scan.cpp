/// One port after the other, as nc has it.
#include "dial/scan.hpp"

#include "applet.hpp"
#include "await.hpp"
#include "dial/connector.hpp"
#include "output.hpp"
#include "report.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/timer.hpp>

#include <array>
#include <span>
#include <vector>

namespace evtool::dial {
namespace {

/// How long a datagram's refusal may take.
constexpr Duration patience = std::chrono::seconds{1};

/// Whether nobody refuses a datagram: that is all that can be known.
bool takes_datagrams(evt::Loop& loop, int fd, Duration patient) {
  evt::File file(loop, evt::File::borrow(fd));
  evt::IoRequest request(file);
  Await<std::size_t> wait(loop);
  constexpr std::array<std::byte, 1> probe{std::byte{'X'}};
  if (!wait.on(request.send(std::span(probe), wait.done(), MSG_NOSIGNAL))) return false;
  bool late = false;
  auto give_up = [&] {
    late = true;
    request.cancel();
  };
  evt::Timer timer(loop);
  timer.unref();
  timer.after(patient, evt::bind(give_up));
  std::array<std::byte, 1> answer{};
  const auto received = wait.on(request.recv(std::span(answer), wait.done()));
  return received.has_value() || late;
}

class Scan {
 public:
  Scan(Context& context, const Settings& settings, const Plan& plan, evt::Loop& loop)
      : context_(context), settings_(settings), plan_(plan), loop_(loop), connector_(context, settings, loop) {
    if (const auto* host = std::get_if<evt::DialHost>(&plan.target)) first_ = host->port;
    last_ = plan.last_port != 0 ? plan.last_port : first_;
  }

  Exit run() {
    for (unsigned port = first_; port <= last_ && !over_; ++port)
      try_port(static_cast<std::uint16_t>(port));
    if (!report()) return Exit::failed;
    return found_.empty() || exit_ == Exit::failed ? exit_ : Exit::done;
  }

 private:
  struct Found {
    std::uint16_t port;
    evt::Address peer;
  };

  bool several() const { return first_ != last_; }
  /// Of many ports, those that are closed are no news.
  bool quietly() const { return several() && !context_.common.verbose; }

  void try_port(std::uint16_t port) {
    const auto dialed = connector_.connect(plan_for(port), quietly());
    if (!dialed) return failed(dialed.error());
    const Duration patient = settings_.idle_timeout.value_or(patience);
    if (plan_.options.type == SOCK_DGRAM && !takes_datagrams(loop_, dialed->socket.get(), patient)) {
      if (!quietly()) context_.error("{}: Connection refused", dialed->peer.to_string());
      return;
    }
    found(port, dialed->peer);
  }

  /// A name that is not found will not be for the next port either.
  void failed(Exit exit) {
    exit_ = exit;
    if (exit != exit_code(6)) return;
    over_ = true;
    if (quietly()) context_.error("{}: not found", plan_.shown);
  }

  void found(std::uint16_t port, const evt::Address& peer) {
    found_.push_back({port, peer});
    if (settings_.announce) context_.complain("connected to " + peer.to_string());
    const bool prints = several() && context_.json_fd() < 0 && !context_.common.quiet;
    if (!prints || print(context_.applet.name, peer.to_string() + "\n")) return;
    exit_ = Exit::failed;
    over_ = true;
  }

  bool report() const {
    if (context_.json_fd() < 0) return true;
    Report report(context_);
    Json& json = report.result();
    json.begin_object().member("target", plan_.shown).key("open").begin_array();
    for (const Found& one : found_) {
      json.begin_object().key("port").number(std::uint64_t{one.port});
      json.member("peer", one.peer.to_string()).end_object();
    }
    json.end_array().end_object();
    return report.close();
  }

  /// The plan for one port of the range.
  Plan plan_for(std::uint16_t port) const {
    Plan one = plan_;
    auto* host = std::get_if<evt::DialHost>(&one.target);
    if (host == nullptr || !several()) return one;
    host->port = port;
    one.shown = host->name + " port " + std::to_string(port);
    return one;
  }

  Context& context_;
  const Settings& settings_;
  const Plan& plan_;
  evt::Loop& loop_;
  Connector connector_;
  unsigned first_ = 0;
  unsigned last_ = 0;
  std::vector<Found> found_;
  Exit exit_ = exit_code(7);
  bool over_ = false;
};

}  // namespace

Exit scan(Context& context, const Settings& settings, const Plan& plan, evt::Loop& loop) {
  return Scan(context, settings, plan, loop).run();
}

}  // namespace evtool::dial
