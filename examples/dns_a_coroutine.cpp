/// Prints the IPv4 addresses of a name, as a coroutine. Usage: dns_a_coroutine NAME [SERVER:PORT]
#include <evt/dns.hpp>
#include <evt/io.hpp>

#include <cstdio>

namespace {

evt::Io<int> ask(evt::dns::Name name, evt::Address server) {
  evt::dns::Query query(evt::current_loop());
  // The answer is in memory of the query's, which stays as long as this coroutine.
  auto submit = [&](evt::dns::Query& request, auto done) {
    return request.ask({.name = name}, {.servers = {server}}, done);
  };
  const evt::dns::Answer answer = co_await evt::request<evt::dns::Query&, evt::dns::Answer>(query, submit);
  for (const evt::dns::Record& record : answer.message.answers())
    if (const auto address = record.address(0)) std::puts(address->ip_to_string().c_str());
  co_return answer.message.rcode() == evt::dns::Rcode::noerror ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  const auto name = count > 1 ? evt::dns::Name::parse(arguments[1]) : std::unexpected(evt::Error());
  const auto server = count > 2 ? evt::Address::parse(arguments[2]) : evt::dns::Config::load().servers.front();
  if (!name || !server) {
    std::fprintf(stderr, "usage: dns_a_coroutine NAME [SERVER:PORT]\n");
    return 2;
  }
  return evt::start(ask(*name, *server));
}
