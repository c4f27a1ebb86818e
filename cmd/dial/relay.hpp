/// Standard input to a socket, and the socket to standard output, until both have ended.
#pragma once

#include "context.hpp"
#include <evt/fd.hpp>
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace evtool::dial {

enum class Boundaries : bool { none, datagrams };

class Relay {
 public:
  struct Options {
    Boundaries boundaries = Boundaries::none;
    evt::nanoseconds idle_timeout = evt::never;  ///< Nothing either way for so long ends it.
  };

  Relay(Context& context, evt::Loop& loop, evt::Fd socket, const Options& options);
  ~Relay();

  Exit run();

  std::uint64_t sent_bytes() const { return out_.bytes; }
  std::uint64_t received_bytes() const { return in_.bytes; }
  std::string progress() const;

 private:
  static constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;
  static constexpr std::size_t datagram_bytes = std::size_t{16} * 1024;  // To send; as nc.

  /// One direction: a read, then a write, and again.
  struct Way {
    Way(evt::File& from, evt::File& to) : read(from), write(to) {}
    evt::IoRequest read;
    evt::IoRequest write;
    std::unique_ptr<std::byte[]> buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_bytes);
    std::uint64_t bytes = 0;
    bool over = false;
  };

  void read_input();
  void read_socket();
  void on_input(const evt::Result<std::size_t>& size);
  void on_sent(const evt::Result<std::size_t>& size);
  void on_received(const evt::Result<std::size_t>& size);
  void on_printed(const evt::Result<std::size_t>& size);
  void on_shut(const evt::Result<std::size_t>& done);
  void on_idle();
  void moved();
  void end_input();
  void end_socket();
  void end(Exit exit);
  void fail(std::string_view what, const evt::Error& error);
  bool datagrams() const { return options_.boundaries == Boundaries::datagrams; }

  Context& context_;
  evt::Loop& loop_;
  Options options_;
  evt::File input_;
  evt::File output_;
  evt::File socket_;
  Way out_;
  Way in_;
  evt::Timer idle_;
  Exit exit_ = Exit::done;
  bool ended_ = false;
};

}  // namespace evtool::dial
