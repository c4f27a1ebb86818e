/// An applet that only the tests have: it shows what the frame around every applet (context, parse, report, --stats,
/// --trace, endings by a signal) makes of a command line, whatever the real applets do.
#include "applet.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "signals.hpp"
#include <evt/io_request.hpp>
#include <evt/wake.hpp>

#include <array>
#include <csignal>

namespace evtool {
namespace {

struct Settings {
  std::optional<Size> size;
  std::optional<Rate> rate;
  std::optional<Duration> time;
  std::optional<std::uint16_t> number;
  std::vector<std::string> words;
  When when = When::automatic;
  bool flag = false;
  unsigned nops = 0;
  bool drain = false;
  bool progress = false;
  int signal = 0;
};

constexpr auto options = std::to_array<Option>({
    option<&Settings::size>({.letter = 's', .name = "size", .value = "SIZE", .help = "a size"}),
    option<&Settings::rate>({.name = "rate", .value = "RATE", .help = "a rate"}),
    option<&Settings::time>({.letter = 't', .name = "time", .value = "DURATION", .help = "a duration"}),
    option<&Settings::number>({.name = "number", .value = "N", .help = "a number of 16 bits"}),
    option<&Settings::words>({.letter = 'w', .name = "word", .value = "TEXT", .help = "any text"}),
    option<&Settings::when>({.name = "when", .value = "WHEN", .help = "one of three words"}),
    option<&Settings::flag>({.letter = 'f', .name = "flag", .help = "a flag"}),
    option<&Settings::nops>({.name = "nops", .value = "N", .help = "complete N nops, one after the other"}),
    option<&Settings::drain>({.name = "drain", .help = "read standard input to its end"}),
    option<&Settings::progress>({.letter = 'p', .name = "progress", .help = "show a bar while reading"}),
    option<&Settings::signal>({.name = "die-by", .value = "N", .help = "end by signal N"}),
});

class Nops {
 public:
  Nops(evt::Loop& loop, unsigned count) : nop_(loop), left_(count) {
    if (left_ > 0) nop_.submit(evt::bind<&Nops::on_done>(*this));
  }

 private:
  evt::Action on_done(evt::Result<void>) { return --left_ > 0 ? evt::Action::rearm : evt::Action::disarm; }

  evt::Nop nop_;
  unsigned left_;
};

/// Reads to the end and tells the progress about each read.
class Drain {
 public:
  Drain(evt::Loop& loop, Progress& progress)
      : progress_(progress), source_(loop, evt::File::borrow(STDIN_FILENO)), asked_(loop) {
    in_.read(buffer_, evt::bind<&Drain::on_read>(*this));
    asked_.wait(evt::bind<&Drain::on_asked>(*this));
    on_progress_signal(&hook_);
  }
  ~Drain() { on_progress_signal(nullptr); }
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;
  bool failed() const { return failed_; }

 private:
  evt::Action on_read(evt::Result<std::size_t> size) {
    if (size) {
      progress_.update(done_ += *size);
      return evt::Action::rearm;
    }
    failed_ = size.error() != evt::Errc::eof;
    progress_.finish();
    return evt::Action::disarm;
  }
  evt::Action on_asked() {
    progress_.update(done_);
    return evt::Action::rearm;
  }

  Progress& progress_;
  std::uint64_t done_ = 0;
  evt::File source_;
  evt::Wake asked_;
  ProgressHook hook_{.function = [](void* wake) { static_cast<evt::Wake*>(wake)->notify(); }, .context = &asked_};
  evt::IoRequest in_{source_};
  std::array<std::byte, 4096> buffer_;
  bool failed_ = false;
};

void show(Json& json, const Context& context, const Settings& settings) {
  json.begin_object().key("operands").begin_array();
  for (const auto& operand : context.operands)
    json.text(operand);
  json.end_array().key("words").begin_array();
  for (const auto& word : settings.words)
    json.text(word);
  json.end_array().key("flag").boolean(settings.flag);
  if (settings.size) json.key("size_bytes").number(settings.size->bytes);
  if (settings.rate) json.key("rate_bytes_per_second").number(settings.rate->per_second);
  if (settings.time) json.key("time_ns").number(std::int64_t{settings.time->count()});
  if (settings.number) json.key("number").number(std::uint64_t{*settings.number});
  json.key("when").text(words<When>[static_cast<std::size_t>(settings.when)]).end_object();
}

Exit run(Context& context, const Settings& settings) {
  context.note("{} operands", context.operands.size());
  for (const auto& operand : context.operands)
    context.error("{}", operand);
  if (settings.nops > 0 || settings.drain) {
    evt::Loop* loop = context.loop();
    if (loop == nullptr) return Exit::failed;
    const Nops nops(*loop, settings.nops);
    Progress progress(context, settings.progress ? std::optional(STDERR_FILENO) : std::nullopt);
    std::optional<Drain> drain;
    if (settings.drain) drain.emplace(*loop, progress);
    if (!loop->run() || (drain && drain->failed())) return Exit::failed;
  }
  if (context.json_fd() >= 0) {
    Report report(context);
    show(report.result(), context, settings);
    if (!report.close()) return Exit::failed;
  }
  return settings.signal != 0 ? died_by(settings.signal) : Exit::done;
}

constinit const Applet report_applet = checked({
    .name = "probe",
    .summary = "show what was understood",
    .details = "",
    .operands = {.form = "[WORD]...", .most = 3},
    .standard_output = Stdout::report,
    .options = options,
    .run = entry<run>(),
});

/// The same, but with a standard output that carries data.
constinit const Applet data_applet = checked({
    .name = "data-probe",
    .summary = "show what was understood",
    .details = "",
    .operands = {.form = "[WORD]...", .most = 3},
    .standard_output = Stdout::data,
    .options = options,
    .run = entry<run>(),
});

}  // namespace
}  // namespace evtool

/// As cmd/main.cpp; a first word `data` makes it the data-probe.
int main(int argc, char** argv) {
  using namespace evtool;
  guard_standard_descriptors();
  watch_progress_signal();
  auto words = std::span(argv, static_cast<std::size_t>(argc)).subspan(1);
  const bool data = !words.empty() && std::string_view(words.front()) == "data";
  const Applet& applet = data ? data_applet : report_applet;
  const auto exit = static_cast<int>(
      applet.run.enter({.applet = &applet, .words = data ? words.subspan(1) : words, .inherited = {}}));
  return (exit & signal_flag) != 0 ? die_by(exit & ~signal_flag) : exit;
}
