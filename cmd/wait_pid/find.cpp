/// Operands one by one; a process that was named before is left out.
#include "wait_pid/find.hpp"

#include "wait_pid/names.hpp"
#include "wait_pid/operand.hpp"
#include "wait_pid/pidfile.hpp"

#include <unistd.h>

#include <unordered_map>
#include <utility>

namespace evtool::wait_pid {
namespace {

class Finder {
 public:
  Finder(const Context& context, NameOf name) : context_(context), name_(name) {
    targets_.reserve(context.operands.size());
    places_.reserve(context.operands.size());
  }

  /// The exit code where the run ends here.
  std::optional<Exit> add(const std::string& word) {
    const auto operand = parse_operand(word);
    if (!operand) return context_.usage("'{}' {}", word, operand.error());
    switch (operand->kind) {
      case Operand::Kind::process:
        return add_process(word, *operand);
      case Operand::Kind::pidfile:
        return add_pidfile(word, operand->text);
      case Operand::Kind::name:
        return add_named(word, operand->text);
    }
    return std::nullopt;
  }

  std::vector<Target> take() { return std::move(targets_); }

 private:
  std::optional<Exit> add_process(const std::string& word, const Operand& operand) {
    if (operand.pid == self_) return context_.usage("'{}' is evtool itself", word);
    if (!remember({.operand = word, .pid = operand.pid, .inode = operand.inode}))
      context_.note("{}: given more than once, waited for once", word);
    return std::nullopt;
  }

  std::optional<Exit> add_pidfile(const std::string& word, const std::string& path) {
    const auto pid = read_pidfile(path);
    if (!pid) {
      context_.error("{}: {}", path, pid.error());
      return Exit::internal;
    }
    remember({.operand = word, .pid = *pid});
    return std::nullopt;
  }

  std::optional<Exit> add_named(const std::string& word, const std::string& text) {
    const auto pattern = Pattern::compile(text);
    if (!pattern) return context_.usage("'{}' {}", word, pattern.error());
    auto found = find_named(*pattern, name_);
    if (!found) {
      context_.error("{}: {}", word, found.error());
      return Exit::internal;
    }
    if (found->empty()) remember({.operand = word});
    for (Target& target : *found) {
      target.operand = word;
      remember(std::move(target));
    }
    return std::nullopt;
  }

  /// False for a process that is there already. Two inodes are two processes, of which one has had the number.
  bool remember(Target target) {
    const auto [place, is_new] = places_.try_emplace(target.pid, targets_.size());
    if (!is_new && target.pid != 0) {
      Target& known = targets_[place->second];
      if (known.inode == 0) known.inode = target.inode;
      if (target.inode == 0 || target.inode == known.inode) return false;
    }
    targets_.push_back(std::move(target));
    return true;
  }

  const Context& context_;
  NameOf name_;
  pid_t self_ = ::getpid();
  std::vector<Target> targets_;
  std::unordered_map<pid_t, std::size_t> places_;
};

}  // namespace

std::expected<std::vector<Target>, Exit> find(const Context& context, const Settings& settings) {
  Finder finder(context, settings.full ? NameOf::arguments : NameOf::command);
  for (const auto& word : context.operands) {
    if (const auto exit = finder.add(word)) return std::unexpected(*exit);
  }
  return finder.take();
}

}  // namespace evtool::wait_pid
