/// Copies standard input to standard output, with callbacks. Usage: copy
#include <evt/evt.hpp>

#include <array>
#include <cstdio>

class Copy {
 public:
  explicit Copy(evt::Loop& loop) : source_(loop, evt::File::borrow(0)), target_(loop, evt::File::borrow(1)) {}

  void start() { in_.read(buffer_, evt::bind<&Copy::on_read>(*this)); }
  bool failed() const { return failed_; }

 private:
  void on_read(evt::Result<std::size_t> size) {
    if (!size) return finish(size.error());
    out_.write(std::span(buffer_).first(*size), evt::bind<&Copy::on_written>(*this));
  }

  void on_written(evt::Result<std::size_t> size) {
    if (!size) return finish(size.error());
    start();
  }

  void finish(const evt::Error& error) {
    if (error == evt::Errc::eof) return;
    std::fprintf(stderr, "copy: %s\n", error.message().c_str());
    failed_ = true;
  }

  evt::File source_;
  evt::File target_;
  evt::IoRequest in_{source_};
  evt::IoRequest out_{target_};
  std::array<std::byte, 65536> buffer_;
  bool failed_ = false;
};

int main() {
  auto loop = evt::Loop::create();
  if (!loop) return 1;
  Copy copy(*loop);
  copy.start();
  return loop->run() && !copy.failed() ? 0 : 1;
}
