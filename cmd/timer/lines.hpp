/// Lines: standard output that holds up no tick. What its reader has not taken yet is kept, up to a bound.
#pragma once

#include "timer/session.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

#include <string>
#include <string_view>

namespace evtool::timer {

class Lines {
 public:
  /// Called when is_full() is over.
  struct Drained {
    void (*function)(void* context) = nullptr;
    void* context = nullptr;
  };

  Lines(Session& session, Drained drained);

  void append(std::string_view line);
  /// So much waits for the reader that no more is to be added.
  bool is_full() const { return waiting_.size() >= bound_bytes; }

 private:
  static constexpr std::size_t bound_bytes = 65536;
  void write();
  void on_written(const evt::Result<std::size_t>& bytes);

  Session& session_;
  Drained drained_;
  std::string writing_;
  std::string waiting_;
  evt::File file_;
  evt::IoRequest request_;
};

}  // namespace evtool::timer
