/// Messages made by hand, and spoiled by hand: without the library, which is what is tested.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace evt::dns::test {

inline constexpr std::size_t flags_at = 2;
inline constexpr std::size_t counts_at = 4;  // Question, answer, authority, additional: two octets each.

std::string octets(std::initializer_list<unsigned> values);
/// Two octets, network order.
std::string word(unsigned value);

/// The question section of a message, which has one question.
std::string question_of(const std::string& message);

struct Answered {
  unsigned rcode = 0;
  unsigned flags = 0x8180;  ///< QR RD RA
  std::string answers;      ///< Records.
  unsigned answer_count = 0;
  std::string additionals;
  unsigned additional_count = 0;
};
/// Id and question of `query`, and what else is to be there.
std::string reply(const std::string& query, const Answered& what);

/// A record of the name that was asked for, IN, TTL 60.
std::string record(unsigned type, const std::string& rdata);
/// An OPT record with these options, and the upper bits of the rcode.
std::string opt(const std::string& options, unsigned extended_rcode = 0);
std::string option(unsigned code, const std::string& data);
/// The data of the first option of this code in the OPT of a query of ours; empty where there is none.
std::string option_of(const std::string& query, unsigned code);
bool has_opt(const std::string& query);

/// A reply with one address, 192.0.2.`last`.
std::string honest(const std::string& query, unsigned last = 1);
/// A reply with an error and nothing else.
std::string error(const std::string& query, unsigned rcode);

std::string with_word(std::string message, std::size_t at, unsigned value);
/// As `message`, with another id.
std::string other_id(std::string message, unsigned difference = 1);

}  // namespace evt::dns::test
