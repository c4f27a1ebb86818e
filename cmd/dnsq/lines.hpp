/// Lines: text that comes in pieces, line by line, without waiting for more than there is.
#pragma once

#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evtool::dnsq {

class Lines {
 public:
  static constexpr std::size_t longest_line = 65536;

  /// Called when there may be lines again, or the end.
  struct Ready {
    void (*function)(void* context) = nullptr;
    void* context = nullptr;
  };

  /// `source` is given away where it is adopted.
  Lines(evt::Loop& loop, evt::FileSource source, Ready ready);

  /// The next line without its end, borrowed until the next call; nothing while none is there, and then `ready` is
  /// called. A line that is too long comes cut, with `was_cut()`.
  std::optional<std::string_view> next();
  bool was_cut() const { return cut_; }
  /// No line will come any more.
  bool ended() const { return ended_ && begin_ == end_; }
  /// Why reading ended before the end; otherwise nothing.
  const std::optional<evt::Error>& error() const { return error_; }

 private:
  void read();
  void on_read(const evt::Result<std::size_t>& size);
  std::optional<std::string_view> take(std::size_t size, std::size_t skip);

  Ready ready_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool cut_ = false;
  bool skipping_ = false;  // The rest of a line that was cut.
  bool ended_ = false;
  std::optional<evt::Error> error_;
  evt::File file_;
  evt::IoRequest request_;
};

}  // namespace evtool::dnsq
