/// Errors: the category of Errc, and how results of the core become them.
#include "loop/operations.hpp"
#include "loop/outcome.hpp"

#include <cerrno>

namespace evt {

namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "evt"; }

  std::string message(int code) const override {
    switch (static_cast<Errc>(code)) {
      case Errc::canceled:
        return "Operation canceled";
      case Errc::eof:
        return "End of file";
      case Errc::busy:
        return "Already in use";
      case Errc::no_loop:
        return "The event loop is gone";
      case Errc::forked:
        return "The process forked since the event loop was made";
      case Errc::exception:
        return "The job threw an exception";
    }
    return "Unknown error";
  }

  std::error_condition default_error_condition(int code) const noexcept override {
    switch (static_cast<Errc>(code)) {
      case Errc::canceled:
        return std::errc::operation_canceled;
      case Errc::busy:
        return std::errc::device_or_resource_busy;
      case Errc::eof:
      case Errc::no_loop:
      case Errc::forked:
      case Errc::exception:
        break;
    }
    return {code, *this};
  }
};

}  // namespace

const std::error_category& evt_category() noexcept {
  static const Category category;
  return category;
}

int Error::system_errno() const noexcept {
  return code.category() == std::system_category() ? code.value() : 0;
}

std::string Error::message() const {
  return std::string(operation) + ": " + code.message();
}

Error errno_error(const char* operation, int number) noexcept {
  return {operation, std::error_code(number, std::system_category())};
}

const char* name_of(Operation operation) noexcept {
  return detail::traits(operation).name;
}

namespace detail {

Error to_error(Operation operation, std::int64_t result) noexcept {
  const char* name = name_of(operation);
  switch (result) {
    case code_eof:
      return {name, Errc::eof};
    case code_busy:
      return {name, Errc::busy};
    case code_no_loop:
      return {name, Errc::no_loop};
    case code_forked:
      return {name, Errc::forked};
    case code_exception:
      return {name, Errc::exception};
    case -ECANCELED:
      return {name, Errc::canceled};
    default:
      return errno_error(name, static_cast<int>(-result));
  }
}

}  // namespace detail

}  // namespace evt
