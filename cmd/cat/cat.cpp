/// cat: concatenates files. Here are its table, and what happens to each operand; how bytes are moved is in plan.hpp.
#include "applet.hpp"
#include "cat/follow.hpp"
#include "cat/job.hpp"
#include "cat/quick.hpp"
#include "cat/settings.hpp"
#include "cat/source.hpp"

#include <fcntl.h>

#include <array>

namespace evtool {
namespace {

using cat::Settings;

void show_all(Settings& settings) {
  settings.show_nonprinting = settings.show_ends = settings.show_tabs = true;
}

void show_nonprinting_and_ends(Settings& settings) {
  settings.show_nonprinting = settings.show_ends = true;
}

void show_nonprinting_and_tabs(Settings& settings) {
  settings.show_nonprinting = settings.show_tabs = true;
}

constexpr auto options = std::to_array<Option>({
    option<&Settings::output>({.letter = 'o', .name = "output", .value = "FILE", .help = "write to FILE"}),
    option<&Settings::append>({.name = "append", .help = "append to the output file"}),
    option<&Settings::offset>({.name = "offset", .value = "SIZE", .help = "skip the first SIZE bytes of each file"}),
    option<&Settings::bytes>({.name = "bytes", .value = "SIZE", .help = "stop after SIZE bytes"}),
    option<&Settings::rate_limit>({.name = "rate-limit", .value = "RATE", .help = "copy at most RATE bytes a second"}),
    option<&Settings::progress>({.letter = 'p', .name = "progress", .help = "show a bar with rate and time left"}),
    option<&Settings::progress_fd>({.name = "progress-fd", .value = "N", .help = "show the bar on descriptor N"}),
    option<&Settings::size>({.name = "size", .value = "SIZE", .help = "expect SIZE bytes from pipes, for the bar"}),
    option<&Settings::tee>({.name = "tee", .value = "FILE", .help = "write to FILE as well"}),
    option<&Settings::follow>({.name = "follow", .help = "wait for more, also when files are rotated"}),
    option<&Settings::direct>({.name = "direct", .help = "bypass the page cache (O_DIRECT)"}),
    option<&Settings::fsync>({.name = "fsync", .help = "flush the output to disk before exiting"}),
    option<&Settings::copy>({.name = "copy", .help = "copy through memory instead of sharing pages"}),
    option<&Settings::number>({.letter = 'n', .name = "number", .help = "number all output lines"}),
    option<&Settings::number_nonblank>(
        {.letter = 'b', .name = "number-nonblank", .help = "number lines that are not empty"}),
    option<&Settings::squeeze_blank>(
        {.letter = 's', .name = "squeeze-blank", .help = "print one of several empty lines"}),
    option<&Settings::show_ends>({.letter = 'E', .name = "show-ends", .help = "show $ at the end of each line"}),
    option<&Settings::show_tabs>({.letter = 'T', .name = "show-tabs", .help = "show tabs as ^I"}),
    option<&Settings::show_nonprinting>(
        {.letter = 'v', .name = "show-nonprinting", .help = "show control bytes as ^X and M-X"}),
    option<&show_all>({.letter = 'A', .name = "show-all", .help = "the same as -vET"}),
    option<&show_nonprinting_and_ends>({.letter = 'e', .help = "the same as -vE"}),
    option<&show_nonprinting_and_tabs>({.letter = 't', .help = "the same as -vT"}),
    option<&Settings::unbuffered>({.letter = 'u', .help = "ignored: output is never held back"}),
});

/// Faults that only the options together have, or that the table cannot see.
std::optional<Exit> refuse(const Context& context, const Settings& settings) {
  if (settings.append && (settings.output.empty() || settings.output == "-"))
    return context.usage("option '--append' needs --output FILE");
  if (settings.progress_fd && ::fcntl(*settings.progress_fd, F_GETFD) < 0)
    return context.usage("option '--progress-fd': '{}' is not open", *settings.progress_fd);
  return std::nullopt;
}

void copy_operand(cat::Job& job, const std::string& operand) {
  const bool quick = job.may_block() && operand != "-" && !job.settings.offset;
  auto source = quick ? cat::copy_small(job, operand) : cat::open_source(job, operand);
  if (source) cat::copy_source(job, *source);
}

Exit run(Context& context, const Settings& settings) {
  if (const auto refused = refuse(context, settings)) return *refused;
  if (context.operands.empty()) context.operands.emplace_back("-");
  cat::Job job(context, settings);
  if (!job.output.open()) return job.finish();
  if (settings.follow) {
    cat::follow(job);
    return job.finish();
  }
  for (const auto& operand : context.operands) {
    if (job.over()) break;
    copy_operand(job, operand);
  }
  return job.finish();
}

}  // namespace

constinit const Applet cat_applet = checked({
    .name = "cat",
    .summary = "concatenate files, at the speed of the kernel",
    .details = "With no FILE, or where FILE is -, reads standard input.\n",
    .operands = {.form = "[FILE]..."},
    .standard_output = Stdout::data,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
