/// dns::Hosts: the lines of hosts(5), found by name with a binary search, since such files may have 200 000 of them.
#include "dns/words.hpp"
#include <evt/dns/hosts.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace evt::dns {

namespace {

using detail::take_line;
using detail::take_word;

constexpr std::size_t most_bytes = std::size_t{64} << 20;

std::string_view without_dot(std::string_view name) noexcept {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::string lowered(std::string_view name) {
  std::string text(without_dot(name));
  std::ranges::transform(text, text.begin(), detail::lower);
  return text;
}

bool same_file(const struct stat& one, const struct stat& other) noexcept {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

}  // namespace

Hosts Hosts::parse(std::string_view text) {
  Hosts hosts;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    std::string_view line = take_line(text);
    line = line.substr(0, line.find('#'));
    const auto address = Address::parse_ip(take_word(line), 0);
    std::string_view word = take_word(line);
    if (!address || word.empty()) continue;
    hosts.lines_.push_back({*address, hosts.names_.size()});
    for (; !word.empty(); word = take_word(line)) {
      const std::string name = lowered(word);
      hosts.names_.push_back({hosts.text_.size(), name.size(), hosts.lines_.size() - 1});
      hosts.text_ += name;
    }
  }
  hosts.sorted_.resize(hosts.names_.size());
  std::iota(hosts.sorted_.begin(), hosts.sorted_.end(), 0);
  std::ranges::sort(hosts.sorted_, {},
                    [&](std::size_t index) { return std::pair(hosts.text_of(hosts.names_[index]), index); });
  return hosts;
}

Hosts::Range Hosts::range_of(std::string_view name) const {
  const std::string key = lowered(name);
  const auto found = std::ranges::equal_range(sorted_, std::string_view(key), {},
                                              [this](std::size_t index) { return text_of(names_[index]); });
  const auto place = [this](auto where) { return static_cast<std::size_t>(where - sorted_.begin()); };
  return {place(found.begin()), place(found.end())};
}

std::vector<Address> Hosts::find(std::string_view name, int family) const {
  std::vector<Address> addresses;
  const Range range = range_of(name);
  for (std::size_t place = range.first; place < range.last; ++place) {
    const Address& address = lines_[names_[sorted_[place]].line].address;
    if (family != AF_UNSPEC && family != address.family()) continue;
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  return addresses;
}

bool Hosts::contains(std::string_view name) const {
  const Range range = range_of(name);
  return range.first != range.last;
}

std::string_view Hosts::canonical_name(std::string_view name) const {
  const Range range = range_of(name);
  if (range.first == range.last) return {};
  return text_of(names_[lines_[names_[sorted_[range.first]].line].name]);
}

std::string_view Hosts::name_of(const Address& address) const {
  const Address wanted = address.with_port(0);
  const auto line = std::ranges::find(lines_, wanted, &Line::address);
  return line == lines_.end() ? std::string_view{} : text_of(names_[line->name]);
}

const Hosts& HostsFile::at(nanoseconds now) {
  if (!read_ || now >= next_look_) {
    look();
    next_look_ = saturating_add(now, interval);
  }
  return hosts_;
}

void HostsFile::look() {
  struct stat status{};
  const bool there = stat(path_.c_str(), &status) == 0;
  if (!there) status = {};
  if (read_ && same_file(status, seen_)) return;
  // What is read may be newer than what was looked at: then it is read once more.
  seen_ = status;
  read_ = true;
  hosts_ = there ? Hosts::parse(detail::read_text(path_.c_str(), most_bytes)) : Hosts{};
}

}  // namespace evt::dns
