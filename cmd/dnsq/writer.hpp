/// Writer: an output that holds up no answer. What its reader has not taken yet is kept, up to a bound.
#pragma once

#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace evtool::dnsq {

class Writer {
 public:
  static constexpr std::size_t bound_bytes = 262144;

  /// Called when something was written, or could not be.
  struct Written {
    void (*function)(void* context) = nullptr;
    void* context = nullptr;
  };

  /// `fd` is borrowed.
  Writer(evt::Loop& loop, int fd, Written written);

  /// Append here, then flush().
  std::string& text() { return waiting_; }
  /// Starts to write, unless a write is going on: its end starts the next.
  void flush();
  /// So much waits for the reader that no more is to be added.
  bool is_full() const { return waiting_.size() >= bound_bytes; }
  bool is_empty() const { return waiting_.empty() && request_.idle(); }
  const std::optional<evt::Error>& error() const { return error_; }

 private:
  void on_written(const evt::Result<std::size_t>& size);

  Written written_;
  std::string writing_;
  std::string waiting_;
  std::optional<evt::Error> error_;
  evt::File file_;
  evt::IoRequest request_;
};

}  // namespace evtool::dnsq
