/// What operator new handed out in this program, and how deep the stack goes.
#pragma once

#include <cstddef>

namespace evt::io_tests {

/// Bytes that live now, of all threads.
std::size_t live_heap();
/// Calls of operator new so far.
std::size_t news();

/// Forgets the peak of resident memory so far (proc_pid_clear_refs(5)), so that peak_resident() is that from here on.
void forget_peak();
/// Bytes (VmHWM of proc_pid_status(5)), of the whole process, this test program included.
std::size_t peak_resident();

/// The most heap and stack that a recursion needed: mark() in every step.
class Usage {
 public:
  Usage() noexcept;
  void mark() noexcept;
  std::size_t heap() const noexcept { return most_heap_ - heap_before_; }
  std::size_t stack() const noexcept { return most_stack_; }

 private:
  std::size_t heap_before_;
  std::size_t most_heap_;
  std::size_t most_stack_ = 0;
  const char* stack_before_;
};

}  // namespace evt::io_tests
