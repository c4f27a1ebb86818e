/// Channels of a random program: the other ends, and the accounts of every byte.
#include "contract/differential_lane.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace evt::contract::differential {
namespace {

/// Bytes of the channel's own pattern, from `offset` on.
std::string piece_of_pattern(std::size_t offset, std::size_t size) {
  static const std::string all = pattern(64'000);
  std::string text;
  for (std::size_t each = 0; each < size; ++each)
    text += all[(offset + each) % all.size()];
  return text;
}

Fd make_memory_file(std::string_view content) {
  Fd file(memfd_create("differential", MFD_CLOEXEC));
  feed(file, content);
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// Messages that wait in a datagram socket.
std::vector<std::string> messages_in(const Fd& fd) {
  std::vector<std::string> all;
  char buffer[4096];
  for (;;) {
    const ssize_t size = recv(fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0) return all;
    all.emplace_back(buffer, static_cast<std::size_t>(size));
  }
}

bool looks(Operation operation) {
  return operation == Operation::readable || operation == Operation::writable || operation == Operation::fsync ||
         operation == Operation::close;
}

/// "" or where the two differ first.
std::string difference(const char* what, std::string_view is, std::string_view should) {
  if (is == should) return "";
  const auto at = std::ranges::mismatch(is, should).in1 - is.begin();
  return std::string(what) + ": " + std::to_string(is.size()) + " bytes, not " + std::to_string(should.size()) +
         ", different from byte " + std::to_string(at) + "\n";
}

std::string result_text(std::int64_t result) {
  switch (result) {
    case ended:
      return "eof";
    case canceled:
      return "canceled";
    case destroyed:
      return "destroyed";
    default:
      return result < 0 ? std::strerror(static_cast<int>(-result)) : std::to_string(result);
  }
}

}  // namespace

std::string describe(const Outcome& outcome) {
  if (outcome.operation == Operation::none) return "";  // What filled it; how much that was is the kernel's affair.
  std::string text = "  " + std::to_string(outcome.sequence) + " " + evt::name_of(outcome.operation) + "(" +
                     std::to_string(outcome.size) + ") = " + result_text(outcome.result) + ", moved " +
                     std::to_string(outcome.moved);
  if (!outcome.data.empty()) text += ", " + std::to_string(std::hash<std::string>{}(outcome.data) % 10'000);
  return text + "\n";
}

ChannelState::ChannelState(Loop& loop, Channel wanted) : what(wanted) {
  Fd near;
  switch (what.kind) {
    case Kind::pipe_in: {
      PipeEnds pipe = make_pipe();
      near = std::move(pipe.read);
      far = std::move(pipe.write);
      break;
    }
    case Kind::pipe_out: {
      PipeEnds pipe = make_pipe();
      near = std::move(pipe.write);
      far = std::move(pipe.read);
      break;
    }
    case Kind::stream:
    case Kind::datagram: {
      SocketPair pair = make_socket_pair(what.kind == Kind::stream ? SOCK_STREAM : SOCK_DGRAM);
      near = std::move(pair.near);
      far = std::move(pair.far);
      break;
    }
    case Kind::disk_in:
      fed = piece_of_pattern(0, disk_bytes);
      near = make_memory_file(fed);
      break;
    case Kind::disk_out:
      near = make_memory_file("");
      break;
    case Kind::disk_slots:
      near = make_memory_file(std::string(slot_bytes * slot_count, '\0'));
      break;
  }
  spy = Fd(fcntl(near.get(), F_DUPFD_CLOEXEC, 0));
  file = std::make_unique<File>(loop, File::adopt(std::move(near)));
}

void ChannelState::take() {
  if (!far || !takes_writes(what.kind)) return;
  if (what.kind == Kind::datagram) {
    for (std::string& message : messages_in(far))
      received.push_back(std::move(message));
  } else {
    taken += drain(far);
  }
}

void ChannelState::feed(std::size_t size) {
  if (!far || half_closed) return;
  if (what.kind == Kind::datagram) {
    const std::string message = piece_of_pattern(sent.size() * 1'000, size);
    if (send(far.get(), message.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) sent.push_back(message);
    return;
  }
  const std::string bytes = piece_of_pattern(fed.size(), size);
  if (what.kind == Kind::stream) {
    if (send(far.get(), bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(size)) fed += bytes;
  } else {
    // The spy keeps the pipe from breaking, and a program never feeds more than fits.
    contract::feed(far, bytes);
    fed += bytes;
  }
}

void ChannelState::fill() {
  if (!far || half_closed || !file->is_open()) return;
  std::string all;
  if (what.kind == Kind::datagram) {
    const std::string message = "full";
    while (send(spy.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
      outcomes[1].push_back({sequences[1]++, Operation::none, 0, 4, 4, message});
    return;
  }
  pollfd room{spy.get(), POLLOUT, 0};
  if (poll(&room, 1, 0) != 1 || (room.revents & POLLERR) != 0) return;
  all = contract::fill(spy);
  outcomes[1].push_back({sequences[1]++, Operation::none, 0, 0, all.size(), all});
}

void ChannelState::hang_up(End end) {
  if (what.kind == Kind::datagram || !far) return;
  if (what.kind == Kind::stream && end == End::half) {
    half_closed = shutdown(far.get(), SHUT_WR) == 0;
  } else {
    far.reset();
  }
}

void ChannelState::look_at_the_rest() {
  take();
  if (what.kind == Kind::datagram) {
    left_messages = messages_in(spy);
  } else if (what.kind == Kind::pipe_in || what.kind == Kind::stream) {
    left = drain(spy);
  } else if (is_disk(what.kind)) {
    left = contents(spy);
  }
}

/// A splice's bytes are the next of its source.
void ChannelState::give_data_to_splices() {
  for (auto& lane : outcomes)
    std::ranges::sort(lane, {}, &Outcome::sequence);
  std::size_t at = 0;
  for (Outcome& each : outcomes[0]) {
    if (looks(each.operation)) continue;
    if (each.operation == Operation::splice) each.data = fed.substr(std::min(at, fed.size()), each.moved);
    at += each.moved;
  }
}

std::string ChannelState::verify() const {
  switch (what.kind) {
    case Kind::pipe_in:
    case Kind::disk_in:
      return verify_input();
    case Kind::pipe_out:
    case Kind::disk_out:
      return verify_output();
    case Kind::stream:
      return verify_input() + verify_output();
    case Kind::datagram:
      return verify_messages_in() + verify_output();
    case Kind::disk_slots:
      return verify_slots();
  }
  return "";
}

/// What was read, in order, and what is left: what was fed.
std::string ChannelState::verify_input() const {
  std::string all;
  for (const Outcome& each : outcomes[0]) {
    if (!looks(each.operation)) all += each.data.substr(0, each.moved);
  }
  for (const Outcome& each : outcomes[2]) {
    if (each.operation != Operation::pread) continue;
    const std::string_view should = std::string_view(fed).substr(std::min(each.offset, fed.size()), each.moved);
    if (each.data.substr(0, each.moved) != should) return "pread found other bytes\n";
  }
  // A file keeps what was read from it.
  if (what.kind == Kind::disk_in) return difference("read", all, std::string_view(fed).substr(0, all.size()));
  return difference("read and left", all + left, fed);
}

/// Each read has one message, or the beginning of it.
std::string ChannelState::verify_messages_in() const {
  std::size_t next = 0;
  for (const Outcome& each : outcomes[0]) {
    if (looks(each.operation) || each.result < 0) continue;
    if (next >= sent.size()) return "a message nobody sent\n";
    const std::string& message = sent[next++];
    if (each.data != message.substr(0, each.size)) return "another message than the " + std::to_string(next) + "th\n";
  }
  const std::vector<std::string> rest(sent.begin() + static_cast<std::ptrdiff_t>(next), sent.end());
  return rest == left_messages
             ? ""
             : "messages left: " + std::to_string(left_messages.size()) + ", not " + std::to_string(rest.size()) + "\n";
}

/// What went out is what transferred() says of each write, in order.
std::string ChannelState::verify_output() const {
  if (what.kind == Kind::datagram) {
    std::vector<std::string> all;
    for (const Outcome& each : outcomes[1]) {
      if (!looks(each.operation) && each.result >= 0) all.push_back(each.data);
    }
    return all == received ? ""
                           : "messages received: " + std::to_string(received.size()) + ", not " +
                                 std::to_string(all.size()) + ", or others\n";
  }
  std::string all;
  for (const Outcome& each : outcomes[1]) {
    if (!looks(each.operation)) all += each.data.substr(0, each.moved);
  }
  return difference("written", what.kind == Kind::disk_out ? left : taken, all);
}

/// Every slot has what its pwrite moved, and zeros elsewhere; a pread saw the slot as it was.
std::string ChannelState::verify_slots() const {
  std::string should(slot_bytes * slot_count, '\0');
  for (const Outcome& each : outcomes[2]) {
    if (each.operation == Operation::pwrite) should.replace(each.offset, each.moved, each.data, 0, each.moved);
  }
  for (const Outcome& each : outcomes[2]) {
    if (each.operation != Operation::pread) continue;
    if (each.data.substr(0, each.moved) != should.substr(each.offset, each.moved)) return "pread found other bytes\n";
  }
  return difference("slots", left, should);
}

std::string ChannelState::log() const {
  std::string text;
  for (const auto& lane : outcomes) {
    text += "lane:\n";
    for (const Outcome& each : lane)
      text += describe(each);
  }
  return text;
}

}  // namespace evt::contract::differential
