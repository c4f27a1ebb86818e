/// DNS over TCP: a Query reads what a server sends it, however it is cut into pieces.
/// Input: one octet for the number of pieces, that many sizes, and the stream. `ID` in it becomes the id that was asked
/// with.
#include "fuzz.hpp"
#include <evt/dns/match.hpp>
#include <evt/dns/query.hpp>
#include <evt/loop.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace {

using evt::dns::Query;
using evt::fuzzing::require;

evt::Address listen(int socket) {
  evt::Address address = evt::Address::loopback_ipv4(0);
  require(bind(socket, address.data(), address.size()) == 0 && ::listen(socket, 8) == 0, "a socket listens");
  return *evt::local_address(socket);
}

/// Everything that lives as long as the process.
struct World {
  evt::Loop loop = *evt::Loop::create({.backend = evt::Backend::epoll});
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  evt::Address address = listen(listener);
};

struct Outcome {
  std::optional<evt::Result<evt::dns::Answer>> result;

  void on_answer(const evt::Result<evt::dns::Answer>& answer) { result = answer; }
};

/// What a reader of the stream has to find: the first frame that answers, if it can be read.
bool has_answer(std::string_view stream, std::span<const std::byte> sent) {
  while (stream.size() >= 2) {
    const auto octet = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(stream[at])); };
    const std::size_t size = octet(0) << 8U | octet(1);
    if (stream.size() - 2 < size) return false;
    auto frame = std::as_bytes(std::span(stream.substr(2, size)));
    stream.remove_prefix(2 + size);
    const auto match = size == 0 ? evt::dns::Match::foreign : evt::dns::match(frame, sent);
    if (match == evt::dns::Match::answer || match == evt::dns::Match::other_case) {
      return evt::dns::Message::parse(frame).has_value();
    }
  }
  return false;
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
  static World world;
  std::string_view text = evt::fuzzing::text_of(input);
  if (text.empty()) return;
  const std::size_t pieces = std::min<std::size_t>(static_cast<unsigned char>(text[0]) % 16, text.size() - 1);
  auto sizes = text.substr(1, pieces);
  std::string stream(text.substr(1 + pieces));

  Query query(world.loop);
  Outcome outcome;
  query.ask({.name = *evt::dns::Name::parse("a.b"), .type = evt::dns::Type::a},
            {.servers = {world.address},
             .rounds = 1,
             .transport = evt::dns::Transport::tcp,
             .accept_truncated = true,
             .accept_errors = true,
             .edns = false},
            evt::bind<&Outcome::on_answer>(outcome));
  const auto turn = [&] { static_cast<void>(world.loop.run(evt::RunMode::no_wait)); };
  turn();
  const int connection = accept4(world.listener, nullptr, nullptr, SOCK_CLOEXEC);
  require(connection >= 0, "a query connects");
  // Ended with RST, so that no port is kept for a minute.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  std::array<char, 512> asked;
  while (recv(connection, asked.data(), asked.size(), MSG_DONTWAIT) < 0)
    turn();

  const auto sent = query.last_sent();
  require(sent.size() > 12, "what was sent is to be seen");
  for (std::size_t at = stream.find("ID"); at != stream.npos; at = stream.find("ID", at + 2)) {
    stream[at] = static_cast<char>(sent[0]);
    stream[at + 1] = static_cast<char>(sent[1]);
  }
  std::string_view rest = stream;
  for (char size : sizes) {
    const std::size_t piece = std::min<std::size_t>(static_cast<unsigned char>(size), rest.size());
    if (piece > 0) send(connection, rest.data(), piece, MSG_NOSIGNAL);
    rest.remove_prefix(piece);
    turn();
  }
  if (!rest.empty()) send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
  shutdown(connection, SHUT_WR);
  const bool expected = has_answer(stream, sent);
  while (!outcome.result)
    static_cast<void>(world.loop.run(evt::RunMode::once));
  require(outcome.result->has_value() == expected, "the first frame that answers is the answer, however it is cut");
  close(connection);
}
