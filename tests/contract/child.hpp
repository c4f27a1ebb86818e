/// Running part of a case in a child process: for what must not happen to the test program itself.
#pragma once

#include <gtest/gtest.h>

#include <sys/types.h>

#include <functional>

namespace evt::contract {

/// Forks, runs `body` in the child, which ends at once afterwards, and waits for it. Fails where the child failed an
/// expectation, died of a signal, or was not done within half a minute.
testing::AssertionResult in_child(const std::function<void()>& body);

/// What a seccomp filter shall answer to a system call from now on, in this thread and its children.
void refuse_call(long number, int error_number);
/// The same where one of `flags` is set in its argument `index`.
void refuse_flags(long number, unsigned index, unsigned flags, int error_number);
/// The same as refuse_call() for io_uring_setup(2).
void refuse_io_uring(int error_number);

/// What io_uring_setup(2) answers from now on to this thread, by what it asks for: an errno, or 0 to let it through.
void judge_io_uring(std::function<int(unsigned entries, unsigned flags)> judge);

/// Lowers both limits of setrlimit(2).
void lower_limit(int resource, unsigned long limit);

/// Becomes nobody, if this process is root.
void drop_privileges();

}  // namespace evt::contract
