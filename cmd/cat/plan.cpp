/// The table of engines, as a few ifs.
#include "cat/plan.hpp"

namespace evtool::cat {

const char* name_of(Engine engine) {
  switch (engine) {
    case Engine::clone:
      return "cloned";
    case Engine::splice:
      return "spliced";
    case Engine::copy:
      return "copied";
  }
  return "";
}

Engine plan(const Facts& facts) {
  if (facts.changed_or_counted || facts.same_file) return Engine::copy;
  if (facts.source == Kind::regular && facts.source_is_empty) return Engine::copy;
  if (facts.target == Kind::regular && facts.target_appends) return Engine::copy;
  if (facts.source == Kind::regular && facts.target == Kind::regular) return Engine::clone;

  const bool from_pipe = facts.source == Kind::pipe;
  const bool to_pipe = facts.target == Kind::pipe;
  const bool from_disk = facts.source == Kind::regular || facts.source == Kind::block;
  const bool can_splice = (to_pipe && (from_disk || from_pipe)) || (from_pipe && facts.target == Kind::regular);
  return can_splice && facts.pipe_bytes >= least_pipe_bytes ? Engine::splice : Engine::copy;
}

}  // namespace evtool::cat
