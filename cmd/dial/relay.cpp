/// Two directions that know nothing of each other but how the whole ends.
#include "dial/relay.hpp"

#include "signals.hpp"
#include "terminal.hpp"
#include "units.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <span>
#include <utility>

namespace evtool::dial {

Relay::Relay(Context& context, evt::Loop& loop, evt::Fd socket, const Options& options)
    : context_(context),
      loop_(loop),
      options_(options),
      input_(loop, evt::File::borrow(STDIN_FILENO)),
      output_(loop, evt::File::borrow(STDOUT_FILENO)),
      socket_(loop, evt::File::adopt(std::move(socket))),
      out_(input_, socket_),
      in_(socket_, output_),
      idle_(loop) {
  idle_.unref();
}

Relay::~Relay() = default;

Exit Relay::run() {
  read_input();
  read_socket();
  moved();
  while (!ended_) {
    if (const auto ran = loop_.run(evt::RunMode::once); !ran) {
      fail("event loop", ran.error());
    }
  }
  return exit_;
}

std::string Relay::progress() const {
  return "sent " + show_size(out_.bytes) + ", received " + show_size(in_.bytes);
}

void Relay::read_input() {
  const std::size_t most = datagrams() ? datagram_bytes : buffer_bytes;
  out_.read.read({out_.buffer.get(), most}, evt::bind<&Relay::on_input>(*this));
}

void Relay::read_socket() {
  in_.read.recv({in_.buffer.get(), buffer_bytes}, evt::bind<&Relay::on_received>(*this));
}

void Relay::on_input(const evt::Result<std::size_t>& size) {
  if (!size) return size.error() == evt::Errc::eof ? end_input() : fail("standard input", size.error());
  moved();
  out_.write.send({out_.buffer.get(), *size}, evt::bind<&Relay::on_sent>(*this), MSG_NOSIGNAL);
}

void Relay::on_sent(const evt::Result<std::size_t>& size) {
  if (!size) return fail("connection", size.error());
  out_.bytes += *size;
  moved();
  read_input();
}

/// The other end learns that this is all, and may still answer.
void Relay::end_input() {
  out_.over = true;
  if (datagrams()) return;
  out_.write.shutdown(evt::Shutdown::write, evt::bind<&Relay::on_shut>(*this));
}

void Relay::on_shut(const evt::Result<std::size_t>& done) {
  // Where the connection is gone, receiving says so, or says that it ended.
  (void)done;
  if (in_.over) end(Exit::done);
}

void Relay::on_received(const evt::Result<std::size_t>& size) {
  if (!size) return size.error() == evt::Errc::eof ? end_socket() : fail("connection", size.error());
  moved();
  if (*size == 0) return read_socket();  // An empty datagram.
  in_.write.write({in_.buffer.get(), *size}, evt::bind<&Relay::on_printed>(*this));
}

void Relay::on_printed(const evt::Result<std::size_t>& size) {
  if (size) {
    in_.bytes += *size;
    moved();
    return read_socket();
  }
  if (size.error() == std::errc::broken_pipe && !is_ignored(SIGPIPE)) return end(died_by(SIGPIPE));
  fail("standard output", size.error());
}

/// The other end sends no more, but may still want to hear: only who types has nothing to say to nobody.
void Relay::end_socket() {
  in_.over = true;
  if (out_.over ? out_.write.idle() : is_terminal(STDIN_FILENO)) end(Exit::done);
}

void Relay::moved() {
  if (options_.idle_timeout == evt::never || ended_) return;
  if (!idle_.reset(options_.idle_timeout)) idle_.after(options_.idle_timeout, evt::bind<&Relay::on_idle>(*this));
}

void Relay::on_idle() {
  // Who sent all he had, and waited long enough for answers that know no end, is done.
  if (datagrams() && out_.over) return end(Exit::done);
  context_.error("nothing sent or received for {}", show_duration(options_.idle_timeout));
  end(Exit::timed_out);
}

void Relay::fail(std::string_view what, const evt::Error& error) {
  if (ended_) return;
  context_.error("{}: {}", what, error.code.message());
  end(Exit::failed);
}

void Relay::end(Exit exit) {
  if (ended_) return;
  ended_ = true;
  exit_ = exit;
}

}  // namespace evtool::dial
