/// dial: connects, and knows why not. Here are its table, and the order of a run.
#include "applet.hpp"
#include "dial/connector.hpp"
#include "dial/explain.hpp"
#include "dial/listener.hpp"
#include "dial/plan.hpp"
#include "dial/relay.hpp"
#include "dial/scan.hpp"
#include "dial/settings.hpp"
#include "output.hpp"
#include "report.hpp"
#include "signals.hpp"
#include <evt/wake.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <functional>

namespace evtool {
namespace {

using dial::Plan;
using dial::Relay;
using dial::Settings;

constexpr auto options = std::to_array<Option>({
    option<&Settings::timeout>(
        {.letter = 't', .name = "timeout", .value = "DURATION", .help = "for connecting, names and proxies too (30s)"}),
    option<&Settings::attempt_timeout>(
        {.name = "attempt-timeout", .value = "DURATION", .help = "for each address by itself"}),
    option<&Settings::idle_timeout>(
        {.letter = 'w', .name = "idle-timeout", .value = "DURATION", .help = "end when nothing moves for DURATION"}),
    option<&Settings::only_connect>(
        {.letter = 'z', .name = "scan", .help = "only connect; PORT may be a range: 20-30"}),
    option<&Settings::wait>({.name = "wait", .value = "DURATION", .help = "try again for DURATION until it is up"}),
    option<&Settings::every>({.name = "every", .value = "DURATION", .help = "--wait: begin a try every DURATION (1s)"}),
    option<&Settings::trace_dial>({.name = "trace-dial", .help = "show each lookup and attempt on standard error"}),
    option<&Settings::ipv4>({.letter = '4', .name = "ipv4", .help = "IPv4 only"}),
    option<&Settings::ipv6>({.letter = '6', .name = "ipv6", .help = "IPv6 only"}),
    option<&Settings::bind>({.name = "bind", .value = "ADDRESS", .help = "come from ADDRESS, ADDRESS:PORT or :PORT"}),
    option<&Settings::nodelay>({.name = "nodelay", .help = "TCP_NODELAY"}),
    option<&Settings::keepalive>({.name = "keepalive", .help = "ask a silent peer now and then whether it is there"}),
    option<&Settings::fast_open>({.name = "fast-open", .help = "send with the first packet, to servers that were met"}),
    option<&Settings::udp>({.letter = 'u', .name = "udp", .help = "datagrams"}),
    option<&Settings::local>(
        {.letter = 'U', .name = "unix", .help = "the operand is the path of a unix socket, or @NAME"}),
    option<&Settings::listen>({.letter = 'l', .name = "listen", .help = "wait for one connection instead"}),
    option<&Settings::print_addr>({.name = "print-addr", .help = "-l: say where, which port 0 leaves open"}),
    option<&Settings::announce>({.letter = 'v', .help = "say when it is connected"}),
    option<&Settings::tls>({.name = "tls", .help = "TLS: not supported yet"}),
    option<&Settings::proxy>(
        {.name = "proxy", .value = "URL", .help = "over socks5://HOST[:PORT] or http://HOST[:PORT]"}),
});

/// Faults that only the options together have.
std::optional<Exit> refuse(const Context& context, const Settings& settings) {
  if (settings.ipv4 && settings.ipv6) return context.usage("options -4 and -6 exclude each other");
  if (settings.udp && settings.local) return context.usage("options -u and -U exclude each other");
  if (settings.listen && settings.only_connect) return context.usage("options -l and -z exclude each other");
  if (settings.every && !settings.wait) return context.usage("option '--every' needs --wait");
  if (settings.every == Duration{0}) return context.usage("option '--every': tries need some time in between");
  if (settings.print_addr && !settings.listen) return context.usage("option '--print-addr' needs -l");
  if (!settings.listen) return std::nullopt;
  for (const auto& [given, name] :
       {std::pair{settings.wait.has_value(), "--wait"}, std::pair{!settings.proxy.empty(), "--proxy"},
        std::pair{!settings.bind.empty(), "--bind"}, std::pair{settings.trace_dial, "--trace-dial"}})
    if (given) return context.usage("option '{}' is for connecting, not for -l", name);
  return std::nullopt;
}

bool is_standard_output(int fd) {
  struct stat file{};
  struct stat output{};
  return ::fstat(fd, &file) == 0 && ::fstat(STDOUT_FILENO, &output) == 0 && !S_ISCHR(file.st_mode) &&
         file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

/// What is received has standard output for itself.
std::optional<Exit> refuse_json(const Context& context, const Settings& settings) {
  if (settings.only_connect || context.json_fd() < 0) return std::nullopt;
  if (context.json_fd() != STDOUT_FILENO && !is_standard_output(context.json_fd())) return std::nullopt;
  return context.usage("option '--json' needs '--json-file' here: standard output carries data");
}

/// Answers SIGUSR1 with whatever `say` tells at the time.
class Answer {
 public:
  Answer(const Context& context, evt::Loop& loop) : context_(context), asked_(loop) {
    watch_progress_signal();
    asked_.wait(evt::bind<&Answer::on_asked>(*this));
    on_progress_signal(&hook_);
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { on_progress_signal(nullptr); }

  std::function<std::string()> say;

 private:
  evt::Action on_asked() {
    if (say) context_.complain(say());
    return evt::Action::rearm;
  }

  const Context& context_;
  evt::Wake asked_;
  ProgressHook hook_{.function = [](void* wake) { static_cast<evt::Wake*>(wake)->notify(); }, .context = &asked_};
};

Exit report(const Context& context, const Plan* plan, const dial::Connector* connector, const evt::Dialed* dialed,
            const Relay* relay, Exit exit) {
  if (context.json_fd() < 0) return exit;
  Report report(context);
  Json& json = report.result();
  json.begin_object();
  if (plan != nullptr) json.member("target", plan->shown);
  json.key("connected").boolean(dialed != nullptr);
  if (dialed != nullptr) json.member("peer", dialed->peer.to_string());
  if (connector != nullptr) {
    json.key("tries").number(std::uint64_t{connector->tries()});
    if (connector->dial() != nullptr) dial::write_dial(json, *connector->dial());
  }
  if (relay != nullptr)
    json.key("sent_bytes").number(relay->sent_bytes()).key("received_bytes").number(relay->received_bytes());
  json.end_object();
  return report.close() ? exit : Exit::failed;
}

Relay::Options relay_options(const Settings& settings, bool datagrams) {
  return {.boundaries = datagrams ? dial::Boundaries::datagrams : dial::Boundaries::none,
          .idle_timeout = settings.idle_timeout.value_or(evt::never)};
}

Exit run_listener(Context& context, const Settings& settings) {
  const auto address = dial::listen_address(context, settings);
  if (!address) return address.error();
  evt::Loop* loop = context.loop({.entries = 16});
  if (loop == nullptr) return Exit::failed;
  Answer answer(context, *loop);
  answer.say = [] { return std::string("nobody has come yet"); };
  auto accepted = dial::accept_one(context, settings, *loop, *address);
  if (!accepted) return report(context, nullptr, nullptr, nullptr, nullptr, accepted.error());
  evt::Dialed dialed{.socket = std::move(*accepted), .peer = {}};
  if (const auto peer = evt::peer_address(dialed.socket.get())) dialed.peer = *peer;
  if (settings.announce) context.complain("connection from " + dialed.peer.to_string());
  Relay relay(context, *loop, std::move(dialed.socket), relay_options(settings, settings.udp));
  answer.say = [&relay] { return relay.progress(); };
  const Exit exit = relay.run();
  return report(context, nullptr, nullptr, &dialed, &relay, exit);
}

Exit run_dial(Context& context, const Settings& settings, const Plan& plan, evt::Loop& loop) {
  dial::Connector connector(context, settings, loop);
  Answer answer(context, loop);
  answer.say = [&connector] { return connector.progress(); };
  auto dialed = connector.connect(plan);
  if (!dialed) return report(context, &plan, &connector, nullptr, nullptr, dialed.error());
  if (settings.announce) context.complain("connected to " + dialed->peer.to_string());
  if (settings.only_connect) return report(context, &plan, &connector, &*dialed, nullptr, Exit::done);
  const bool datagrams = plan.options.type == SOCK_DGRAM;
  Relay relay(context, loop, std::move(dialed->socket), relay_options(settings, datagrams));
  answer.say = [&relay] { return relay.progress(); };
  const Exit exit = relay.run();
  return report(context, &plan, &connector, &*dialed, &relay, exit);
}

Exit run(Context& context, const Settings& settings) {
  if (const auto refused = refuse(context, settings)) return *refused;
  if (const auto refused = refuse_json(context, settings)) return *refused;
  if (settings.listen) return run_listener(context, settings);
  const auto plan = dial::plan_of(context, settings);
  if (!plan) return plan.error();
  evt::Loop* loop = context.loop({.entries = 32});
  if (loop == nullptr) return Exit::failed;
  if (plan->last_port != 0 || (settings.only_connect && settings.udp))
    return dial::scan(context, settings, *plan, *loop);
  return run_dial(context, settings, *plan, *loop);
}

}  // namespace

constinit const Applet dial_applet = checked({
    .name = "dial",
    .summary = "connect, and know why not",
    .details = "ENDPOINT is HOST:PORT, unix:PATH, srv:_SERVICE._PROTO.NAME or a URL.\n"
               "Standard input is sent, what is received goes to standard output.\n",
    .operands = {.form = "HOST PORT | ENDPOINT", .least = 1, .most = 2},
    .standard_output = Stdout::report,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
