/// The members, and the words for outcomes.
#include "wait_pid/result.hpp"

#include "wait_pid/journal.hpp"

#include <string_view>

namespace evtool::wait_pid {
namespace {

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::running:
      return "running";
    case Outcome::exited:
      return "exited";
    case Outcome::killed:
      return "killed";
    case Outcome::unknown:
      return "unknown";
    case Outcome::gone:
      break;
  }
  return "gone";
}

void write_target(Json& json, const Target& target) {
  json.begin_object().member("operand", target.operand);
  json.key("pid");
  if (target.pid == 0) {
    json.null();
  } else {
    json.number(std::int64_t{target.pid});
  }
  if (target.inode != 0) json.key("inode").number(target.inode);
  json.key("outcome").text(word_of(target.outcome));
  if (target.outcome == Outcome::exited) json.key("status").number(std::int64_t{target.code});
  if (target.outcome == Outcome::killed) {
    json.key("signal").number(std::int64_t{target.code}).key("signal_name").text(name_of_signal(target.code));
    json.key("core_dumped").boolean(target.core_dumped);
  }
  if (target.outcome != Outcome::running && target.outcome != Outcome::gone)
    json.key("waited_ns").number(std::int64_t{target.waited.count()});
  json.end_object();
}

}  // namespace

void write_result(Json& json, std::span<const Target> targets, const Family* family, End end, const Verdict& verdict) {
  json.begin_object().key("exit").begin_object();
  json.key("code").number(std::int64_t{static_cast<int>(verdict.exit)});
  json.key("of").text(verdict.of_process ? "process" : "evtool").end_object();
  json.key("timed_out").boolean(end == End::timed_out).key("processes").begin_array();
  for (const Target& target : targets)
    write_target(json, target);
  json.end_array();
  if (family != nullptr) json.key("descendants").number(std::uint64_t{family->reaped()});
  json.end_object();
}

}  // namespace evtool::wait_pid
