/// One write at a time, of everything that came meanwhile.
#include "timer/lines.hpp"

#include "output.hpp"

#include <unistd.h>

namespace evtool::timer {

Lines::Lines(Session& session, Drained drained)
    : session_(session), drained_(drained), file_(session.loop(), evt::File::borrow(STDOUT_FILENO)), request_(file_) {}

void Lines::append(std::string_view line) {
  waiting_ += line;
  if (request_.idle()) write();
}

void Lines::write() {
  writing_.swap(waiting_);
  waiting_.clear();
  request_.write(std::as_bytes(std::span(writing_)), evt::bind<&Lines::on_written>(*this));
}

void Lines::on_written(const evt::Result<std::size_t>& bytes) {
  if (!bytes) {
    session_.context.error("standard output: {}", errno_text(bytes.error().code.value()));
    return session_.end(Exit::failed);
  }
  const bool was_full = is_full();
  if (!waiting_.empty()) write();
  if (was_full) drained_.function(drained_.context);
}

}  // namespace evtool::timer
