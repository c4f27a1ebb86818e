/// Processes of evt.h.
#include "c/kept.hpp"

#include <sys/wait.h>

#include <utility>
#include <vector>

using evt::c::guarded;
using evt::c::object;

namespace {

static_assert(EVT_INHERIT_GROUP == std::to_underlying(evt::ProcessGroup::inherit));
static_assert(EVT_OWN_GROUP == std::to_underlying(evt::ProcessGroup::own_group));
static_assert(EVT_OWN_SESSION == std::to_underlying(evt::ProcessGroup::own_session));
static_assert(EVT_REAP_GRACE == evt::ProcessRequest::default_reap_grace.count());
// What C sees the fields of; a test sees that they are in the same places.
static_assert(sizeof(evt_process) == sizeof(evt::Process) && alignof(evt_process) == alignof(evt::Process));

int store(evt::Result<evt::Process> result, evt_process* process) noexcept {
  if (!result) return evt::c::code_of(result.error());
  evt::c::make(process, std::move(*result));
  return 0;
}

evt::FileAction action_of(const evt_file_action& given) noexcept {
  evt::FileAction action{.target = given.target, .path = given.path, .flags = given.flags, .mode = given.mode};
  if (given.path == nullptr) action.source = given.source;
  return action;
}

/// As wait(2) has it in one number, except for what nobody knows.
int number_of(const evt::ProcessStatus& status) noexcept {
  switch (status.kind) {
    case evt::ProcessStatus::Kind::exited:
      return (status.code & 0xff) << 8;
    case evt::ProcessStatus::Kind::signaled:
      return status.code | (status.core_dumped ? WCOREFLAG : 0);
    case evt::ProcessStatus::Kind::unknown:
      break;
  }
  return EVT_UNKNOWN_STATUS;
}

}  // namespace

std::int64_t evt::c::keep(ProcessRequest& request, Result<ProcessStatus>&& result) noexcept {
  if (!result) return code_of(result.error());
  static_cast<Waiter&>(request).usage = result->usage;
  return ::number_of(*result);
}

int evt_process_open(evt_process* process, pid_t id) {
  return store(evt::Process::open(id), process);
}
void evt_process_close(evt_process* process) {
  evt::c::end(process);
}
int evt_process_kill(const evt_process* process, int signal) {
  return static_cast<int>(evt::c::number_of(object(process).kill(signal)));
}

int evt_spawn(evt_process* process, const evt_spawn_options* options) {
  return guarded([&] {
    std::vector<evt::FileAction> files;
    files.reserve(options->file_count);
    for (size_t index = 0; index < options->file_count; ++index)
      files.push_back(action_of(options->files[index]));
    return store(evt::spawn({.arguments = options->arguments,
                             .program = options->program,
                             .environment = options->environment,
                             .directory = options->directory,
                             .files = files,
                             .group = static_cast<evt::ProcessGroup>(options->group)}),
                 process);
  });
}

void evt_waiter_init(evt_waiter* waiter, evt_loop* loop, void* user) {
  evt::c::make_request(waiter, user, object(loop));
}
void evt_waiter_destroy(evt_waiter* waiter) {
  evt::c::end(waiter);
}
int evt_process_wait(evt_waiter* waiter, const evt_process* process, int64_t reap_grace, evt_callback done) {
  return evt::c::code_of(object(waiter).wait(object(process), evt::nanoseconds{reap_grace},
                                             evt::c::keeping<evt::ProcessRequest, evt::ProcessStatus>(done)));
}
const struct rusage* evt_waiter_usage(const evt_waiter* waiter) {
  const auto& usage = object(waiter).usage;
  return usage ? &*usage : nullptr;
}
