/// dns::Hosts: what hosts(5) says, as a value, and HostsFile, which reads it again when the file changed.
#pragma once

#include <evt/address.hpp>
#include <evt/time.hpp>

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace evt::dns {

/// Names are compared without case and without a dot at the end. Addresses have port 0.
class Hosts {
 public:
  /// Any text: lines that begin with no address are left out.
  static Hosts parse(std::string_view text);

  /// All addresses of a name or alias, in the order of the file, each once; of one family, or AF_UNSPEC.
  std::vector<Address> find(std::string_view name, int family = AF_UNSPEC) const;
  /// Whether the file has the name, whatever the family: then nobody else is asked.
  bool contains(std::string_view name) const;
  /// The first name of the first line with such an alias; empty where there is none. Lives as long as this object.
  std::string_view canonical_name(std::string_view name) const;
  /// The first name of the first line with the address, whatever its port; empty where there is none.
  std::string_view name_of(const Address& address) const;

  /// Lines that were understood.
  std::size_t size() const noexcept { return lines_.size(); }

 private:
  struct Line {
    Address address;
    std::size_t name;  // The first one, in names_.
  };
  struct Name {
    std::size_t offset;  // In text_.
    std::size_t size;
    std::size_t line;
  };

  std::string_view text_of(const Name& name) const { return std::string_view(text_).substr(name.offset, name.size); }
  /// Places in sorted_ of one name.
  struct Range {
    std::size_t first;
    std::size_t last;
  };
  Range range_of(std::string_view name) const;

  std::string text_;  // The names, in lower case.
  std::vector<Line> lines_;
  std::vector<Name> names_;          // In the order of the file.
  std::vector<std::size_t> sorted_;  // The same by name, then by line.
};

/// A hosts file that is looked at again when it is asked a second or more later, and read again when it is another one,
/// or has another size or time. A missing file is empty; 64 MiB of it are read.
class HostsFile {
 public:
  explicit HostsFile(std::string path = "/etc/hosts") : path_(std::move(path)) {}

  /// `now` is monotonic, such as Loop::now(). The reference is good until the next call.
  const Hosts& at(nanoseconds now);

 private:
  static constexpr nanoseconds interval = std::chrono::seconds{1};

  void look();

  std::string path_;
  Hosts hosts_;
  nanoseconds next_look_{0};
  bool read_ = false;
  struct stat seen_{};
};

}  // namespace evt::dns
