/// Result<T>, Error and Errc: how everything in evt reports failure. No allocation, no exceptions.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <system_error>
#include <type_traits>

namespace evt {

/// What can end an operation besides an errno. Everything else is an errno in
/// `std::system_category()`.
enum class Errc {
  canceled = 1,  ///< cancel() won; std::errc::operation_canceled compares equal.
  eof,           ///< The stream ended (a read that would return 0 bytes).
  busy,          ///< The request is not idle, or run() was called from inside run().
  no_loop,       ///< The loop or the file the request was made for is gone.
  forked,        ///< The process forked since the loop was made; call Loop::after_fork().
  exception,     ///< A pool job threw; Work::exception() has it.
};

const std::error_category& evt_category() noexcept;

inline std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), evt_category()};
}

/// A literal operation name and a code. Copying or making one never allocates.
struct Error {
  const char* operation = "";  ///< A string literal, such as "read" or "open".
  std::error_code code;

  Error() noexcept = default;
  Error(const char* name, std::error_code why) noexcept : operation(name), code(why) {}
  // Spelled out on purpose: a Result that is not trivially copyable goes to callbacks by reference. As a
  // value the compiler copies all of it, right behind the narrower stores that made it, and that stalls.
  Error(const Error& other) noexcept : operation(other.operation), code(other.code) {}
  Error& operator=(const Error& other) noexcept {  // NOLINT(bugprone-unhandled-self-assignment): it is harmless.
    operation = other.operation;
    code = other.code;
    return *this;
  }
  ~Error() = default;

  bool operator==(Errc other) const noexcept { return code == make_error_code(other); }
  bool operator==(std::errc other) const noexcept { return code == other; }
  /// The errno, or 0 where the code is one of Errc.
  int system_errno() const noexcept;
  /// "read: No such file or directory". Allocates.
  std::string message() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// An Error from an errno value (positive).
Error errno_error(const char* operation, int number) noexcept;

}  // namespace evt

template <>
struct std::is_error_code_enum<evt::Errc> : std::true_type {};
