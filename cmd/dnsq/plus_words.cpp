/// +words: switches, which take a "no" in front, and values.
#include "dnsq/plus_words.hpp"

#include "convert.hpp"

#include <algorithm>
#include <array>

namespace evtool::dnsq {

namespace {

/// Each spelling that dig accepts as a word of its own; shorter ones are what people really type.
struct Switch {
  std::string_view name;
  void (*set)(Settings& settings, bool on);
};

/// The last word wins: who asks for something of EDNS wants EDNS.
bool with_edns(Settings& settings, bool on) {
  if (on) settings.no_edns = false;
  return on;
}

/// As in dig, the answer section alone is left: a later +noall leaves nothing.
void set_short(Settings& settings, bool on) {
  settings.short_form = on;
  if (!on) return;
  settings.shown = Shown::all(false);
  settings.shown.sections.answer = true;
}

constexpr auto switches = std::to_array<Switch>({
    {"short", set_short},
    {"all", [](Settings& s, bool on) { s.shown = Shown::all(on); }},
    {"cmd", [](Settings& s, bool on) { s.shown.command = on; }},
    {"comments", [](Settings& s, bool on) { s.shown.sections.comments = on; }},
    {"question", [](Settings& s, bool on) { s.shown.sections.question = on; }},
    {"answer", [](Settings& s, bool on) { s.shown.sections.answer = on; }},
    {"authority", [](Settings& s, bool on) { s.shown.sections.authority = on; }},
    {"additional", [](Settings& s, bool on) { s.shown.sections.additional = on; }},
    {"stats", [](Settings& s, bool on) { s.shown.statistics = on; }},
    {"tcp", [](Settings& s, bool on) { s.tcp = on; }},
    {"vc", [](Settings& s, bool on) { s.tcp = on; }},
    {"rec", [](Settings& s, bool on) { s.no_recursion = !on; }},
    {"recurse", [](Settings& s, bool on) { s.no_recursion = !on; }},
    {"rd", [](Settings& s, bool on) { s.no_recursion = !on; }},
    {"rdflag", [](Settings& s, bool on) { s.no_recursion = !on; }},
    {"dnssec", [](Settings& s, bool on) { s.dnssec = with_edns(s, on); }},
    {"do", [](Settings& s, bool on) { s.dnssec = with_edns(s, on); }},
    {"cd", [](Settings& s, bool on) { s.checking_disabled = on; }},
    {"cdflag", [](Settings& s, bool on) { s.checking_disabled = on; }},
    {"ad", [](Settings& s, bool on) { s.no_authentic_data = !on; }},
    {"adflag", [](Settings& s, bool on) { s.no_authentic_data = !on; }},
    {"aa", [](Settings& s, bool on) { s.authoritative = on; }},
    {"aaflag", [](Settings& s, bool on) { s.authoritative = on; }},
    {"aaonly", [](Settings& s, bool on) { s.authoritative = on; }},
    {"edns", [](Settings& s, bool on) { s.no_edns = !on; }},
    {"cookie", [](Settings& s, bool on) { s.no_cookie = !on; }},
    {"nsid", [](Settings& s, bool on) { s.nsid = with_edns(s, on); }},
    {"search", [](Settings& s, bool on) { s.search = on; }},
    {"ignore", [](Settings& s, bool on) { s.ignore_truncation = on; }},
    {"x20", [](Settings& s, bool on) { s.random_case = on; }},
});

template <typename T>
Refusal set(std::string_view text, std::optional<T>& target) {
  T value{};
  auto refusal = convert(text, value);
  if (refusal.empty()) target = std::move(value);
  return refusal;
}

/// dig takes no time for a second.
Refusal set_time(Settings& settings, std::string_view text) {
  auto refusal = set(text, settings.timeout);
  if (settings.timeout == Duration::zero()) settings.timeout = std::chrono::seconds{1};
  return refusal;
}

struct Value {
  std::string_view name;
  Refusal (*set)(Settings& settings, std::string_view text);
};

constexpr auto values = std::to_array<Value>({
    {"time", set_time},
    {"timeout", set_time},
    {"tries",
     [](Settings& s, std::string_view text) {
       auto refusal = set(text, s.tries);
       if (s.tries == 0U) s.tries = 1;
       return refusal;
     }},
    {"retry",
     [](Settings& s, std::string_view text) {
       auto refusal = set(text, s.tries);
       if (refusal.empty() && s.tries) ++*s.tries;
       return refusal;
     }},
    {"bufsize", [](Settings& s, std::string_view text) { return with_edns(s, true), set(text, s.buffer_size); }},
    {"subnet", [](Settings& s, std::string_view text) { return with_edns(s, true), set(text, s.subnet); }},
    {"padding", [](Settings& s, std::string_view text) { return set(text, s.padding); }},
    {"ndots", [](Settings& s, std::string_view text) { return set(text, s.ndots); }},
    {"edns",
     [](Settings& s, std::string_view text) {
       s.no_edns = false;
       return text == "0" ? Refusal() : Refusal("is not supported: there is EDNS version 0 only");
     }},
});

}  // namespace

std::string apply_plus_word(std::string_view word, Settings& settings) {
  word.remove_prefix(1);
  if (word.starts_with("tls") || word.starts_with("https")) return "asks for TLS, which is not supported yet";
  const auto equals = word.find('=');
  if (equals != std::string_view::npos) {
    const auto value = std::ranges::find(values, word.substr(0, equals), &Value::name);
    if (value == values.end()) return "is unknown";
    return value->set(settings, word.substr(equals + 1));
  }
  const auto find = [](std::string_view name) { return std::ranges::find(switches, name, &Switch::name); };
  if (word == "nosubnet") return settings.subnet.reset(), "";
  if (const auto found = find(word); found != switches.end()) return found->set(settings, true), "";
  if (!word.starts_with("no")) return "is unknown";
  if (const auto found = find(word.substr(2)); found != switches.end()) return found->set(settings, false), "";
  return "is unknown";
}

}  // namespace evtool::dnsq
