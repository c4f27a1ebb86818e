/// start_command(), and one request that waits for the end.
#include "timer/child.hpp"

#include <csignal>

namespace evtool::timer {

bool Child::start(std::span<const evt::FileAction> files) {
  auto command = start_command(session_.context, session_.context.command, {.group = group_, .files = files});
  if (!command) {
    session_.end(command.error());
    return false;
  }
  const auto& started = command_.emplace(std::move(*command));
  request_.wait(started.process(), evt::bind<&Child::on_end>(*this));
  return true;
}

void Child::signal(int number) const {
  if (const auto* command = there()) command->signal(number);
}

void Child::signal_all(int number) const {
  const auto* command = there();
  if (command == nullptr) return;
  command->signal_all(number);
  // What is stopped cannot end.
  if (number != SIGKILL && number != SIGCONT) command->signal_all(SIGCONT);
}

void Child::pass_on(const evt::SignalInfo& info) const {
  if (has_own_group()) return signal_all(info.signal);
  if (info.code != SI_KERNEL) signal(info.signal);
}

void Child::on_end(const evt::Result<evt::ProcessStatus>& status) {
  command_.reset();
  ended_.function(ended_.context, status.value_or(evt::ProcessStatus{}));
}

evt::ProcessGroup group_for_commands() {
  return leads_foreground_group() ? evt::ProcessGroup::inherit : evt::ProcessGroup::own_group;
}

}  // namespace evtool::timer
