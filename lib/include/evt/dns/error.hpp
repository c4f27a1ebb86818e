/// What can go wrong with names besides an errno.
#pragma once

#include <evt/result.hpp>

#include <system_error>

namespace evt::dns {

/// EBADMSG is a message that cannot be read, ETIMEDOUT silence; the errno of a socket is that of the server tried last.
enum class Failure {
  no_such_name = 1,  ///< NXDOMAIN, or a name that is never asked for (.invalid, .onion).
  no_data,           ///< The name is there, but has nothing of this type.
  server_failure,    ///< The servers answered with an error such as SERVFAIL or REFUSED.
  alias_loop,        ///< More than 16 aliases lead from one to the next.
  forged,            ///< Replies with wrong ids, or a name not as it was sent: somebody guesses.
};

const std::error_category& dns_category() noexcept;

inline std::error_code make_error_code(Failure code) noexcept {
  return {static_cast<int>(code), dns_category()};
}

}  // namespace evt::dns

template <>
struct std::is_error_code_enum<evt::dns::Failure> : std::true_type {};
