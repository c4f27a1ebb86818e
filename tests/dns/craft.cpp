/// Messages made by hand.
#include "dns/craft.hpp"

namespace evt::dns::test {

namespace {

constexpr std::size_t header_size = 12;
constexpr unsigned type_a = 1;
constexpr unsigned type_opt = 41;

unsigned octet_at(const std::string& text, std::size_t at) {
  return static_cast<unsigned char>(text.at(at));
}
unsigned word_at(const std::string& text, std::size_t at) {
  return octet_at(text, at) << 8U | octet_at(text, at + 1);
}

/// Queries of ours have one question and at most the OPT behind it.
std::size_t opt_at(const std::string& query) {
  return header_size + question_of(query).size();
}

}  // namespace

std::string octets(std::initializer_list<unsigned> values) {
  std::string text;
  for (const unsigned value : values)
    text.push_back(static_cast<char>(value));
  return text;
}

std::string word(unsigned value) {
  return octets({value >> 8U, value & 255U});
}

std::string question_of(const std::string& message) {
  std::size_t end = header_size;
  while (octet_at(message, end) != 0)
    end += octet_at(message, end) + 1;
  return message.substr(header_size, end + 5 - header_size);
}

std::string reply(const std::string& query, const Answered& what) {
  return query.substr(0, 2) + word(what.flags | what.rcode) + word(1) + word(what.answer_count) + word(0) +
         word(what.additional_count) + question_of(query) + what.answers + what.additionals;
}

std::string record(unsigned type, const std::string& rdata) {
  return word(0xc00c) + word(type) + word(1) + word(0) + word(60) + word(static_cast<unsigned>(rdata.size())) + rdata;
}

std::string opt(const std::string& options, unsigned extended_rcode) {
  return octets({0}) + word(type_opt) + word(1232) + octets({extended_rcode, 0, 0, 0}) +
         word(static_cast<unsigned>(options.size())) + options;
}

std::string option(unsigned code, const std::string& data) {
  return word(code) + word(static_cast<unsigned>(data.size())) + data;
}

bool has_opt(const std::string& query) {
  return word_at(query, counts_at + 6) == 1;
}

std::string option_of(const std::string& query, unsigned code) {
  if (!has_opt(query)) return {};
  for (std::size_t at = opt_at(query) + 11; at + 4 <= query.size(); at += 4 + word_at(query, at + 2))
    if (word_at(query, at) == code) return query.substr(at + 4, word_at(query, at + 2));
  return {};
}

std::string honest(const std::string& query, unsigned last) {
  return reply(query, {.answers = record(type_a, octets({192, 0, 2, last})), .answer_count = 1});
}

std::string error(const std::string& query, unsigned rcode) {
  return reply(query, {.rcode = rcode});
}

std::string with_word(std::string message, std::size_t at, unsigned value) {
  return message.replace(at, 2, word(value));
}

std::string other_id(std::string message, unsigned difference) {
  const unsigned id = word_at(message, 0) + difference;
  return with_word(std::move(message), 0, id & 0xffffU);
}

}  // namespace evt::dns::test
