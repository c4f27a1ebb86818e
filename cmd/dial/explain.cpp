/// Lookups and attempts in words.
#include "dial/explain.hpp"

#include "terminal.hpp"
#include "units.hpp"

#include <cerrno>

namespace evtool::dial {
namespace {

using Outcome = evt::DialAttempt::Outcome;
using Kind = evt::DialEvent::Kind;

std::string_view type_of(const evt::DialLookup& lookup) {
  switch (lookup.kind) {
    case evt::DialLookup::Kind::ipv4:
      return "A";
    case evt::DialLookup::Kind::ipv6:
      return "AAAA";
    case evt::DialLookup::Kind::service:
      break;
  }
  return "SRV";
}

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::under_way:
      return "under_way";
    case Outcome::connected:
      return "connected";
    case Outcome::failed:
      return "failed";
    case Outcome::abandoned:
      break;
  }
  return "abandoned";
}

std::string text_of(const evt::DialLookup& lookup) {
  if (!lookup.over) return "no answer";
  if (lookup.error) return lookup.error.message();
  if (lookup.kind == evt::DialLookup::Kind::service) return "found";
  if (lookup.addresses.empty()) return "no address";
  std::string text;
  for (const evt::Address& address : lookup.addresses)
    text.append(text.empty() ? "" : ", ").append(address.to_string());
  return text;
}

std::string text_of(const evt::DialAttempt& attempt) {
  const std::string after = " after " + show_duration(attempt.ended - attempt.started);
  switch (attempt.outcome) {
    case Outcome::under_way:
      return "under way";
    case Outcome::connected:
      return "connected" + after;
    case Outcome::failed:
      return attempt.error.message() + after;
    case Outcome::abandoned:
      break;
  }
  return "no answer" + after;
}

std::string line_of(const evt::Dial& dial, const evt::DialLookup& lookup, bool begins) {
  const std::string at = show_duration((begins ? lookup.started : lookup.ended) - dial.started());
  return at + ": lookup of " + lookup.name + " " + std::string(type_of(lookup)) +
         (begins ? "" : ": " + text_of(lookup));
}

std::string line_of(const evt::Dial& dial, const evt::DialAttempt& attempt, bool begins) {
  const std::string at = show_duration((begins ? attempt.started : attempt.ended) - dial.started());
  return at + ": connect to " + attempt.address.to_string() + (begins ? "" : ": " + text_of(attempt));
}

void write_times(Json& json, evt::nanoseconds begin, evt::nanoseconds started, evt::nanoseconds ended) {
  json.key("start_ns").number(std::int64_t{(started - begin).count()});
  json.key("duration_ns");
  if (ended < started || ended == evt::nanoseconds{0}) {
    json.null();
  } else {
    json.number(std::int64_t{(ended - started).count()});
  }
}

void write_error(Json& json, const std::error_code& error) {
  if (!error) return;
  json.member("error", error.message());
  if (error.category() == std::system_category()) json.key("errno").number(std::int64_t{error.value()});
}

}  // namespace

std::string line_of(const evt::Dial& dial, evt::DialEvent event) {
  switch (event.kind) {
    case Kind::lookup_started:
    case Kind::lookup_ended:
      return escaped(line_of(dial, dial.lookups()[event.index], event.kind == Kind::lookup_started));
    case Kind::attempt_started:
    case Kind::attempt_ended:
      break;
  }
  return escaped(line_of(dial, dial.attempts()[event.index], event.kind == Kind::attempt_started));
}

Exit exit_of(const evt::Error& error) {
  const std::string_view operation = error.operation;
  if (operation == "lookup") return exit_code(6);
  if (operation == "dial" && error == std::errc::timed_out) return Exit::timed_out;
  return exit_code(7);
}

Exit explain(const Context& context, std::string_view shown, const evt::Dial& dial, const evt::Error& error) {
  const Exit exit = exit_of(error);
  const auto attempts = dial.attempts();
  const bool timed_out = exit == Exit::timed_out;
  // One reason is one line; but of a name that is nowhere, two families are one reason.
  if (attempts.size() == 1 && !timed_out) {
    context.error("{}: {}", attempts[0].address.to_string(), attempts[0].error.message());
    return exit;
  }
  if (attempts.empty() && !timed_out) {
    context.error("{}: {}", dial.lookups().empty() ? shown : std::string_view(dial.lookups().back().name),
                  error.code.message());
    return exit;
  }
  context.error("{}: {}", shown, timed_out ? "timed out" : "no address can be reached");
  for (const evt::DialLookup& lookup : dial.lookups())
    if (!lookup.over || lookup.error) context.error("  {} {}: {}", lookup.name, type_of(lookup), text_of(lookup));
  for (const evt::DialAttempt& attempt : attempts)
    context.error("  {}: {}", attempt.address.to_string(), text_of(attempt));
  return exit;
}

void write_dial(Json& json, const evt::Dial& dial) {
  json.key("lookups").begin_array();
  for (const evt::DialLookup& lookup : dial.lookups()) {
    json.begin_object().member("name", lookup.name).key("type").text(type_of(lookup));
    write_times(json, dial.started(), lookup.started, lookup.ended);
    json.key("answered").boolean(lookup.over);
    write_error(json, lookup.error);
    json.key("addresses").begin_array();
    for (const evt::Address& address : lookup.addresses)
      json.text(address.to_string());
    json.end_array().end_object();
  }
  json.end_array().key("attempts").begin_array();
  for (const evt::DialAttempt& attempt : dial.attempts()) {
    json.begin_object().member("address", attempt.address.to_string());
    write_times(json, dial.started(), attempt.started, attempt.ended);
    json.key("result").text(word_of(attempt.outcome));
    write_error(json, attempt.error);
    json.key("winner").boolean(attempt.outcome == Outcome::connected).end_object();
  }
  json.end_array();
}

}  // namespace evtool::dial
