/// What comes before the answer, beside it, or instead of it, over UDP.
#include "dns/hostile.hpp"

#include <cerrno>

namespace evt::dns::test {
namespace {

/// First what `other` makes of the query, then the truth.
Handler before(std::function<std::string(const std::string&)> other, int count = 1) {
  return [other = std::move(other), count](const Visit& visit) {
    for (int i = 0; i < count; ++i)
      visit.send(other(visit.query()));
    visit.send(honest(visit.query()));
  };
}

const Handler truth = [](const Visit& visit) { visit.send(honest(visit.query())); };
const Handler truth_over_tcp = [](const Visit& visit) { visit.send_framed(honest(visit.query())); };
constexpr auto random_case = [](QueryOptions& options) { options.random_case = true; };

std::string in_capitals(std::string message) {
  for (std::size_t at = 12; message[at] != 0; at += static_cast<std::size_t>(message[at]) + 1)
    for (std::size_t i = at + 1; i <= at + static_cast<std::size_t>(message[at]); ++i)
      message[i] = static_cast<char>(std::toupper(message[i]));
  return message;
}

std::string with_cookie(const std::string& query, const std::string& cookie) {
  return reply(query, {.answers = record(1, octets({192, 0, 2, 66})),
                       .answer_count = 1,
                       .additionals = opt(option(10, cookie)),
                       .additional_count = 1});
}

std::string asking(const std::string& query, const std::string& question, unsigned count = 1) {
  const std::string lie = honest(query, 66);
  return with_word(lie.substr(0, 12) + question + lie.substr(12 + question_of(query).size()), counts_at, count);
}

std::string changed_question(const std::string& query, std::size_t from_end, unsigned value) {
  std::string question = question_of(query);
  question[question.size() - from_end] = static_cast<char>(value);
  return asking(query, question);
}

/// What is passed over, and the answer behind it taken.
std::vector<Behaviour> strangers() {
  return {
      {.name = "an honest server", .udp = truth},
      {.name = "a wrong id comes first", .udp = before([](auto& q) { return other_id(honest(q, 66)); })},
      {.name = "seven wrong ids", .udp = before([](auto& q) { return other_id(honest(q, 66)); }, 7)},
      {.name = "the query comes back", .udp = before([](auto& q) { return q; })},
      {.name = "another opcode", .udp = before([](auto& q) { return with_word(honest(q, 66), flags_at, 0xa180); })},
      {.name = "a question of another type", .udp = before([](auto& q) { return changed_question(q, 3, 28); })},
      {.name = "a question of another class", .udp = before([](auto& q) { return changed_question(q, 1, 3); })},
      {.name = "another name of the same length",
       .udp = before([](auto& q) { return asking(q, "\3wwx" + question_of(q).substr(4)); })},
      {.name = "a shorter name", .udp = before([](auto& q) { return asking(q, question_of(q).substr(4)); })},
      {.name = "a longer name", .udp = before([](auto& q) { return asking(q, "\1x" + question_of(q)); })},
      {.name = "two questions", .udp = before([](auto& q) { return asking(q, question_of(q) + question_of(q), 2); })},
      {.name = "no question and no error", .udp = before([](auto& q) { return asking(q, "", 0); })},
      {.name = "no question and NXDOMAIN",
       .udp = before([](auto& q) { return with_word(asking(q, "", 0), flags_at, 0x8183); })},
      {.name = "a question that points into the header",
       .udp = before([](auto& q) { return asking(q, word(0xc000) + word(1) + word(1)); })},
      {.name = "a question that points to itself",
       .udp = before([](auto& q) { return asking(q, word(0xc00c) + word(1) + word(1)); })},
      {.name = "an empty datagram", .udp = before([](auto&) { return std::string(); })},
      {.name = "one octet", .udp = before([](auto& q) { return q.substr(0, 1); })},
      {.name = "an id alone", .udp = before([](auto& q) { return q.substr(0, 2); })},
      {.name = "eleven octets", .udp = before([](auto& q) { return honest(q).substr(0, 11); })},
      {.name = "a header alone", .udp = before([](auto& q) { return honest(q).substr(0, 12); })},
      {.name = "half a question", .udp = before([](auto& q) { return honest(q).substr(0, 20); })},
      {.name = "noise", .udp = before([](auto&) { return std::string(512, '\xff'); }, 100)},
  };
}

/// From where, when and how often datagrams come.
std::vector<Behaviour> senders() {
  return {
      {.name = "another port answers first",
       .udp =
           [](const Visit& visit) {
             visit.send_from_other_port(honest(visit.query(), 66));
             truth(visit);
           }},
      {.name = "another address answers first",
       .udp =
           [](const Visit& visit) {
             visit.send_from_other_address(honest(visit.query(), 66));
             truth(visit);
           }},
      {.name = "the answer comes twice",
       .udp =
           [](const Visit& visit) {
             truth(visit);
             visit.send(honest(visit.query(), 2));
           }},
      {.name = "the answer is late but in time",
       .udp =
           [](const Visit& visit) {
             Visit::wait(100ms);
             truth(visit);
           }},
  };
}

/// Ids, cookies and letters that were guessed.
std::vector<Behaviour> guesses() {
  return {
      {.name = "eight wrong ids: somebody guesses, so TCP is asked",
       .udp =
           [](const Visit& visit) {
             for (unsigned i = 1; i <= 20; ++i)
               visit.send(other_id(honest(visit.query(), 66), i));
           },
       .tcp = truth_over_tcp,
       .expected = {.transport = Transport::tcp, .tries = 2}},
      {.name = "eight wrong ids, and nobody at TCP",
       .udp =
           [](const Visit& visit) {
             for (unsigned i = 1; i <= 20; ++i)
               visit.send(other_id(honest(visit.query(), 66), i));
           },
       .expected = {.error = system_error(ECONNREFUSED)}},
      {.name = "a cookie that is not for us",
       .udp = before([](auto& q) { return with_cookie(q, std::string(16, 'x')); })},
      {.name = "a client cookie that is not ours", .udp = before([](auto& q) { return with_cookie(q, "abcdefgh"); })},
      {.name = "a cookie half ours",
       .udp = before([](auto& q) { return with_cookie(q, option_of(q, 10).substr(0, 7) + "?serverxx"); })},
      {.name = "capitals, where nobody minds",
       .udp = [](const Visit& visit) { visit.send(in_capitals(honest(visit.query()))); }},
      {.name = "letters in random case, repeated", .udp = truth, .options = random_case},
      {.name = "letters in random case, not repeated",
       .udp = [](const Visit& visit) { visit.send(in_capitals(honest(visit.query()))); },
       .tcp = truth_over_tcp,
       .expected = {.transport = Transport::tcp, .tries = 2},
       .options = random_case},
  };
}

std::vector<Behaviour> sizes() {
  return {
      {.name = "an answer larger than was asked for",
       .udp =
           [](const Visit& visit) {
             std::string records;
             for (int i = 0; i < 250; ++i)
               records += record(1, octets({192, 0, 2, 1}));
             visit.send(reply(visit.query(), {.answers = records, .answer_count = 250}));
           }},
      {.name = "the largest datagram there is",
       .udp =
           [](const Visit& visit) {
             const std::string head = honest(visit.query());
             std::string answer = record(16, octets({0}));
             const std::size_t text = 65507 - head.size() - answer.size() + 1;
             std::string strings;
             while (strings.size() < text) {
               const auto size = std::min<std::size_t>(255, text - strings.size() - 1);
               strings += octets({static_cast<unsigned>(size)}) + std::string(size, 'x');
             }
             visit.send(reply(visit.query(),
                              {.answers = record(1, octets({192, 0, 2, 1})) + record(16, strings), .answer_count = 2}));
           }},
  };
}

std::vector<Behaviour> silences() {
  return {
      {.name = "silence", .udp = {}, .expected = {.error = system_error(ETIMEDOUT)}},
      {.name = "noise all the time does not move the deadline",
       .udp =
           [](const Visit& visit) {
             for (int i = 0; i < 30; ++i) {
               visit.send("noise");
               Visit::wait(20ms);
             }
             truth(visit);
           },
       .expected = {.error = system_error(ETIMEDOUT)}},
      {.name = "the answer to the first try comes at the second",
       .udp =
           [first = std::make_shared<std::string>()](const Visit& visit) {
             if (visit.number() == 1) {
               *first = visit.query();
               return;
             }
             visit.send(honest(*first, 66));
             truth(visit);
           },
       .expected = {.tries = 2},
       .options = [](QueryOptions& options) { options.rounds = 2; }},
  };
}

EVT_HOSTILE_SUITE(HostileDatagrams, strangers(), senders(), guesses(), sizes(), silences());

}  // namespace
}  // namespace evt::dns::test
