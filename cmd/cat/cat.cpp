/// cat: copies files to standard output.
#include "applet.hpp"
#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace evtool {
namespace {

struct Settings {
  std::string output;
  bool append = false;
  std::optional<Size> offset;
  std::optional<Size> bytes;
  std::optional<Rate> rate_limit;
  bool progress = false;
  std::optional<int> progress_fd;
  std::optional<Size> size;
  std::vector<std::string> tee;
  bool follow = false;
  bool direct = false;
  bool fsync = false;
  bool copy = false;
  bool number = false;
  bool number_nonblank = false;
  bool squeeze_blank = false;
  bool show_ends = false;
  bool show_tabs = false;
  bool show_nonprinting = false;
  bool unbuffered = false;
};

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

/// Copies `source` to standard output; false when that failed, which was said.
bool copy(const Context& context, int source, const std::string& name) {
  static constinit std::array<char, 64 * 1024> buffer{};
  for (;;) {
    const auto count = ::read(source, buffer.data(), buffer.size());
    if (count == 0) return true;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      context.error("{}: {}", name, errno_text(errno));
      return false;
    }
    if (!print(context.applet.name, {buffer.data(), static_cast<std::size_t>(count)})) return false;
  }
}

bool copy_file(const Context& context, const std::string& name) {
  if (name == "-") return copy(context, STDIN_FILENO, "standard input");
  const evt::Fd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return copy(context, file.get(), name);
  context.error("{}: {}", name, errno_text(errno));
  return false;
}

Exit run(Context& context, const Settings&) {
  if (context.operands.empty()) context.operands.emplace_back("-");
  Exit exit = Exit::done;
  for (const auto& name : context.operands) {
    if (!copy_file(context, name)) exit = Exit::failed;
  }
  return exit;
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
