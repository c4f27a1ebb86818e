/// Address: where a socket is, as a value (IPv4, IPv6, unix by path or abstract). Names are not resolved here.
#pragma once

#include <evt/result.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace evt {

/// A sockaddr with its size: trivially copyable, no allocation. Any thread.
class Address {
 public:
  /// As much as the kernel may write to data().
  static constexpr socklen_t capacity = sizeof(sockaddr_un);

  /// No address, AF_UNSPEC. Connecting a datagram socket to it undoes an earlier connect.
  Address() noexcept : storage_{} {}

  static Address ipv4(in_addr address, std::uint16_t port) noexcept;
  static Address ipv6(const in6_addr& address, std::uint16_t port) noexcept;
  static Address any_ipv4(std::uint16_t port) noexcept;       ///< 0.0.0.0
  static Address any_ipv6(std::uint16_t port) noexcept;       ///< [::]
  static Address loopback_ipv4(std::uint16_t port) noexcept;  ///< 127.0.0.1
  static Address loopback_ipv6(std::uint16_t port) noexcept;  ///< [::1]
  /// A socket in the file system. Errors: EINVAL for an empty path or one with a NUL in it, ENAMETOOLONG above 108
  /// bytes.
  static Result<Address> unix_path(std::string_view path) noexcept;
  /// A socket of Linux's abstract namespace; any bytes, also NUL. Errors: ENAMETOOLONG above 107 bytes.
  static Result<Address> unix_abstract(std::string_view name) noexcept;
  /// A copy of what some C function gave. Errors: ENAMETOOLONG above `capacity`, EINVAL for less than its family needs.
  static Result<Address> copy_of(const sockaddr* data, socklen_t size) noexcept;

  /// What to_string() prints, and nothing more: `127.0.0.1:80`, `[::1]:80`, `[fe80::1%lo]:80` (an interface by name or
  /// by number), `unix:/path`, `unix:@abstract`. After `unix:` a byte may be written `\xHH`, and a backslash must be
  /// `\\`. Errors: EINVAL, ENAMETOOLONG, and ENODEV for an interface that is not there.
  static Result<Address> parse(std::string_view text) noexcept;
  /// An address without a port and brackets, such as `127.0.0.1` or `fe80::1%2`. Errors: as parse().
  static Result<Address> parse_ip(std::string_view text, std::uint16_t port) noexcept;

  /// AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX, or another that the kernel wrote.
  int family() const noexcept { return size_ < sizeof(sa_family_t) ? AF_UNSPEC : storage_.any.sa_family; }
  std::uint16_t port() const noexcept;   ///< 0 where there is none.
  std::uint32_t scope() const noexcept;  ///< The interface of an IPv6 address, 0 for none.
  /// The path of a unix socket, empty for any other address. The bytes are inside this object.
  std::string_view path() const noexcept;
  /// The name of an abstract unix socket without the leading NUL, else nothing. The bytes are inside this object.
  std::optional<std::string_view> abstract_name() const noexcept;
  /// The same address with another port (IPv4, IPv6), or of an interface (IPv6). Unchanged where it has no such thing.
  Address with_port(std::uint16_t port) const noexcept;
  Address with_scope(std::uint32_t interface) const noexcept;

  /// For bind(2), connect(2) and their like.
  const sockaddr* data() const noexcept { return &storage_.any; }
  socklen_t size() const noexcept { return size_; }
  /// For the kernel to fill: up to `capacity` bytes, and then set_size() with what it says; more counts as `capacity`.
  sockaddr* data() noexcept { return &storage_.any; }
  void set_size(socklen_t size) noexcept { size_ = size < capacity ? size : capacity; }

  /// As parse() takes it, IPv6 by RFC 5952, interfaces by number; "unix:" for a socket without a name, "family 16" for
  /// a family that is foreign here, "none" for no address. Allocates.
  std::string to_string() const;

  /// An IP address as parse_ip() takes it: without port and brackets; others as to_string(). Allocates.
  std::string ip_to_string() const;

  /// By family, address, port and interface. What names nothing (padding, the flow label) does not count.
  bool operator==(const Address& other) const noexcept { return (*this <=> other) == 0; }
  std::strong_ordering operator<=>(const Address& other) const noexcept;
  std::size_t hash() const noexcept;

 private:
  union {
    sockaddr any;
    sockaddr_in ipv4;
    sockaddr_in6 ipv6;
    sockaddr_un local;
  } storage_;
  socklen_t size_ = sizeof(sa_family_t);
};

/// The address a socket is bound to: getsockname(2).
Result<Address> local_address(int fd) noexcept;
/// The address a socket is connected to: getpeername(2).
Result<Address> peer_address(int fd) noexcept;

}  // namespace evt

template <>
struct std::hash<evt::Address> {
  std::size_t operator()(const evt::Address& address) const noexcept { return address.hash(); }
};
