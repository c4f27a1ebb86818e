/// A real nginx for one test program: on a port of the kernel's choice, in a folder of its own.
#pragma once

#include <evt/address.hpp>

#include <sys/types.h>

#include <string>
#include <string_view>

namespace evt::examples {

class Nginx {
 public:
  /// Starts it. It need not be waited for: connections queue up in the listener that it is given.
  Nginx();
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  /// Whether it could be started, and still runs.
  bool running();
  /// `http://127.0.0.1:PORT` and the path. Everything below /slow/ comes at 64 KiB a second.
  std::string url(std::string_view path) const;
  /// Makes a page.
  void put(std::string_view name, std::string_view content) const;

 private:
  std::string folder_;
  Address address_;
  pid_t process_ = -1;
};

}  // namespace evt::examples
