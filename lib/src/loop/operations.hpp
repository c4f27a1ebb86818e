/// The table of operations: one row each, with everything about it that more than one place has to know.
#pragma once

#include <evt/request.hpp>

#include <array>
#include <cstdint>

namespace evt::detail {

/// Where an operation waits for its turn. read and write are the two queues of a File and may index them;
/// parallel runs beside them; both waits until it is first in either; none is not an operation on a File.
enum class Lane : std::uint8_t { read, write, parallel, both, none };

/// What transferred() counts.
enum class Moves : std::uint8_t { nothing, in, out, through };

/// When an operation that moves something is over. part: with the first attempt that moved something, or nothing;
/// part_or_eof: the same, but nothing means the end of the stream; whole: once everything was moved.
enum class Over : std::uint8_t { part, part_or_eof, whole };

/// What size() counts.
enum class Unit : std::uint8_t { none, bytes, vectors, messages };

/// Who has an operation while it is in flight. composed: the parts of which it consists.
enum class Home : std::uint8_t { engine, timers, wakes, pool, composed };

struct OperationTraits {
  Operation operation;
  const char* name;
  Lane lane = Lane::none;
  Moves moves = Moves::nothing;
  Over over = Over::part;
  Unit unit = Unit::none;
  Home home = Home::engine;
};

inline constexpr std::array<OperationTraits, operation_count> operations{{
    {Operation::none, "none"},
    {Operation::nop, "nop"},
    {Operation::read, "read", Lane::read, Moves::in, Over::part_or_eof, Unit::bytes},
    {Operation::readv, "readv", Lane::read, Moves::in, Over::part_or_eof, Unit::vectors},
    {Operation::read_exact, "read_exact", Lane::read, Moves::in, Over::whole, Unit::bytes},
    {Operation::write, "write", Lane::write, Moves::out, Over::whole, Unit::bytes},
    {Operation::writev, "writev", Lane::write, Moves::out, Over::whole, Unit::vectors},
    {Operation::write_some, "write_some", Lane::write, Moves::out, Over::part, Unit::bytes},
    {Operation::pread, "pread", Lane::parallel, Moves::in, Over::part_or_eof, Unit::bytes},
    {Operation::pwrite, "pwrite", Lane::parallel, Moves::out, Over::whole, Unit::bytes},
    {Operation::readable, "readable", Lane::read},
    {Operation::writable, "writable", Lane::write},
    {Operation::splice, "splice", Lane::both, Moves::through, Over::part_or_eof, Unit::bytes},
    {Operation::fsync, "fsync", Lane::write},
    {Operation::close, "close", Lane::parallel},
    {Operation::open, "open"},
    {Operation::connect, "connect", Lane::both},
    {Operation::accept, "accept", Lane::read},
    {Operation::shutdown, "shutdown", Lane::write},
    {Operation::recv, "recv", Lane::read, Moves::in, Over::part_or_eof, Unit::bytes},
    {Operation::send, "send", Lane::write, Moves::out, Over::whole, Unit::bytes},
    {Operation::recv_pooled, "recv", Lane::read, Moves::in, Over::part_or_eof, Unit::bytes},
    {Operation::recvmsg, "recvmsg", Lane::read, Moves::in, Over::part_or_eof, Unit::vectors},
    {Operation::sendmsg, "sendmsg", Lane::write, Moves::out, Over::whole, Unit::vectors},
    {Operation::recvmmsg, "recvmmsg", Lane::read, Moves::in, Over::part, Unit::messages},
    {Operation::sendmmsg, "sendmmsg", Lane::write, Moves::out, Over::whole, Unit::messages},
    {.operation = Operation::timer, .name = "timer", .home = Home::timers},
    {.operation = Operation::wake, .name = "wake", .home = Home::wakes},
    {.operation = Operation::work, .name = "work", .home = Home::pool},
    {.operation = Operation::composed, .name = "composed", .home = Home::composed},
    {.operation = Operation::signal, .name = "signal", .home = Home::composed},
    {.operation = Operation::process, .name = "process", .home = Home::composed},
}};

constexpr const OperationTraits& traits(Operation operation) noexcept {
  return operations[static_cast<std::size_t>(operation)];
}

static_assert([] {
  for (std::size_t index = 0; index < operations.size(); ++index) {
    if (operations[index].operation != static_cast<Operation>(index)) return false;
  }
  return true;
}());

/// Bytes or messages go in or out of one descriptor.
constexpr bool transfers(Operation operation) noexcept {
  const Moves moves = traits(operation).moves;
  return moves == Moves::in || moves == Moves::out;
}

/// pread and pwrite: beside the stream, at an offset.
constexpr bool positional(Operation operation) noexcept {
  return operation == Operation::pread || operation == Operation::pwrite;
}

}  // namespace evt::detail
