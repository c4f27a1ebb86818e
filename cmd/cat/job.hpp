/// Job: what one run of cat shares: settings, output, progress, the limit of --bytes, and how it will end.
#pragma once

#include "cat/copier.hpp"
#include "cat/outputs.hpp"
#include "cat/pipe_size.hpp"
#include "cat/plan.hpp"
#include "cat/settings.hpp"
#include "context.hpp"
#include "progress.hpp"
#include "signals.hpp"
#include <evt/wake.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace evtool::cat {

class Job {
 public:
  Job(Context& context, const Settings& settings);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Context& context;
  const Settings& settings;
  Outputs output;
  Progress progress;

  /// The bytes have to pass through our hands, or --copy asks for it.
  bool must_copy() const { return must_copy_; }
  /// Nobody watches and nothing is to be done meanwhile: blocking system calls may take the place of requests.
  bool may_block() const { return may_block_; }

  /// `size`, or what --bytes leaves of it.
  std::size_t allowed(std::size_t size) const { return left_ < size ? static_cast<std::size_t>(left_) : size; }
  /// `bytes` were taken from an input.
  void moved(std::size_t bytes);
  /// The output failed, or --bytes are used up.
  bool over() const { return over_ || left_ == 0; }

  /// One line on standard error, after what is held back was written and the bar was taken away.
  template <typename... Arguments>
  void error(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
    before_message();
    context.complain(fmt::vformat(format, fmt::make_format_args(arguments...)));
  }
  /// The same, unless --quiet.
  template <typename... Arguments>
  void note(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
    if (!context.common.quiet) error(format, arguments...);
  }

  /// Says so; the run goes on with the next file, and will fail.
  void input_failed(std::string_view name, int error);
  /// Says so; the run is over. A reader that went away is no error: the run then ends by SIGPIPE.
  void output_failed(std::string_view name, int error);
  /// Says so; the run goes on without that target, and will fail.
  void tee_failed(std::string_view name, int error);
  /// The run will fail.
  void fail() { exit_ = Exit::failed; }
  /// The run ends here, and fails.
  void abandon();

  /// The loop, made on first need; null when it cannot be made: that was said, and the run is over.
  evt::Loop* loop();

  Copier& copier();

  /// How large each of `pipes` pipes may be made.
  std::size_t pipe_bytes(std::size_t pipes);

  /// A file was read to its end.
  void file_done(const std::string& name, Engine engine);
  Exit finish();

 private:
  friend class AnswersProgress;
  void before_message();
  void expect_total();
  bool report() const;
  static void answer(void* job);

  bool must_copy_;
  bool may_block_;
  bool over_ = false;
  Exit exit_ = Exit::done;
  std::uint64_t left_;
  std::uint64_t done_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t failures_ = 0;
  Progress::Time started_;
  evt::Loop* loop_ = nullptr;
  std::optional<evt::Wake> wake_;
  ProgressHook wake_hook_;
  ProgressHook answer_hook_;
  std::optional<Copier> copier_;
  std::optional<PipeQuota> quota_;
};

/// While it lives SIGUSR1 is answered from inside its handler. Only around a single blocking system call: what the
/// signal interrupts then is that call, so that the handler may do what it likes.
class AnswersProgress {
 public:
  explicit AnswersProgress(Job& job) : job_(job) { on_progress_signal(&job.answer_hook_); }
  ~AnswersProgress() { on_progress_signal(job_.wake_ ? &job_.wake_hook_ : nullptr); }
  AnswersProgress(const AnswersProgress&) = delete;
  AnswersProgress& operator=(const AnswersProgress&) = delete;

 private:
  Job& job_;
};

}  // namespace evtool::cat
