/// The alternate screen of the terminal, and a pipe from the command.
#include "timer/screen.hpp"

#include "output.hpp"
#include "terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace evtool::timer {
namespace {

constexpr std::size_t header_rows = 2;

GridSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

void write_terminal(std::string_view text) {
  (void)write_all(STDOUT_FILENO, text);
}

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace

Screen::Screen(Session& session, Duration interval)
    : session_(session), interval_(interval), signals_(session.loop(), {&Screen::on_signal, this}) {
  signals_.add(SIGWINCH);
  signals_.add(SIGCONT);
}

Screen::~Screen() {
  if (entered_) write_terminal("\x1b[?25h\x1b[?1049l");
}

bool Screen::run(Child& child) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    session_.context.error("pipe: {}", errno_text(errno));
    session_.end(Exit::failed);
    return false;
  }
  const evt::Fd writer(ends[1]);
  // Ours alone: the command has the other end.
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  request_.reset();
  file_.emplace(session_.loop(), evt::File::adopt(evt::Fd(ends[0])));
  request_.emplace(*file_);
  request_->unref();
  caught_.clear();
  const std::array files{evt::FileAction{.target = STDOUT_FILENO, .source = writer.get()},
                         evt::FileAction{.target = STDERR_FILENO, .source = writer.get()}};
  if (!child.start(files)) return false;
  request_->read(buffer_, evt::bind<&Screen::on_read>(*this));
  return true;
}

evt::Action Screen::on_read(const evt::Result<std::size_t>& bytes) {
  if (!bytes) return evt::Action::disarm;
  keep(*bytes);
  return evt::Action::rearm;
}

void Screen::keep(std::size_t bytes) {
  const auto room = bound_bytes - caught_.size();
  caught_.append(reinterpret_cast<const char*>(buffer_.data()), std::min(bytes, room));
}

/// What is in the pipe by now; the command wrote it before it ended.
void Screen::drain() {
  if (!request_ || !file_) return;
  if (const auto won = request_->cancel_sync(); won && *won) keep(**won);
  for (;;) {
    const auto bytes = ::read(file_->fd(), buffer_.data(), buffer_.size());
    if (bytes > 0) {
      keep(static_cast<std::size_t>(bytes));
    } else if (bytes == 0 || errno != EINTR) {
      return;
    }
  }
}

void Screen::ended(Exit exit) {
  drain();
  exit_ = exit;
  text_.swap(caught_);
  draw(session_.settings.differences && entered_ ? Changes::reversed : Changes::plain);
}

void Screen::on_signal(void* self, const evt::SignalInfo&) {
  auto& screen = *static_cast<Screen*>(self);
  if (screen.entered_) screen.draw(Changes::plain);
}

void Screen::enter() {
  if (std::exchange(entered_, true)) return;
  write_terminal("\x1b[?1049h\x1b[?25l");
}

void Screen::draw(Changes changes) {
  enter();
  auto size = terminal_size();
  const auto columns = size.columns;
  size.rows -= std::min(size.rows, header_rows);
  Grid grid(text_, size);
  // In one step, where the terminal can (mode 2026), so that nothing flickers.
  write_terminal("\x1b[?2026h\x1b[H" + header(columns) + grid.drawn(shown_, changes) + "\x1b[J\x1b[?2026l");
  shown_ = std::move(grid);
}

/// "every 2.0 s  df -h            exit 1  15:30:02", and an empty line.
std::string Screen::header(std::size_t columns) const {
  const bool colour = colour_wanted(session_.context.common.color, STDOUT_FILENO);
  std::string words;
  for (const char* word : session_.context.command)
    words.append(words.empty() ? "" : " ").append(escaped(word));
  const auto left = "every " + show_duration(interval_) + "  ";
  const auto failure = exit_ == Exit::done ? std::string{} : fmt::format("exit {}  ", static_cast<int>(exit_));
  const auto right = failure + time_of_day();
  if (left.size() + right.size() + 4 > columns) return "\x1b[K\r\n\x1b[K\r\n";
  const auto room = columns - left.size() - right.size() - 2;
  std::string title = Grid(words, {.columns = room, .rows = 1}).drawn({}, Changes::plain);
  title.resize(title.size() - std::string_view("\x1b[K").size());
  const auto style = [colour](const char* code, const std::string& text) {
    return colour && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  };
  return style("2", left) + style("1", title) + "\x1b[K" + fmt::format("\x1b[{}G", columns - right.size() + 1) +
         style("31", failure) + style("2", time_of_day()) + "\r\n\x1b[K\r\n";
}

}  // namespace evtool::timer
