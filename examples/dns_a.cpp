/// Prints the IPv4 addresses of a name. Usage: dns_a NAME [SERVER:PORT]
#include <evt/dns.hpp>
#include <evt/evt.hpp>

#include <cstdio>

namespace {

/// The answer is in memory of the query's: what is wanted of it is taken here.
bool print(const evt::Result<evt::dns::Answer>& answer) {
  if (!answer) {
    std::fprintf(stderr, "dns_a: %s\n", answer.error().message().c_str());
    return false;
  }
  for (const evt::dns::Record& record : answer->message.answers())
    if (const auto address = record.address(0)) std::puts(address->ip_to_string().c_str());
  return answer->message.rcode() == evt::dns::Rcode::noerror;
}

}  // namespace

int main(int count, char** arguments) {
  const auto name = count > 1 ? evt::dns::Name::parse(arguments[1]) : std::unexpected(evt::Error());
  const auto server = count > 2 ? evt::Address::parse(arguments[2]) : evt::dns::Config::load().servers.front();
  if (!name || !server) {
    std::fprintf(stderr, "usage: dns_a NAME [SERVER:PORT]\n");
    return 2;
  }
  auto loop = evt::Loop::create();
  if (!loop) return 1;

  evt::dns::Query query(*loop);
  bool good = false;
  auto done = [&](const evt::Result<evt::dns::Answer>& answer) { good = print(answer); };
  query.ask({.name = *name}, {.servers = {*server}}, evt::bind(done));
  return loop->run() && good ? 0 : 1;
}
