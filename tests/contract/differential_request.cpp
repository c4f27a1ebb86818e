/// The requests of a random program: how they start, and what is written down when they are over.
#include "contract/differential_world.hpp"

#include <algorithm>
#include <cerrno>

namespace evt::contract::differential {

Lane lane_of(Operation operation) {
  switch (operation) {
    case Operation::read:
    case Operation::readv:
    case Operation::read_exact:
    case Operation::readable:
    case Operation::splice:
      return Lane::read;
    case Operation::write:
    case Operation::writev:
    case Operation::write_some:
    case Operation::writable:
    case Operation::fsync:
      return Lane::write;
    case Operation::pread:
    case Operation::pwrite:
    case Operation::close:
    case Operation::none:
    case Operation::nop:
    case Operation::open:
    case Operation::timer:
    case Operation::wake:
    case Operation::connect:
    case Operation::accept:
    case Operation::shutdown:
    case Operation::recv:
    case Operation::send:
    case Operation::recv_pooled:
    case Operation::recvmsg:
    case Operation::sendmsg:
    case Operation::recvmmsg:
    case Operation::sendmmsg:
    case Operation::work:
    case Operation::composed:
    case Operation::signal:
    case Operation::process:
      break;
  }
  return Lane::aside;
}

std::int64_t code_of(const Result<std::size_t>& result) {
  if (result) return static_cast<std::int64_t>(*result);
  if (result.error() == Errc::eof) return ended;
  if (result.error() == Errc::canceled) return canceled;
  return -result.error().system_errno();
}

bool sends(Operation operation) {
  return lane_of(operation) == Lane::write || operation == Operation::pwrite;
}

namespace {

/// The buffers of a readv or writev.
void divide(Item& item) {
  if (item.act.operation != Operation::readv && item.act.operation != Operation::writev) return;
  const std::size_t step = item.buffer.size() / item.act.pieces;
  for (std::size_t each = 0; each < item.act.pieces; ++each) {
    const bool last = each + 1 == item.act.pieces;
    item.vectors.push_back({item.buffer.data() + each * step, last ? item.buffer.size() - each * step : step});
  }
}

}  // namespace

std::size_t World::offset_of(const Item& item) {
  return channel(item).what.kind == Kind::disk_slots ? item.act.pick * slot_bytes : item.act.pick;
}

/// The item is busy from now on, and has its place in its lanes.
void World::enroll(Item& item) {
  ChannelState& here = channel(item);
  const auto lane = static_cast<std::size_t>(lane_of(item.act.operation));
  item.sequence[0] = here.sequences[lane]++;
  if (item.act.operation == Operation::splice) item.sequence[1] = channels_[item.act.target]->sequences[1]++;
  if (item.expected) fail("submitted twice");
  item.expected = true;
}

void World::start(Item& item) {
  item.request.set_user(&item);
  divide(item);
  submit_request(item);
}

Ticket World::submit_request(Item& item) {
  const std::span<std::byte> space = space_of(item.buffer);
  const IoRequest::Done done = bind<&World::on_done>(*this);
  switch (item.act.operation) {
    case Operation::read:
      return item.request.read(space, done);
    case Operation::readv:
      return item.request.readv(item.vectors, done);
    case Operation::read_exact:
      return item.request.read_exact(space, done);
    case Operation::write:
      return item.request.write(space, done);
    case Operation::writev:
      return item.request.writev(item.vectors, done);
    case Operation::write_some:
      return item.request.write_some(space, done);
    case Operation::readable:
      return item.request.readable(done);
    case Operation::writable:
      return item.request.writable(done);
    case Operation::fsync:
      return item.request.fsync(done);
    case Operation::close:
      return item.request.close(done);
    case Operation::pread:
      return item.request.pread(space, offset_of(item), done);
    case Operation::pwrite:
      return item.request.pwrite(space, offset_of(item), done);
    case Operation::splice:
      return item.request.splice(*channels_[item.act.target]->file, item.act.size, done);
    case Operation::none:
    case Operation::nop:
    case Operation::open:
    case Operation::timer:
    case Operation::wake:
    case Operation::connect:
    case Operation::accept:
    case Operation::shutdown:
    case Operation::recv:
    case Operation::send:
    case Operation::recv_pooled:
    case Operation::recvmsg:
    case Operation::sendmsg:
    case Operation::recvmmsg:
    case Operation::sendmmsg:
    case Operation::work:
    case Operation::composed:
    case Operation::signal:
    case Operation::process:
      break;
  }
  fail("not an operation of a file");
  return {};
}

Action World::on_done(IoRequest& request, const Result<std::size_t>& result) {
  ++completions_;
  auto& item = *static_cast<Item*>(request.user());
  if (!item.expected) {
    fail("a completion nobody expects, of " + std::string(evt::name_of(item.act.operation)));
    return Action::disarm;
  }
  const std::int64_t code = code_of(result);
  // Cancelled requests end when they end, and what a closed file refuses never stood in a queue.
  if (code != canceled && code != -EBADF) check_order(item);
  record(item, code);
  if (code < 0 || item.rearms_left == 0) return Action::disarm;
  --item.rearms_left;
  enroll(item);
  return Action::rearm;
}

/// Callbacks of one lane come in the order of submission, and none for what was submitted to a paused one.
void World::check_order(const Item& item) {
  const auto lane = static_cast<std::size_t>(lane_of(item.act.operation));
  ChannelState& here = channel(item);
  if (lane == 2) return;
  if (item.sequence[0] >= here.paused_from[lane].value_or(SIZE_MAX)) fail("went on although it is paused");
  if (item.act.operation == Operation::splice &&
      item.sequence[1] >= channels_[item.act.target]->paused_from[1].value_or(SIZE_MAX)) {
    fail("spliced into a paused file");
  }
  if (here.what.priorities) return;
  if (item.sequence[0] < here.last_delivered[lane]) fail("out of order: " + std::to_string(item.sequence[0]));
  here.last_delivered[lane] = item.sequence[0];
}

void World::record(Item& item, std::int64_t result) {
  if (!item.expected) fail("completed twice");
  item.expected = false;
  const Operation operation = item.act.operation;
  const std::size_t moved = item.request.transferred();
  if (result >= 0 && operation != Operation::readable && operation != Operation::writable &&
      moved != static_cast<std::size_t>(result)) {
    fail("transferred() is " + std::to_string(moved) + ", the result " + std::to_string(result));
  }
  if (moved > item.act.size) fail("more moved than asked for");
  const bool takes = lane_of(operation) == Lane::read && operation != Operation::readable;
  if (result == 0 && takes && channel(item).what.kind != Kind::datagram) fail("neither bytes nor the end");
  Outcome outcome{item.sequence[0],
                  operation,
                  item.act.size,
                  result,
                  moved,
                  sends(operation) ? item.buffer : item.buffer.substr(0, std::min(moved, item.buffer.size()))};
  if (operation == Operation::pread || operation == Operation::pwrite) {
    outcome.offset = offset_of(item);
  }
  if (operation == Operation::splice) {
    outcome.offset = item.sequence[1];
    outcome.target = item.act.target;
  }
  channel(item).outcomes[static_cast<std::size_t>(lane_of(operation))].push_back(std::move(outcome));
}

}  // namespace evt::contract::differential
