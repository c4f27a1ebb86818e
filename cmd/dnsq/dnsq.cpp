/// dnsq: one DNS question or a million. Here are its table, and how servers are found.
#include "applet.hpp"
#include "dnsq/bulk.hpp"
#include "dnsq/operands.hpp"
#include "dnsq/settings.hpp"
#include "dnsq/single.hpp"
#include <evt/dial.hpp>
#include <evt/dns/config.hpp>
#include <evt/dns/resolver.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace evtool {
namespace {

using dnsq::Asking;
using dnsq::Plan;
using dnsq::Settings;

void hide_all_but_answers(Settings& settings) {
  settings.shown = dnsq::Shown::all(false);
  settings.shown.sections.answer = true;
}

constexpr auto options = std::to_array<Option>({
    option<&Settings::type>(
        {.letter = 't', .name = "type", .value = "TYPE", .help = "the record type where none is named (A)"}),
    option<&Settings::cls>(
        {.letter = 'c', .name = "class", .value = "CLASS", .help = "IN (the default), CH, HS or CLASSn"}),
    option<&Settings::reverse>(
        {.letter = 'x', .name = "reverse", .value = "ADDRESS", .help = "ask for the name of an address"}),
    option<&Settings::port>({.letter = 'p', .name = "port", .value = "PORT", .help = "the port of servers (53)"}),
    option<&Settings::ipv4>({.letter = '4', .name = "ipv4", .help = "ask over IPv4 only"}),
    option<&Settings::ipv6>({.letter = '6', .name = "ipv6", .help = "ask over IPv6 only"}),
    option<&Settings::tcp>({.name = "tcp", .help = "ask over TCP"}),
    option<&Settings::tls>({.name = "tls", .help = "ask over TLS: not supported yet"}),
    option<&Settings::short_form>({.name = "short", .help = "print the data of answers only"}),
    option<hide_all_but_answers>({.name = "answer", .help = "print the answer section only"}),
    option<&Settings::timeout>(
        {.name = "timeout", .value = "DURATION", .help = "of one try (5s; of many questions, as measured)"}),
    option<&Settings::tries>(
        {.name = "tries", .value = "N", .help = "rounds over the servers (3, with many questions 10)"}),
    option<&Settings::no_recursion>({.name = "no-rd", .help = "do not ask for recursion"}),
    option<&Settings::dnssec>({.name = "do", .help = "ask for DNSSEC records"}),
    option<&Settings::checking_disabled>({.name = "cd", .help = "ask for unchecked data"}),
    option<&Settings::no_authentic_data>({.name = "no-ad", .help = "do not ask whether data is authentic"}),
    option<&Settings::no_edns>({.name = "no-edns", .help = "without EDNS"}),
    option<&Settings::no_cookie>({.name = "no-cookie", .help = "without a DNS cookie"}),
    option<&Settings::nsid>({.name = "nsid", .help = "ask which server it is"}),
    option<&Settings::buffer_size>({.name = "bufsize", .value = "N", .help = "octets that may come over UDP (1232)"}),
    option<&Settings::subnet>(
        {.name = "subnet", .value = "NET", .help = "ask for a client subnet such as 192.0.2.0/24"}),
    option<&Settings::padding>({.name = "padding", .value = "N", .help = "pad to a multiple of N octets"}),
    option<&Settings::search>({.name = "search", .help = "use the search list of resolv.conf"}),
    option<&Settings::ndots>({.name = "ndots", .value = "N", .help = "dots of names that are asked as they are first"}),
    option<&Settings::ignore_truncation>({.name = "ignore-tc", .help = "take truncated answers, never TCP"}),
    option<&Settings::random_case>({.name = "x20", .help = "ask in random case, and insist on it"}),
    option<&Settings::from_stdin>({.name = "stdin", .help = "read lines NAME [TYPE] [@SERVER], print one for each"}),
    option<&Settings::file>({.letter = 'f', .name = "file", .value = "FILE", .help = "the same from a file"}),
    option<&Settings::concurrency>({.name = "concurrency", .value = "N", .help = "lines under way at once (100)"}),
    option<&Settings::rate>({.name = "rate", .value = "RATE", .help = "lines begun a second at most"}),
    option<&Settings::ordered>({.name = "ordered", .help = "records in the order of the lines"}),
});

constexpr std::uint16_t default_port = 53;
constexpr std::uint32_t most_concurrency = 50'000;

/// What goes with few questions, or with many, and not with the others.
std::optional<Exit> refuse_mixture(const Context& context, const Settings& settings, const Plan& plan) {
  if (settings.bulk()) {
    if (!plan.asks.empty())
      return context.usage("names are read from the file or standard input, not from the command line too");
    if (settings.search) return context.usage("option '--search' is not for many questions");
    if (settings.random_case) return context.usage("option '--x20' is not for many questions");
    return std::nullopt;
  }
  const char* option = settings.concurrency ? "--concurrency" : nullptr;
  if (settings.ordered) option = "--ordered";
  if (settings.rate) option = "--rate";
  if (option != nullptr) return context.usage("option '{}' needs '--stdin' or '--file'", option);
  if (plan.asks.empty()) return context.usage("missing operand: NAME, or --stdin");
  return std::nullopt;
}

std::optional<Exit> refuse(const Context& context, const Settings& settings, const Plan& plan) {
  if (settings.ipv4 && settings.ipv6) return context.usage("options '-4' and '-6' exclude each other");
  if (settings.from_stdin && settings.file) return context.usage("options '--stdin' and '--file' exclude each other");
  if (settings.tls) return context.usage("option '--tls': TLS is not supported yet");
  if (settings.concurrency && (*settings.concurrency == 0 || *settings.concurrency > most_concurrency))
    return context.usage("--concurrency: '{}' is not between 1 and {}", *settings.concurrency, most_concurrency);
  if (settings.tries == 0U) return context.usage("--tries: '0' would ask nobody");
  if (settings.timeout && *settings.timeout <= Duration::zero())
    return context.usage("--timeout: '0' waits for nothing");
  return refuse_mixture(context, settings, plan);
}

bool wanted(const Settings& settings, const evt::Address& address) {
  return address.family() == AF_INET6 ? !settings.ipv4 : !settings.ipv6;
}

/// `name:port` or `name`; nothing where it cannot be either.
std::optional<evt::DialHost> split_server(const std::string& text, std::uint16_t port) {
  const auto colon = text.find(':');
  evt::DialHost host{.name = text.substr(0, colon), .port = port};
  if (host.name.empty() || host.name.find_first_of(" /[]#@%") != std::string::npos) return std::nullopt;
  if (colon == std::string::npos) return host;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, host.port);
  if (read.ec != std::errc() || read.ptr != end || host.port == 0) return std::nullopt;
  return host;
}

/// Addresses of a server that was named.
std::expected<std::vector<evt::Address>, Exit> find_server(const Context& context, evt::Loop& loop,
                                                           const std::string& text, const Settings& settings) {
  const std::uint16_t port = settings.port.value_or(default_port);
  if (text.starts_with("tls:") || text.starts_with("https:"))
    return std::unexpected(context.usage("'@{}': TLS is not supported yet", text));
  if (const auto address = dnsq::parse_server(text, port); address && address->port() != 0) return {{*address}};
  const auto host = split_server(text, port);
  if (!host)
    return std::unexpected(
        context.usage("'@{}' is no server; expected an address or a name, with or without :PORT", text));
  evt::dns::Resolver resolver(loop);
  evt::dns::Lookup lookup(resolver);
  evt::Result<evt::dns::Addresses> found;
  auto done = [&](evt::Result<evt::dns::Addresses> result) { found = std::move(result); };
  lookup.lookup(host->name, evt::bind(done));
  if (const auto ran = loop.run(); !ran) found = std::unexpected(ran.error());
  if (!found) {
    context.error("@{}: {}", text, found.error().code.message());
    return std::unexpected(exit_code(9));
  }
  std::vector<evt::Address> addresses;
  for (const evt::Address& address : found->list)
    addresses.push_back(address.with_port(host->port));
  return addresses;
}

std::expected<std::vector<evt::Address>, Exit> find_servers(const Context& context, evt::Loop& loop,
                                                            const Settings& settings, const Plan& plan,
                                                            const evt::dns::Config& config) {
  std::vector<evt::Address> servers;
  for (const std::string& text : plan.servers) {
    auto found = find_server(context, loop, text, settings);
    if (!found) return std::unexpected(found.error());
    servers.insert(servers.end(), found->begin(), found->end());
  }
  if (plan.servers.empty())
    for (const evt::Address& server : config.servers)
      servers.push_back(settings.port ? server.with_port(*settings.port) : server);
  std::erase_if(servers, [&](const evt::Address& server) { return !wanted(settings, server); });
  if (servers.empty()) return std::unexpected(context.usage("no server has an address of this family"));
  return servers;
}

evt::dns::QueryOptions query_options(const Settings& settings, const Plan& plan, std::vector<evt::Address> servers) {
  evt::dns::QueryOptions query;
  query.servers = std::move(servers);
  query.timeout = settings.timeout.value_or(std::chrono::seconds{5});
  query.rounds = settings.tries.value_or(3);
  query.transport = settings.tcp ? evt::dns::Transport::tcp : evt::dns::Transport::udp;
  query.accept_truncated = settings.ignore_truncation;
  query.random_case = settings.random_case;
  query.recursion_desired = !settings.no_recursion;
  query.authentic_data = !settings.no_authentic_data;
  query.checking_disabled = settings.checking_disabled;
  query.authoritative = settings.authoritative;
  query.edns = !settings.no_edns;
  query.udp_size = settings.buffer_size.value_or(query.udp_size);
  query.dnssec_ok = settings.dnssec;
  query.nsid = settings.nsid;
  query.subnet = plan.subnet;
  query.padding_block = settings.padding.value_or(0);
  return query;
}

Exit run_bulk(Context& context, evt::Loop& loop, const Settings& settings, const Plan& plan,
              std::vector<evt::Address> servers) {
  evt::FileSource input = evt::File::borrow(STDIN_FILENO);
  if (settings.file && *settings.file != "-") {
    evt::Fd fd{::open(settings.file->c_str(), O_RDONLY | O_CLOEXEC)};
    if (fd.get() < 0) {
      context.error("{}: {}", *settings.file, std::error_code(errno, std::system_category()).message());
      return Exit::failed;
    }
    input = evt::File::adopt(std::move(fd));
  }
  dnsq::Bulk bulk(context, loop, settings,
                  {.servers = std::move(servers),
                   .defaults = {.type = plan.type, .port = settings.port.value_or(default_port)},
                   .cls = plan.cls,
                   .subnet = plan.subnet,
                   .input = input});
  return bulk.run();
}

Exit run(Context& context, const Settings& given) {
  Settings settings = given;
  const auto plan = dnsq::plan_of(context, settings);
  if (!plan) return plan.error();
  if (const auto refused = refuse(context, settings, *plan)) return *refused;
  evt::Loop* loop = context.loop({.entries = settings.bulk() ? 256U : 8U,
                                  .broken_pipe = evt::BrokenPipe::deliver,
                                  .disk_work = evt::DiskWork::on_loop});
  if (loop == nullptr) return Exit::failed;
  Asking asking{.config = evt::dns::Config::load()};
  if (settings.ndots) asking.config.ndots = *settings.ndots;
  auto servers = find_servers(context, *loop, settings, *plan, asking.config);
  if (!servers) return servers.error();
  if (settings.bulk()) return run_bulk(context, *loop, settings, *plan, std::move(*servers));
  evt::dns::CookieJar cookies;
  asking.options = query_options(settings, *plan, std::move(*servers));
  if (!settings.no_cookie) asking.options.cookies = &cookies;
  if (!plan->servers.empty() && !dnsq::parse_server(plan->servers.front(), 0)) asking.server = plan->servers.front();
  return dnsq::ask_all(context, *loop, settings, *plan, asking);
}

}  // namespace

constinit const Applet dnsq_applet = checked({
    .name = "dnsq",
    .summary = "ask name servers one question, or a million",
    .details = "NAME is asked for each TYPE behind it, or for A. Words of dig are understood,\n"
               "such as +short +tcp +dnssec. Exit status: 0 NOERROR, 3 NXDOMAIN, 4 another\n"
               "error, 5 malformed reply, 9 no reply\n",
    .operands = {.form = "[@SERVER[:PORT]] NAME... [TYPE...] [+WORD...]"},
    .standard_output = Stdout::report,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
