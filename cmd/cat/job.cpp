/// How messages, progress and the end of a run go together.
#include "cat/job.hpp"

#include "output.hpp"
#include "report.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

namespace evtool::cat {
namespace {

bool changes_bytes(const Settings& settings) {
  return settings.number || settings.number_nonblank || settings.squeeze_blank || settings.show_ends ||
         settings.show_tabs || settings.show_nonprinting;
}

std::optional<int> bar_of(const Settings& settings) {
  if (settings.progress_fd) return settings.progress_fd;
  return settings.progress ? std::optional(STDERR_FILENO) : std::nullopt;
}

}  // namespace

Job::Job(Context& given, const Settings& wanted)
    : context(given),
      settings(wanted),
      output(*this, wanted.output),
      progress(given, bar_of(wanted)),
      must_copy_(wanted.copy || wanted.direct || wanted.follow || wanted.rate_limit || !wanted.tee.empty() ||
                 changes_bytes(wanted)),
      // What --stats and --trace show are requests.
      may_block_(!must_copy_ && !given.common.stats && given.common.trace.empty()),
      left_(wanted.bytes ? wanted.bytes->bytes : UINT64_MAX),
      started_(std::chrono::steady_clock::now()),
      answer_hook_{.function = &Job::answer, .context = this} {
  if (bar_of(wanted)) expect_total();
}

Job::~Job() {
  on_progress_signal(nullptr);
}

void Job::answer(void* job) {
  auto& self = *static_cast<Job*>(job);
  self.progress.update(self.done_);
}

void Job::moved(std::size_t bytes) {
  done_ += bytes;
  if (left_ != UINT64_MAX) left_ -= bytes;
  progress.update(done_);
}

void Job::file_done(const std::string& name, Engine engine) {
  ++files_;
  if (context.common.verbose) note("{}: {}", name, name_of(engine));
}

void Job::before_message() {
  // Whatever fails in here says so by itself.
  (void)output.flush();
  progress.clear();
}

void Job::input_failed(std::string_view name, int number) {
  error("{}: {}", name, errno_text(number));
  ++failures_;
  fail();
}

void Job::tee_failed(std::string_view name, int number) {
  progress.clear();
  context.error("write error: {}: {}", name, errno_text(number));
  fail();
}

void Job::output_failed(std::string_view name, int number) {
  if (number != EPIPE || is_ignored(SIGPIPE)) tee_failed(name, number);
  abandon();
  if (number == EPIPE && !is_ignored(SIGPIPE)) exit_ = died_by(SIGPIPE);
}

void Job::abandon() {
  over_ = true;
  fail();
}

evt::Loop* Job::loop() {
  if (loop_ != nullptr || over_) return loop_;
  // One thing at a time, and disks may be waited for: there is nothing else to do. A tee whose reader left must not end
  // the run, so that SIGPIPE is raised by output_failed() alone.
  loop_ = context.loop({.entries = 8, .disk_work = evt::DiskWork::on_loop});
  if (loop_ == nullptr) {
    abandon();
    return nullptr;
  }
  wake_hook_ = {.function = [](void* wake) { static_cast<evt::Wake*>(wake)->notify(); },
                .context = &wake_.emplace(*loop_)};
  wake_->wait({.function =
                   [](void* job, evt::Wake&, evt::Result<void>) {
                     answer(job);
                     return evt::Action::rearm;
                   },
               .context = this});
  on_progress_signal(&wake_hook_);
  return loop_;
}

Copier& Job::copier() {
  if (!copier_) copier_.emplace(*this);
  return *copier_;
}

std::size_t Job::pipe_bytes(std::size_t pipes) {
  if (!quota_) quota_ = read_pipe_quota();
  return wanted_pipe_bytes(*quota_, pipes);
}

/// The sizes of all operands; --size stands for those that have none.
void Job::expect_total() {
  std::uint64_t total = 0;
  bool known = true;
  for (const auto& operand : context.operands) {
    struct stat status{};
    const bool found = operand == "-" ? ::fstat(STDIN_FILENO, &status) == 0 : ::stat(operand.c_str(), &status) == 0;
    if (!found) continue;
    const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    const std::uint64_t skipped = settings.offset ? settings.offset->bytes : 0;
    if (S_ISREG(status.st_mode)) {
      total += size - std::min(size, skipped);
    } else {
      known = false;
    }
  }
  if (!known && settings.size) {
    total += settings.size->bytes;
    known = true;
  }
  if (settings.follow) known = false;
  if (known) progress.expect(std::min(total, left_));
}

bool Job::report() const {
  if (context.json_fd() < 0) return true;
  Report report(context);
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  const std::chrono::nanoseconds elapsed_ns = elapsed;
  report.result().begin_object().key("bytes").number(done_).key("files").number(files_);
  report.result().key("failed").number(failures_);
  report.result().key("elapsed_ns").number(static_cast<std::uint64_t>(elapsed_ns.count())).end_object();
  return report.close();
}

Exit Job::finish() {
  if (!over_ && output.flush() && (!copier_ || copier_->finish()) && output.close()) progress.finish();
  progress.clear();
  if (!report()) fail();
  return exit_;
}

}  // namespace evtool::cat
