/// A DNS message as dig 9.18 prints it. Pure functions: what is known besides the message is handed in.
#pragma once

#include <evt/address.hpp>
#include <evt/dns/message.hpp>
#include <evt/dns/query.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace evtool::dnsq {

/// dig's +[no]comments, +[no]question and so on.
struct Sections {
  bool comments = true;  ///< Header, pseudo sections, titles and the blank lines between.
  bool question = true;
  bool answer = true;
  bool authority = true;
  bool additional = true;
};

/// The message, from `;; Got answer:` on. `cookie` is what we sent as a client's cookie, empty for none: the server's
/// is then called good, bad or echoed, as dig does.
void append_message(std::string& out, const evt::dns::Message& message, const Sections& sections,
                    std::span<const std::byte> cookie = {});

/// Data only, one line for each record of the answer: +short.
void append_short(std::string& out, const evt::dns::Message& message);

/// How an answer came.
struct Arrival {
  std::chrono::nanoseconds took{};
  evt::Address server;
  std::string server_name;  ///< As the user wrote it.
  evt::dns::Transport transport = evt::dns::Transport::udp;
  std::chrono::sys_seconds when{};
  std::size_t size = 0;  ///< Octets of the answer.
};

/// `;; Query time: 0 msec` and so on. The time of day is that of the time zone TZ names.
void append_statistics(std::string& out, const Arrival& arrival);

/// One line of the OPT pseudo section, without its `; ` and end.
void append_option(std::string& out, const evt::dns::Option& option, std::span<const std::byte> cookie = {});

}  // namespace evtool::dnsq
