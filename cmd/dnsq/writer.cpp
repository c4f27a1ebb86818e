/// One write at a time, of everything that came meanwhile.
#include "dnsq/writer.hpp"

#include <span>

namespace evtool::dnsq {

Writer::Writer(evt::Loop& loop, int fd, Written written)
    : written_(written), file_(loop, evt::File::borrow(fd)), request_(file_) {}

void Writer::flush() {
  if (waiting_.empty() || !request_.idle() || error_) return;
  writing_.swap(waiting_);
  waiting_.clear();
  request_.write(std::as_bytes(std::span(writing_)), evt::bind<&Writer::on_written>(*this));
}

void Writer::on_written(const evt::Result<std::size_t>& size) {
  if (!size) {
    error_ = size.error();
    waiting_.clear();
  }
  flush();
  written_.function(written_.context);
}

}  // namespace evtool::dnsq
