/// A name server on 127.0.0.1 that says whatever a test wants, over UDP and TCP, on a thread of its own.
#pragma once

#include <evt/address.hpp>
#include <evt/fd.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace evt::dns::test {

using namespace std::chrono_literals;

/// What came, and where to answer it. Lives as long as the handler runs.
class Visit {
 public:
  Visit(int fd, std::string query, Address from, int number)
      : fd_(fd), from_(from), query_(std::move(query)), number_(number) {}

  const std::string& query() const { return query_; }
  /// Counts the messages of this transport, from 1.
  int number() const { return number_; }

  /// A datagram to whom it came from, or the bytes as they are into the stream.
  void send(std::string_view bytes) const;
  /// The same, from other sockets than the one that was asked.
  void send_from_other_port(std::string_view bytes) const;
  void send_from_other_address(std::string_view bytes) const;
  /// Over TCP: with its size in front.
  void send_framed(std::string_view message) const;
  /// Over TCP: ends the connection with RST instead of FIN.
  void reset() const;
  static void wait(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

 private:
  int fd_;
  Address from_;
  std::string query_;
  int number_;
};

using Handler = std::function<void(const Visit&)>;

class Server {
 public:
  struct Handlers {
    Handler udp;  ///< Of each datagram. None: it is read, and nothing said.
    Handler tcp;  ///< Of each connection's first message; the connection ends with it. None: nobody listens.
    bool tcp_at_once = false;  ///< Calls `tcp` before anything was read.
  };

  explicit Server(Handlers handlers);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Address& address() const { return address_; }
  /// Messages that came so far, in order.
  std::vector<std::string> over_udp() const { return copy(udp_seen_); }
  std::vector<std::string> over_tcp() const { return copy(tcp_seen_); }

 private:
  std::vector<std::string> copy(const std::vector<std::string>& seen) const;
  void serve();
  void serve_datagram();
  void serve_connection();

  Handlers handlers_;
  Address address_;
  Fd udp_;
  Fd tcp_;
  Fd stop_;
  mutable std::mutex mutex_;
  std::vector<std::string> udp_seen_;
  std::vector<std::string> tcp_seen_;
  std::thread thread_;
};

/// An address of 127.0.0.1 where nobody is.
Address nobody();

}  // namespace evt::dns::test
