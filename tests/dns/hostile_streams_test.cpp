/// What happens over TCP, and on the way there.
#include "dns/hostile.hpp"

#include <cerrno>

namespace evt::dns::test {
namespace {

const Handler truncated = [](const Visit& visit) { visit.send(reply(visit.query(), {.flags = 0x8380})); };

std::string frame(const std::string& message) {
  return word(static_cast<unsigned>(message.size())) + message;
}

/// Truncated over UDP, and this over TCP.
Behaviour over_tcp(std::string name, Handler tcp, Expected expected = {.transport = Transport::tcp, .tries = 2}) {
  return {.name = std::move(name), .udp = truncated, .tcp = std::move(tcp), .expected = std::move(expected)};
}

void send_slowly(const Visit& visit, const std::string& bytes, std::chrono::milliseconds pause) {
  for (const char octet : bytes) {
    visit.send(std::string_view(&octet, 1));
    if (pause > 0ms) Visit::wait(pause);
  }
}

const Handler truth = [](const Visit& visit) { visit.send_framed(honest(visit.query())); };
const Expected silence{.error = system_error(ETIMEDOUT)};
const Expected closed{.error = evt::make_error_code(evt::Errc::eof)};

std::vector<Behaviour> truncations() {
  const auto cut = [](const std::string& name, std::function<std::string(const std::string&)> make) {
    return Behaviour{.name = name,
                     .udp = [make = std::move(make)](
                                const Visit& visit) { visit.send(with_word(make(visit.query()), flags_at, 0x8380)); },
                     .tcp = truth,
                     .expected = {.transport = Transport::tcp, .tries = 2}};
  };
  return {
      cut("truncated, and nothing in it", [](auto& q) { return reply(q, {}); }),
      cut("truncated within a record", [](auto& q) { return honest(q, 66).substr(0, honest(q).size() - 6); }),
      cut("truncated within an owner", [](auto& q) { return honest(q, 66).substr(0, honest(q).size() - 15); }),
      cut("truncated, with an answer", [](auto& q) { return honest(q, 66); }),
      cut("truncated, with noise behind", [](auto& q) { return honest(q, 66) + std::string(40, '\xff'); }),
      {.name = "truncated, and nobody at TCP", .udp = truncated, .expected = {.error = system_error(ECONNREFUSED)}},
      {.name = "truncated, and that is enough",
       .udp = [](const Visit& visit) { visit.send(with_word(honest(visit.query()), flags_at, 0x8380)); },
       .options = [](QueryOptions& options) { options.accept_truncated = true; }},
  };
}

std::vector<Behaviour> streams() {
  return {
      over_tcp("octet by octet", [](const Visit& visit) { send_slowly(visit, frame(honest(visit.query())), 1ms); }),
      over_tcp("a foreign message first, in one piece",
               [](const Visit& visit) {
                 visit.send(frame(other_id(honest(visit.query(), 66))) + frame(honest(visit.query())));
               }),
      over_tcp("many foreign messages first",
               [](const Visit& visit) {
                 for (unsigned i = 1; i < 100; ++i)
                   visit.send_framed(other_id(honest(visit.query(), 66), i));
                 truth(visit);
               }),
      over_tcp("an empty message first",
               [](const Visit& visit) { visit.send(frame("") + frame(honest(visit.query()))); }),
      over_tcp("a message of one octet first",
               [](const Visit& visit) { visit.send(frame("x") + frame(honest(visit.query()))); }),
      over_tcp("the largest message there is",
               [](const Visit& visit) {
                 std::string answer = honest(visit.query());
                 std::string records;
                 while (answer.size() + records.size() + 16 <= 65535)
                   records += record(1, octets({192, 0, 2, 1}));
                 const auto count = static_cast<unsigned>(records.size() / 16);
                 visit.send_framed(reply(visit.query(), {.answers = records, .answer_count = count}));
               }),
      over_tcp("truncated again: it is what there is",
               [](const Visit& visit) { visit.send_framed(with_word(honest(visit.query()), flags_at, 0x8380)); }),
  };
}

/// Streams that end early, late or never.
std::vector<Behaviour> broken_streams() {
  return {
      over_tcp(
          "no answer", [](const Visit&) { Visit::wait(400ms); }, silence),
      over_tcp(
          "slower than the deadline, octet by octet",
          [](const Visit& visit) { send_slowly(visit, frame(honest(visit.query())), 10ms); }, silence),
      over_tcp(
          "foreign messages until the deadline",
          [](const Visit& visit) {
            for (int i = 0; i < 30; ++i) {
              visit.send_framed(other_id(honest(visit.query())));
              Visit::wait(20ms);
            }
          },
          silence),
      over_tcp(
          "closed without an answer", [](const Visit&) {}, closed),
      over_tcp(
          "closed within the size", [](const Visit& visit) { visit.send("\1"); }, closed),
      over_tcp(
          "closed behind the size", [](const Visit& visit) { visit.send(word(100)); }, closed),
      over_tcp(
          "closed within the message",
          [](const Visit& visit) { visit.send(frame(honest(visit.query())).substr(0, 20)); }, closed),
      over_tcp("reset", [](const Visit& visit) { visit.reset(); }, {.error = system_error(ECONNRESET)}),
      over_tcp("unreadable",
               [](const Visit& visit) { visit.send_framed(with_word(honest(visit.query()), counts_at + 2, 9)); },
               {.error = system_error(EBADMSG)}),
      over_tcp("an error instead of the answer", [](const Visit& visit) { visit.send_framed(error(visit.query(), 2)); },
               {.rcode = Rcode::servfail, .text = "", .transport = Transport::tcp, .tries = 2}),
      {.name = "asked over TCP at once",
       .udp = {},
       .tcp = truth,
       .expected = {.transport = Transport::tcp},
       .options = [](QueryOptions& options) { options.transport = Transport::tcp; }},
  };
}

/// A frame that comes in two pieces, whatever the place where it is cut.
std::vector<Behaviour> splits() {
  std::vector<Behaviour> rows;
  const std::size_t size = 2 + 12 + 21 + 16;
  for (std::size_t at = 1; at < size; ++at) {
    rows.push_back(over_tcp("cut behind octet " + std::to_string(at), [at](const Visit& visit) {
      const std::string whole = frame(honest(visit.query()));
      visit.send(std::string_view(whole).substr(0, at));
      Visit::wait(1ms);
      visit.send(std::string_view(whole).substr(at));
    }));
  }
  return rows;
}

EVT_HOSTILE_SUITE(HostileTruncations, truncations());
EVT_HOSTILE_SUITE(HostileStreams, streams(), broken_streams());
EVT_HOSTILE_SUITE(HostileFrames, splits());

}  // namespace
}  // namespace evt::dns::test
