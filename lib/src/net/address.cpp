/// Address: made of its parts, asked for them, compared. What it looks like as text is in address_text.cpp.
#include <evt/address.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace evt {

namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path);

std::unexpected<Error> failure(int number) noexcept {
  return std::unexpected(errno_error("address", number));
}

/// What tells two addresses of a family apart, in the order they are sorted by.
class Key {
 public:
  explicit Key(const Address& address) noexcept {
    if (address.family() == AF_INET && address.size() >= sizeof(sockaddr_in)) {
      const auto& ipv4 = *reinterpret_cast<const sockaddr_in*>(address.data());
      append(ipv4.sin_addr);
      append(ipv4.sin_port);
    } else if (address.family() == AF_INET6 && address.size() >= sizeof(sockaddr_in6)) {
      const auto& ipv6 = *reinterpret_cast<const sockaddr_in6*>(address.data());
      append(ipv6.sin6_addr);
      append(ipv6.sin6_port);
      append(htonl(ipv6.sin6_scope_id));
    } else if (auto name = address.abstract_name()) {
      append('\0');
      append(*name);
    } else if (address.family() == AF_UNIX) {
      append(address.path());
    } else if (address.family() != AF_UNSPEC) {
      append(std::string_view(reinterpret_cast<const char*>(address.data()), address.size()));
    }
  }

  std::string_view bytes() const noexcept { return {bytes_, size_}; }

 private:
  void append(std::string_view bytes) noexcept {
    std::memcpy(bytes_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  template <class T>
  void append(const T& part) noexcept {
    append(std::string_view(reinterpret_cast<const char*>(&part), sizeof part));
  }

  char bytes_[Address::capacity];
  std::size_t size_ = 0;
};

Result<Address> name_of(int fd, const char* operation, int (*get)(int, sockaddr*, socklen_t*) noexcept) noexcept {
  Address address;
  socklen_t size = Address::capacity;
  if (get(fd, address.data(), &size) < 0) return std::unexpected(errno_error(operation, errno));
  address.set_size(size);
  return address;
}

}  // namespace

Address Address::ipv4(in_addr address, std::uint16_t port) noexcept {
  Address result;
  result.storage_.ipv4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = address, .sin_zero = {}};
  result.size_ = sizeof(sockaddr_in);
  return result;
}

Address Address::ipv6(const in6_addr& address, std::uint16_t port) noexcept {
  Address result;
  auto& ipv6 = result.storage_.ipv6;
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(port);
  ipv6.sin6_addr = address;
  result.size_ = sizeof(sockaddr_in6);
  return result;
}

Address Address::any_ipv4(std::uint16_t port) noexcept {
  return ipv4({.s_addr = htonl(INADDR_ANY)}, port);
}

Address Address::any_ipv6(std::uint16_t port) noexcept {
  return ipv6(in6addr_any, port);
}

Address Address::loopback_ipv4(std::uint16_t port) noexcept {
  return ipv4({.s_addr = htonl(INADDR_LOOPBACK)}, port);
}

Address Address::loopback_ipv6(std::uint16_t port) noexcept {
  return ipv6(in6addr_loopback, port);
}

Result<Address> Address::unix_path(std::string_view path) noexcept {
  if (path.empty() || path.contains('\0')) return failure(EINVAL);
  if (path.size() > longest_path) return failure(ENAMETOOLONG);
  Address result;
  result.storage_.local.sun_family = AF_UNIX;
  std::ranges::copy(path, result.storage_.local.sun_path);
  // With the NUL, as most programs have it; the longest path has no room for one.
  result.size_ = static_cast<socklen_t>(path_offset + std::min(path.size() + 1, longest_path));
  return result;
}

Result<Address> Address::unix_abstract(std::string_view name) noexcept {
  if (name.size() >= longest_path) return failure(ENAMETOOLONG);
  Address result;
  result.storage_.local.sun_family = AF_UNIX;
  std::ranges::copy(name, result.storage_.local.sun_path + 1);
  result.size_ = static_cast<socklen_t>(path_offset + 1 + name.size());
  return result;
}

Result<Address> Address::copy_of(const sockaddr* data, socklen_t size) noexcept {
  if (size > capacity) return failure(ENAMETOOLONG);
  if (size < sizeof(sa_family_t)) return failure(EINVAL);
  Address result;
  std::memcpy(&result.storage_, data, size);
  result.size_ = size;
  int family = result.family();
  if (family == AF_INET && size < sizeof(sockaddr_in)) return failure(EINVAL);
  if (family == AF_INET6 && size < sizeof(sockaddr_in6)) return failure(EINVAL);
  return result;
}

std::uint16_t Address::port() const noexcept {
  if (family() == AF_INET) return ntohs(storage_.ipv4.sin_port);
  return family() == AF_INET6 ? ntohs(storage_.ipv6.sin6_port) : std::uint16_t{0};
}

std::uint32_t Address::scope() const noexcept {
  return family() == AF_INET6 ? storage_.ipv6.sin6_scope_id : 0;
}

std::string_view Address::path() const noexcept {
  if (family() != AF_UNIX || size_ <= path_offset) return {};
  return {storage_.local.sun_path, strnlen(storage_.local.sun_path, size_ - path_offset)};
}

std::optional<std::string_view> Address::abstract_name() const noexcept {
  if (family() != AF_UNIX || size_ <= path_offset || storage_.local.sun_path[0] != '\0') return std::nullopt;
  return std::string_view(storage_.local.sun_path + 1, size_ - path_offset - 1);
}

Address Address::with_port(std::uint16_t port) const noexcept {
  Address result = *this;
  if (family() == AF_INET) result.storage_.ipv4.sin_port = htons(port);
  if (family() == AF_INET6) result.storage_.ipv6.sin6_port = htons(port);
  return result;
}

Address Address::with_scope(std::uint32_t interface) const noexcept {
  Address result = *this;
  if (family() == AF_INET6) result.storage_.ipv6.sin6_scope_id = interface;
  return result;
}

std::strong_ordering Address::operator<=>(const Address& other) const noexcept {
  if (auto order = family() <=> other.family(); order != 0) return order;
  return Key(*this).bytes() <=> Key(other).bytes();
}

std::size_t Address::hash() const noexcept {
  return std::hash<std::string_view>{}(Key(*this).bytes());
}

Result<Address> local_address(int fd) noexcept {
  return name_of(fd, "getsockname", getsockname);
}

Result<Address> peer_address(int fd) noexcept {
  return name_of(fd, "getpeername", getpeername);
}

}  // namespace evt
