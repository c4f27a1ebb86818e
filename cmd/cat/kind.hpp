/// What a descriptor leads to, as far as it decides how bytes are moved.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace evtool::cat {

enum class Kind : std::uint8_t {
  regular,
  directory,
  pipe,
  socket,
  block,   ///< A disk.
  memory,  ///< /dev/null, /dev/zero, /dev/full: never waits.
  other,   ///< Terminals and other devices.
};

Kind kind_of(const struct stat& status);

/// Which file it is, whatever it is called.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const Identity&) const = default;
};

inline Identity identity_of(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

}  // namespace evtool::cat
