/// Binding to a path of the file system without taking it from anybody.
#pragma once

#include <evt/address.hpp>

#include <sys/stat.h>

namespace evt::detail {

/// Binds `socket` to the path of `address`; the new entry has `mode` less the umask. See evt::listen for what is taken
/// over.
Result<void> bind_path(int socket, const Address& address, mode_t mode) noexcept;

/// Removes what bind_path() made; nothing for an address that is no path.
void unbind_path(const Address& address) noexcept;

}  // namespace evt::detail
