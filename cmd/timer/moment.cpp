/// A grammar of digits, and the C library for local time.
#include "timer/moment.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>

namespace evtool::timer {
namespace {

constexpr std::string_view no_time = "is not a time";
constexpr std::string_view too_far = "is too far away";
constexpr std::string_view junk = "has junk after the time";

constexpr std::int64_t second_ns = 1'000'000'000;

/// The text, from the front.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }

  bool take(char byte) {
    if (!rest_.starts_with(byte)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_any(std::string_view bytes) {
    if (rest_.empty() || bytes.find(rest_[0]) == bytes.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `digits` of them, and at most `highest`.
  std::optional<int> number(std::size_t digits, int highest) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char byte : rest_.substr(0, digits)) {
      if (byte < '0' || byte > '9') return std::nullopt;
      value = value * 10 + (byte - '0');
    }
    if (value > highest) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  /// `.25` in nanoseconds, 0 without one; finer digits are dropped.
  std::optional<std::int64_t> fraction_ns() {
    if (!take('.')) return 0;
    const auto length = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (length == 0) return std::nullopt;
    std::int64_t value = 0;
    std::int64_t weight = second_ns / 10;
    for (const char digit : rest_.substr(0, length)) {
      value += weight * (digit - '0');
      weight /= 10;
    }
    rest_.remove_prefix(length);
    return value;
  }

 private:
  std::string_view rest_;
};

struct ClockTime {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction_ns = 0;
};

/// `15:30`, `15:30:10`, `15:30:10.5`; second 60 is a leap second.
std::optional<ClockTime> take_clock_time(Reader& reader) {
  ClockTime time;
  const auto hour = reader.number(2, 23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 59);
  if (!minute) return std::nullopt;
  time.hour = *hour;
  time.minute = *minute;
  if (!reader.take(':')) return time;
  const auto second = reader.number(2, 60);
  const auto fraction = second ? reader.fraction_ns() : std::nullopt;
  if (!fraction) return std::nullopt;
  time.second = *second;
  time.fraction_ns = *fraction;
  return time;
}

/// `Z` or `+01:00`, in seconds east of Greenwich. Nothing where neither is there; false where it is wrong.
struct Offset {
  bool valid = true;
  std::optional<int> seconds;
};
Offset take_offset(Reader& reader) {
  if (reader.take_any("Zz")) return {.seconds = 0};
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) return {};
  const auto hour = reader.number(2, 23);
  if (!hour || !reader.take(':')) return {.valid = false};
  const auto minute = reader.number(2, 59);
  if (!minute) return {.valid = false};
  const int seconds = *hour * 3600 + *minute * 60;
  return {.seconds = east ? seconds : -seconds};
}

std::tm at(std::tm day, const ClockTime& time) {
  day.tm_hour = time.hour;
  day.tm_min = time.minute;
  day.tm_sec = time.second;
  day.tm_isdst = -1;
  return day;
}

/// A time that a change to summer time leaves out is as much later as that change makes it.
std::int64_t local_seconds(std::tm broken_down) {
  return std::mktime(&broken_down);
}

Parsed<evt::nanoseconds> in_nanoseconds(std::int64_t seconds, std::int64_t fraction_ns) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(seconds, second_ns, &ns) || __builtin_add_overflow(ns, fraction_ns, &ns))
    return std::unexpected(too_far);
  return evt::nanoseconds{ns};
}

Parsed<evt::nanoseconds> parse_epoch(std::string_view text) {
  // A duration's number, but of seconds only.
  const auto since = parse_duration(text);
  if (!since) return std::unexpected(since.error());
  if (text.find_first_not_of("0123456789.") != text.npos) return std::unexpected(no_time);
  return *since;
}

Parsed<evt::nanoseconds> parse_time_of_day(Reader reader, evt::nanoseconds now) {
  const auto time = take_clock_time(reader);
  if (!time) return std::unexpected(no_time);
  if (!reader.empty()) return std::unexpected(junk);
  const std::time_t seconds = now.count() / second_ns;
  std::tm today{};
  ::localtime_r(&seconds, &today);
  const auto then = in_nanoseconds(local_seconds(at(today, *time)), time->fraction_ns);
  if (then && *then > now) return then;
  ++today.tm_mday;
  return in_nanoseconds(local_seconds(at(today, *time)), time->fraction_ns);
}

Parsed<evt::nanoseconds> parse_date(Reader reader) {
  const auto year = reader.number(4, 9999);
  const auto month = year && reader.take('-') ? reader.number(2, 12) : std::nullopt;
  const auto day = month && reader.take('-') ? reader.number(2, 31) : std::nullopt;
  const bool separated = day && reader.take_any("Tt ");
  const auto time = separated ? take_clock_time(reader) : std::nullopt;
  if (!time) return std::unexpected(no_time);
  const auto offset = take_offset(reader);
  if (!offset.valid) return std::unexpected(no_time);
  if (!reader.empty()) return std::unexpected(junk);
  const std::chrono::year_month_day date(std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::unexpected("is no day of the calendar");
  if (!offset.seconds) {
    std::tm local{};
    local.tm_year = *year - 1900;
    local.tm_mon = *month - 1;
    local.tm_mday = *day;
    return in_nanoseconds(local_seconds(at(local, *time)), time->fraction_ns);
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const auto clock_seconds = time->hour * 3600 + time->minute * 60 + time->second;
  return in_nanoseconds(days * 86400 + clock_seconds - *offset.seconds, time->fraction_ns);
}

}  // namespace

Parsed<evt::nanoseconds> parse_moment(std::string_view text, evt::nanoseconds now) {
  if (text.starts_with('@')) return parse_epoch(text.substr(1));
  const Reader reader(text);
  return text.find(':') == 2 ? parse_time_of_day(reader, now) : parse_date(reader);
}

}  // namespace evtool::timer
