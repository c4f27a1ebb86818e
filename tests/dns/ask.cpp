/// Asks a server on the loopback for what a zone file has, and prints the answers, or compares them with the file.
///
///     ask PORT FILE            FILE has `NAME TYPE` lines: what `dig +noall +answer -f FILE` prints
///     ask --compare PORT FILE  FILE is a zone of lines: what is read from each is what the server sends
#include <evt/dns/build.hpp>
#include <evt/dns/match.hpp>
#include <evt/dns/rdata.hpp>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

using evt::dns::Name;
using evt::dns::Type;

class Server {
 public:
  explicit Server(std::uint16_t port) : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const evt::Address address = evt::Address::loopback_ipv4(port);
    if (connect(socket_, address.data(), address.size()) != 0) std::perror("connect");
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { close(socket_); }

  evt::Result<evt::dns::Message> ask(const Name& name, Type type) {
    std::array<std::byte, 512> query;
    evt::dns::Builder builder(query, {.id = ++id_});
    builder.question(name, type);
    builder.edns({.udp_size = 4096});
    auto message = builder.finish();
    if (!message || send(socket_, message->data(), message->size(), 0) < 0)
      return std::unexpected(evt::errno_error("send", errno));
    for (;;) {
      const ssize_t size = recv(socket_, reply_.data(), reply_.size(), 0);
      if (size < 0) return std::unexpected(evt::errno_error("recv", errno));
      auto reply = std::span<const std::byte>(reply_).first(static_cast<std::size_t>(size));
      if (evt::dns::match(reply, *message) == evt::dns::Match::answer) return evt::dns::Message::parse(reply);
    }
  }

 private:
  int socket_;
  std::uint16_t id_ = 0;
  std::array<std::byte, 65536> reply_;
};

/// The word up to the next blank, taken off.
std::string_view take_word(std::string_view& line) {
  const std::size_t size = std::min(line.find(' '), line.size());
  auto word = line.substr(0, size);
  line.remove_prefix(std::min(line.size(), size + 1));
  return word;
}

bool print(Server& server, std::string_view line) {
  auto name = Name::parse(take_word(line));
  auto type = evt::dns::parse_type(take_word(line));
  if (!name || !type) return false;
  auto message = server.ask(*name, *type);
  if (!message) {
    std::fprintf(stderr, "%s %s: %s\n", name->text().c_str(), text_of(*type).c_str(),
                 message.error().message().c_str());
    return false;
  }
  std::string out;
  for (const evt::dns::Record& record : message->answers()) {
    append_record(out, record);
    out += '\n';
  }
  std::fputs(out.c_str(), stdout);
  return true;
}

/// NAME TTL IN TYPE data
bool compare(Server& server, std::string_view line) {
  if (line.starts_with(';')) return true;
  const std::string whole(line);
  auto name = Name::parse(take_word(line));
  take_word(line);
  take_word(line);
  auto type = evt::dns::parse_type(take_word(line));
  static std::array<std::byte, 65535> data;
  if (!name || !type) return std::fprintf(stderr, "no record: %s\n", whole.c_str()), false;
  auto read = parse_rdata(*type, evt::dns::Class::in, line, data);
  if (!read) return std::fprintf(stderr, "%s: %s\n", whole.c_str(), read.error().operation), false;
  auto message = server.ask(*name, *type);
  if (!message) return std::fprintf(stderr, "%s: %s\n", whole.c_str(), message.error().message().c_str()), false;
  const bool same = std::ranges::any_of(message->answers().begin(), message->answers().end(), [&](const auto& record) {
    // The names of old types may be compressed on the wire.
    std::array<std::byte, 65535> again;
    std::string text;
    append_rdata(text, record);
    auto sent = parse_rdata(record.type, record.cls, text, again);
    return record.owner == *name &&
           (std::ranges::equal(record.rdata, *read) || (sent && std::ranges::equal(*sent, *read)));
  });
  if (!same) std::fprintf(stderr, "the server has other data: %s\n", whole.c_str());
  std::fprintf(stdout, "%s\n", same ? "same" : "other");
  return same;
}

}  // namespace

int main(int count, char** arguments) {
  std::span words(arguments, static_cast<std::size_t>(count));
  words = words.subspan(1);
  const bool comparing = !words.empty() && std::string_view(words[0]) == "--compare";
  if (comparing) words = words.subspan(1);
  if (words.size() != 2) return 2;
  std::uint16_t port = 0;
  const std::string_view digits = words[0];
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  Server server(port);
  std::ifstream file(words[1]);
  bool good = true;
  for (std::string line; std::getline(file, line);)
    good = (comparing ? compare : print)(server, line) && good;
  return good ? 0 : 1;
}
