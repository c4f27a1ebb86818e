/// Plain text, carriage returns and spaces only: it works on a dumb terminal too.
#include "progress.hpp"

#include "output.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "units.hpp"

#include <unistd.h>

#include <algorithm>

namespace evtool {
namespace {

using std::chrono::steady_clock;

constexpr auto redraw_after = std::chrono::milliseconds(100);

/// units a second, 0 when no time has passed.
std::uint64_t per_second(std::uint64_t units, steady_clock::duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  return seconds <= 0 ? 0 : static_cast<std::uint64_t>(static_cast<double>(units) / seconds);
}

unsigned percent(std::uint64_t done, std::uint64_t total) {
  if (total == 0 || done >= total) return 100;
  return static_cast<unsigned>(100 * (static_cast<double>(done) / static_cast<double>(total)));
}

std::chrono::seconds time_left(std::uint64_t done, std::uint64_t total, std::uint64_t rate) {
  if (done >= total || rate == 0) return std::chrono::seconds{0};
  return std::chrono::seconds{(total - done + rate - 1) / rate};
}

/// "[====>    ]", `width` columns wide.
std::string drawing(unsigned part, std::size_t width) {
  const std::size_t inner = width - 2;
  const std::size_t filled = inner * part / 100;
  std::string text = "[" + std::string(filled, '=');
  if (filled < inner) text.append(1, '>').append(inner - filled - 1, ' ');
  return text.append("]");
}

}  // namespace

Progress::Progress(const Context& context, std::optional<int> fd)
    : context_(context), started_(steady_clock::now()), drawn_(started_) {
  const bool silent = context.common.quiet || context.json_fd() >= 0;
  if (fd && !silent && is_terminal(*fd)) fd_ = *fd;
}

Progress::~Progress() {
  clear();
}

void Progress::update(std::uint64_t done) {
  done_ = done;
  const Time now = steady_clock::now();
  if (progress_asked()) {
    clear();
    context_.complain(line(now));
  }
  if (fd_ < 0 || now - drawn_ < redraw_after) return;
  measure(now);
  draw(now);
}

void Progress::measure(Time now) {
  const auto latest = per_second(done_ - std::min(done_, drawn_done_), now - drawn_);
  rate_ = drawn_done_ == 0 ? latest : (rate_ * 7 + latest * 3) / 10;
  drawn_ = now;
  drawn_done_ = done_;
}

void Progress::draw(Time now) {
  auto text = bar(now, terminal_columns(fd_));
  const std::size_t width = text.size();
  if (width < width_) text.append(width_ - width, ' ');
  width_ = width;
  // A terminal that went away is no reason to stop copying.
  if (write_all(fd_, "\r" + text) != 0) fd_ = -1;
}

void Progress::clear() {
  if (fd_ < 0 || width_ == 0) return;
  (void)write_all(fd_, "\r" + std::string(width_, ' ') + "\r");
  width_ = 0;
}

void Progress::finish() {
  if (fd_ < 0) return;
  const Time now = steady_clock::now();
  rate_ = average(now);
  draw(now);
  (void)write_all(fd_, "\n");
  fd_ = -1;
}

std::uint64_t Progress::average(Time now) const {
  return per_second(done_, now - started_);
}

std::string Progress::line(Time now) const {
  const auto rate = average(now);
  std::string text = show_size(done_);
  if (total_) {
    text.append(" of ").append(show_size(*total_));
    text.append(", ").append(std::to_string(percent(done_, *total_))).append("%");
  }
  text.append(", ").append(show_size(rate)).append("/s");
  if (total_ && rate != 0) text.append(", ").append(show_clock(time_left(done_, *total_, rate))).append(" left");
  return text;
}

std::string Progress::bar(Time now, unsigned columns) const {
  std::string left = show_size(done_) + " ";
  std::string right = " " + show_size(rate_) + "/s ";
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(now - started_);
  if (!total_) {
    left += show_clock(elapsed);
  } else {
    const auto part = percent(done_, *total_);
    right = " " + std::to_string(part) + "%" + right;
    right += done_ >= *total_ ? show_clock(elapsed) : "ETA " + show_clock(time_left(done_, *total_, rate_));
    // The last column stays free: writing into it would wrap.
    const std::size_t room = columns > left.size() + right.size() + 1 ? columns - left.size() - right.size() - 1 : 0;
    if (room >= 4) left += drawing(part, room);
  }
  return (left + right).substr(0, columns > 1 ? columns - 1 : 0);
}

}  // namespace evtool
