/// Vocabularies, and time in the data of records.
#include "dns/words_of_numbers.hpp"

#include "dns/text.hpp"

#include <chrono>
#include <span>

namespace evt::dns {

namespace {

constexpr Word algorithms[] = {
    {"RSAMD5", 1},           {"DH", 2},        {"DSA", 3},        {"RSASHA1", 5},    {"NSEC3DSA", 6},
    {"NSEC3RSASHA1", 7},     {"RSASHA256", 8}, {"RSASHA512", 10}, {"ECCGOST", 12},   {"ECDSAP256SHA256", 13},
    {"ECDSAP384SHA384", 14}, {"ED25519", 15},  {"ED448", 16},     {"INDIRECT", 252}, {"PRIVATEDNS", 253},
    {"PRIVATEOID", 254},
};

constexpr Word certificates[] = {
    {"PKIX", 1}, {"SPKI", 2},   {"PGP", 3},     {"IPKIX", 4}, {"ISPKI", 5},
    {"IPGP", 6}, {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254},
};

constexpr Word schemes[] = {{"NOTIFY", 1}};

constexpr Word parameters[] = {
    {"MANDATORY", 0}, {"ALPN", 1}, {"NO-DEFAULT-ALPN", 2}, {"PORT", 3},
    {"IPV4HINT", 4},  {"ECH", 5},  {"IPV6HINT", 6},        {"DOHPATH", 7},
};

std::span<const Word> words_of(Vocabulary vocabulary) noexcept {
  switch (vocabulary) {
    case Vocabulary::algorithm:
      return algorithms;
    case Vocabulary::certificate:
      return certificates;
    case Vocabulary::scheme:
      return schemes;
    case Vocabulary::parameter:
      return parameters;
  }
  return {};
}

}  // namespace

std::string_view word_of(Vocabulary vocabulary, unsigned number) noexcept {
  for (const Word& word : words_of(vocabulary)) {
    if (word.number == number) return word.text;
  }
  return {};
}

std::optional<std::uint16_t> number_of(Vocabulary vocabulary, std::string_view text, std::uint16_t most) noexcept {
  for (const Word& word : words_of(vocabulary)) {
    if (is_word(text, word.text)) return word.number;
  }
  auto number = parse_number(text, most);
  if (!number) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

void append_time(std::string& out, std::uint32_t time) {
  using namespace std::chrono;
  const std::int64_t now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  // RFC 1982: how far it is from now, in either direction.
  const auto distance = static_cast<std::int32_t>(time - static_cast<std::uint32_t>(now));
  const sys_seconds moment{seconds(now + distance)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss clock(moment - day);
  const auto two = [&](std::int64_t number) {
    out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
  };
  const int year = static_cast<int>(date.year());
  two(year / 100);
  two(year % 100);
  two(static_cast<unsigned>(date.month()));
  two(static_cast<unsigned>(date.day()));
  two(clock.hours().count());
  two(clock.minutes().count());
  two(clock.seconds().count());
}

std::optional<std::uint32_t> parse_time(std::string_view text) noexcept {
  using namespace std::chrono;
  if (text.size() != 14) {
    auto number = parse_number(text, 0xffffffff);
    if (!number || text.size() > 10) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
  }
  const auto part = [&](std::size_t at, std::size_t size) { return parse_number(text.substr(at, size), 9999); };
  auto years = part(0, 4);
  auto months = part(4, 2);
  auto day = part(6, 2);
  auto hour = part(8, 2);
  auto minute = part(10, 2);
  auto second = part(12, 2);
  if (!years || !months || !day || !hour || !minute || !second) return std::nullopt;
  const year_month_day date(year(static_cast<int>(*years)), month(static_cast<unsigned>(*months)),
                            std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto total = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) + seconds(*second);
  return static_cast<std::uint32_t>(duration_cast<seconds>(total).count());
}

std::optional<std::uint32_t> parse_seconds(std::string_view text) noexcept {
  std::uint64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    auto number = parse_number(text.substr(0, digits), 0xffffffff);
    if (!number) return std::nullopt;
    std::uint64_t unit = 1;
    if (digits == std::string_view::npos) {
      if (total != 0) return std::nullopt;
      text = {};
    } else {
      static constexpr std::string_view letters = "SMHDW";
      static constexpr std::uint64_t units[] = {1, 60, 3600, 86400, 604800};
      const std::size_t found = letters.find(upper(text[digits]));
      if (found == std::string_view::npos) return std::nullopt;
      unit = units[found];
      text.remove_prefix(digits + 1);
    }
    total += *number * unit;
    if (total > 0xffffffff) return std::nullopt;
  }
  return static_cast<std::uint32_t>(total);
}

}  // namespace evt::dns
