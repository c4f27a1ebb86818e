/// The frame around an applet's run: parse, answer help, open what --json-file and --trace name; at the end
/// statistics, trace and the exit code.
#include "context.hpp"

#include "applets.hpp"
#include "output.hpp"
#include "parse.hpp"
#include "render.hpp"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace evtool {
namespace {

evt::Fd create_file(const std::string& path) {
  return evt::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
}

/// Whether `file` is what standard output is. A terminal or /dev/null may well be both.
bool is_standard_output(const struct stat& file) {
  struct stat output{};
  if (::fstat(STDOUT_FILENO, &output) != 0 || S_ISCHR(output.st_mode)) return false;
  return output.st_dev == file.st_dev && output.st_ino == file.st_ino;
}

bool leads_to_standard_output(const std::string& path) {
  struct stat file{};
  return ::stat(path.c_str(), &file) == 0 && is_standard_output(file);
}

}  // namespace

Context::Context(const Invocation& invocation)
    : applet(*invocation.applet), common(invocation.inherited), words(invocation.words) {}

Context::~Context() = default;

std::string_view Context::tool() const {
  return &applet == &driver_applet ? std::string_view{} : applet.name;
}

void Context::complain(std::string_view message) const {
  evtool::complain(tool(), message);
}

std::optional<Exit> Context::begin(void* settings) {
  if (const auto exit = parse_words(settings)) return exit;
  if (const auto exit = answer_help()) return exit;
  if (const auto exit = check_operands()) return exit;
  if (const auto exit = read_environment()) return exit;
  if (const auto exit = open_json()) return exit;
  return open_trace();
}

std::optional<Exit> Context::parse_words(void* settings) {
  auto parsed = parse(applet, words, settings, common);
  if (!parsed) return usage("{}", parsed.error());
  operands = std::move(parsed->operands);
  command = parsed->command;
  return std::nullopt;
}

std::optional<Exit> Context::answer_help() const {
  if (!common.help && !common.version) return std::nullopt;
  const auto headings = colour_wanted(common.color, STDOUT_FILENO) ? Headings::bold : Headings::plain;
  return print(tool(), common.help ? help(applet, headings) : version_line()) ? Exit::done : Exit::failed;
}

std::optional<Exit> Context::check_operands() const {
  const auto& allowed = applet.operands;
  if (operands.size() < allowed.least) return usage("missing operand: {}", allowed.form);
  if (operands.size() > allowed.most) return usage("extra operand '{}'", operands[allowed.most]);
  return std::nullopt;
}

/// EVTOOL_BACKEND, unless --backend was given or the environment may belong to somebody less privileged.
std::optional<Exit> Context::read_environment() {
  if (common.backend || ::getauxval(AT_SECURE) != 0) return std::nullopt;
  const char* name = std::getenv("EVTOOL_BACKEND");
  if (name == nullptr || *name == '\0') return std::nullopt;
  const auto refusal = convert(name, common.backend);
  if (!refusal.empty()) return usage("EVTOOL_BACKEND: '{}' {}", name, refusal);
  return std::nullopt;
}

std::optional<Exit> Context::open_json() {
  if (!common.json && common.json_file.empty()) return std::nullopt;
  if (common.json_file.starts_with("fd:")) return open_json_fd(std::string_view(common.json_file).substr(3));
  if (!common.json_file.empty()) {
    if (applet.standard_output == Stdout::data && leads_to_standard_output(common.json_file))
      return usage("--json-file: '{}' is standard output, which carries data", common.json_file);
    json_file_ = create_file(common.json_file);
    json_fd_ = json_file_.get();
    if (json_file_) return std::nullopt;
    error("{}: {}", common.json_file, errno_text(errno));
    return Exit::failed;
  }
  if (applet.standard_output == Stdout::data)
    return usage("option '--json' needs '--json-file' here: standard output carries data");
  json_fd_ = STDOUT_FILENO;
  return std::nullopt;
}

std::optional<Exit> Context::open_json_fd(std::string_view number) {
  int fd = -1;
  const auto refusal = convert(number, fd);
  if (!refusal.empty()) return usage("--json-file: '{}' {}", common.json_file, refusal);
  struct stat file{};
  if (::fstat(fd, &file) != 0) return usage("--json-file: '{}': {}", common.json_file, errno_text(errno));
  if (applet.standard_output == Stdout::data && (fd == STDOUT_FILENO || is_standard_output(file)))
    return usage("--json-file: '{}' is standard output, which carries data", common.json_file);
  json_fd_ = fd;
  return std::nullopt;
}

std::optional<Exit> Context::open_trace() {
  if (!common.stats && common.trace.empty()) return std::nullopt;
  recorder_ = std::make_unique<Recorder>();
  if (common.trace.empty()) return std::nullopt;
  if (leads_to_standard_output(common.trace)) return usage("--trace: '{}' is standard output", common.trace);
  auto file = create_file(common.trace);
  if (!file) {
    error("{}: {}", common.trace, errno_text(errno));
    return Exit::failed;
  }
  recorder_->trace_to(std::move(file));
  return std::nullopt;
}

evt::Loop* Context::loop(evt::LoopOptions options) {
  if (loop_) return &*loop_;
  if (common.backend) options.backend = *common.backend;
  if (recorder_) options.observer = recorder_.get();
  auto made = evt::Loop::create(options);
  if (!made) {
    error("backend {}: {}", evt::name_of(options.backend), made.error().message());
    return nullptr;
  }
  if (common.verbose) complain(std::string("backend ").append(made->backend_reason()));
  return &loop_.emplace(std::move(*made));
}

std::string_view Context::backend() const {
  return loop_ ? evt::name_of(loop_->backend()) : "none";
}

Exit Context::finish(Exit exit) {
  if (common.stats) {
    const auto line = statistics_line(loop_ ? &*loop_ : nullptr, recorder_->latencies_ns());
    (void)write_all(STDERR_FILENO, escaped("evtool " + std::string(applet.name) + ": " + line) + "\n");
  }
  const int failure = recorder_ ? recorder_->close_trace() : 0;
  if (failure != 0) error("{}: {}", common.trace, errno_text(failure));
  return failure != 0 && exit == Exit::done ? Exit::failed : exit;
}

}  // namespace evtool
