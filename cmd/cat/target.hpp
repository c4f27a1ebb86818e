/// Target: one place that bytes are written to, standard output, --output or --tee.
#pragma once

#include "cat/kind.hpp"
#include <evt/fd.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace evtool::cat {

class Target {
 public:
  struct Options {
    bool append = false;
    bool direct = false;
  };

  /// Standard output where `path` is empty or -, else a file that open() creates.
  explicit Target(const std::string& path);

  /// Finds out what standard output is. 0, or an errno.
  int inherit();
  /// Opens the file, through the loop: a FIFO waits for its reader. Its old content stays until truncate(), when it is
  /// known that nothing is read from it. 0, or an errno.
  int open(evt::Loop& loop, Options options);
  /// What a file held before goes, unless it is appended to. 0, or an errno.
  int truncate() const;

  bool is_standard() const { return standard_; }
  const std::string& name() const { return name_; }
  int fd() const { return fd_; }
  Kind kind() const { return kind_; }
  Identity identity() const { return identity_; }
  bool appends() const { return appends_; }

  /// Writes as much of `bytes` as goes without waiting; returns how much that was. `error` is set where it failed.
  std::size_t write_now(std::span<const std::byte> bytes, int& error) const;

  /// Starts to write all of `bytes` through the loop. They are borrowed while busy(); then error() says how it went.
  void start(evt::Loop& loop, std::span<const std::byte> bytes);
  bool busy() const { return busy_; }
  int error() const { return error_; }

  /// For a splice.
  evt::File& file(evt::Loop& loop);

  /// Flushes to the disk, through the loop. 0, or an errno.
  int sync(evt::Loop& loop);
  /// Some file systems report only now that a write failed. 0, or an errno.
  int close();

 private:
  int inspect();
  void on_written(evt::IoRequest& request, evt::Result<std::size_t> result);
  bool leave_direct() const;
  evt::IoRequest& request(evt::Loop& loop);

  bool standard_;
  std::string name_;
  evt::Fd owned_;
  int fd_ = -1;
  Kind kind_ = Kind::other;
  Identity identity_;
  bool appends_ = false;
  bool was_empty_ = false;
  bool busy_ = false;
  int error_ = 0;
  std::span<const std::byte> writing_;
  std::optional<evt::File> file_;
  std::optional<evt::IoRequest> request_;
};

}  // namespace evtool::cat
