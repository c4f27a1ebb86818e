/// Replies that match the question and cannot be read.
#include "dns/hostile.hpp"

#include <cerrno>

namespace evt::dns::test {
namespace {

constexpr unsigned a = 1;
constexpr unsigned cname = 5;
constexpr unsigned soa = 6;
constexpr unsigned mx = 15;
constexpr unsigned txt = 16;
constexpr unsigned aaaa = 28;
constexpr unsigned nsec = 47;

/// The body is refused, and nothing else is asked for.
Behaviour refused(std::string name, std::function<std::string(const std::string&)> make) {
  return {.name = std::move(name),
          .udp = [make = std::move(make)](const Visit& visit) { visit.send(make(visit.query())); },
          .expected = {.error = system_error(EBADMSG)}};
}

std::string with(const std::string& query, const std::string& answers, unsigned count = 1) {
  return reply(query, {.answers = answers, .answer_count = count});
}

std::string with_additional(const std::string& query, const std::string& records, unsigned count = 1) {
  return reply(query, {.additionals = records, .additional_count = count});
}

/// A record whose owner is these octets.
std::string owned(const std::string& owner, unsigned type = a, const std::string& rdata = octets({192, 0, 2, 1})) {
  return owner + record(type, rdata).substr(2);
}

/// Where the answer section begins.
unsigned answers_at(const std::string& query) {
  return static_cast<unsigned>(12 + question_of(query).size());
}

std::string pointer(unsigned to) {
  return word(0xc000U | to);
}

std::string long_name(int labels) {
  std::string name;
  for (int i = 0; i < labels; ++i)
    name += "\77" + std::string(63, 'x');
  return name;
}

std::string with_length(std::string record, unsigned length) {
  return with_word(std::move(record), 10, length);
}

std::vector<Behaviour> behaviours() {
  return {
      refused("a pointer to itself", [](auto& q) { return with(q, owned(pointer(answers_at(q)))); }),
      refused("a pointer forwards", [](auto& q) { return with(q, owned(pointer(answers_at(q) + 4))); }),
      refused("a pointer into the header", [](auto& q) { return with(q, owned(pointer(4))); }),
      refused("a pointer past the end", [](auto& q) { return with(q, owned(pointer(0x3fff))); }),
      refused("two pointers to each other",
              [](auto& q) {
                const unsigned at = answers_at(q);
                return with(q, owned(pointer(at + 12), a, pointer(at)));
              }),
      refused("a label of a kind that does not exist", [](auto& q) { return with(q, owned("\x41x" + octets({0}))); }),
      refused("a label of the other kind", [](auto& q) { return with(q, owned("\x80x" + octets({0}))); }),
      refused("a name of more than 255 octets", [](auto& q) { return with(q, owned(long_name(4) + octets({0}))); }),
      refused("a name of more than 255 octets by a pointer",
              [](auto& q) {
                return with(
                    q, owned(long_name(3) + octets({0})) + owned("\77" + std::string(63, 'y') + pointer(answers_at(q))),
                    2);
              }),
      refused("a name that does not end", [](auto& q) { return with(q, "\3www"); }),
      refused("65535 answers that are not there", [](auto& q) { return with_word(honest(q), counts_at + 2, 0xffff); }),
      refused("one answer less than it says", [](auto& q) { return with_word(honest(q), counts_at + 2, 2); }),
      refused("data beyond the end",
              [](auto& q) { return with(q, with_length(record(a, octets({192, 0, 2, 1})), 5)); }),
      refused("data of 65535 octets", [](auto& q) { return with(q, with_length(record(a, "abcd"), 0xffff)); }),
      refused("a record cut in two", [](auto& q) { return honest(q).substr(0, honest(q).size() - 6); }),
      refused("a record that is a name", [](auto& q) { return with(q, pointer(12)); }),
      refused("an address of three octets", [](auto& q) { return with(q, record(a, "abc")); }),
      refused("an address of five octets", [](auto& q) { return with(q, record(a, "abcde")); }),
      refused("an address of no octets", [](auto& q) { return with(q, record(a, "")); }),
      refused("an IPv6 address of fifteen octets", [](auto& q) { return with(q, record(aaaa, std::string(15, 'x'))); }),
      refused("an alias without a name", [](auto& q) { return with(q, record(cname, "")); }),
      refused("an alias to itself, in octets",
              [](auto& q) { return with(q, record(cname, pointer(answers_at(q) + 12))); }),
      refused("something behind the name of an alias",
              [](auto& q) { return with(q, record(cname, pointer(12) + "x")); }),
      refused("a name that leaves its data",
              [](auto& q) { return with(q, record(cname, "\5ab") + record(a, "abcd"), 2); }),
      refused("a preference without a name", [](auto& q) { return with(q, record(mx, word(10))); }),
      refused("a string longer than its data", [](auto& q) { return with(q, record(txt, "\5abc")); }),
      refused("no string at all", [](auto& q) { return with(q, record(txt, "")); }),
      refused("half an SOA", [](auto& q) { return with(q, record(soa, pointer(12) + pointer(12) + "abcdefgh")); }),
      refused("a type bitmap of no octets",
              [](auto& q) { return with(q, record(nsec, pointer(12) + octets({0, 0}))); }),
      refused("two OPT records", [](auto& q) { return with_additional(q, opt("") + opt(""), 2); }),
      refused("an OPT record with a name", [](auto& q) { return with_additional(q, "\1x" + opt("")); }),
      refused("an OPT record among the answers", [](auto& q) { return with(q, opt("")); }),
      refused("an option beyond its record",
              [](auto& q) { return with_additional(q, opt(with_word(option(10, "abcdefgh"), 2, 9))); }),
      refused("half the head of an option", [](auto& q) { return with_additional(q, opt("abc")); }),
  };
}

EVT_HOSTILE_SUITE(HostileBodies, behaviours());

}  // namespace
}  // namespace evt::dns::test
