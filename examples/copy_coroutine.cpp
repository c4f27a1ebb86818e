/// Copies standard input to standard output, as a coroutine. Usage: copy_coroutine
#include <evt/io.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace {

evt::Io<int> copy() {
  evt::File source(evt::current_loop(), evt::File::borrow(0));
  evt::File target(evt::current_loop(), evt::File::borrow(1));
  std::vector<std::byte> buffer(65536);
  while (const std::size_t size = co_await evt::read(source, buffer))
    co_await evt::write(target, std::span(buffer).first(size));
  co_return 0;
}

}  // namespace

int main() {
  return evt::start(copy());
}
