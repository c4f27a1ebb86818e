/// One read at a time, when all lines before were taken.
#include "dnsq/lines.hpp"

#include <cstring>
#include <span>
#include <utility>

namespace evtool::dnsq {

Lines::Lines(evt::Loop& loop, evt::FileSource source, Ready ready)
    : ready_(ready), buffer_(2 * longest_line, '\0'), file_(loop, source), request_(file_) {}

std::optional<std::string_view> Lines::next() {
  for (;;) {
    const char* begin = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', end_ - begin_));
    if (newline != nullptr) {
      const auto size = static_cast<std::size_t>(newline - begin);
      const auto line = take(size, 1);
      if (!std::exchange(skipping_, false)) return line;
      continue;
    }
    if (ended_) {
      if (begin_ == end_) return std::nullopt;
      const auto line = take(end_ - begin_, 0);
      if (!std::exchange(skipping_, false)) return line;
      continue;
    }
    if (end_ - begin_ < longest_line) break;
    const auto line = take(end_ - begin_, 0);
    if (std::exchange(skipping_, true)) continue;
    cut_ = true;
    return line;
  }
  read();
  return std::nullopt;
}

std::optional<std::string_view> Lines::take(std::size_t size, std::size_t skip) {
  const std::string_view line = std::string_view(buffer_).substr(begin_, size);
  begin_ += size + skip;
  cut_ = size > longest_line;
  return line.ends_with('\r') ? line.substr(0, size - 1) : line;
}

void Lines::read() {
  if (!request_.idle()) return;
  buffer_.erase(0, begin_);
  buffer_.resize(2 * longest_line);
  end_ -= begin_;
  begin_ = 0;
  const auto space = std::as_writable_bytes(std::span(buffer_).subspan(end_));
  request_.read(space, evt::bind<&Lines::on_read>(*this));
}

void Lines::on_read(const evt::Result<std::size_t>& size) {
  if (size) {
    end_ += *size;
  } else {
    ended_ = true;
    if (size.error() != evt::Errc::eof) error_ = size.error();
  }
  ready_.function(ready_.context);
}

}  // namespace evtool::dnsq
