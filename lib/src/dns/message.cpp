/// Message: parsed once, section by section. What it yields afterwards is in records.cpp.
#include "dns/check.hpp"
#include "dns/labels.hpp"
#include "dns/table.hpp"
#include <evt/dns/message.hpp>

#include <cerrno>

namespace evt::dns {

namespace {

constexpr std::size_t record_fixed = 10;  // Type, class, TTL, size of the data.

std::unexpected<Error> failure(const char* why) noexcept {
  return std::unexpected(errno_error(why, EBADMSG));
}

}  // namespace

Result<Header> Header::parse(std::span<const std::byte> message) noexcept {
  if (message.size() < size) return failure("dns: shorter than a header");
  Header header;
  detail::OctetReader reader(message);
  for (std::uint16_t& word : header.words_)
    word = reader.u16();
  return header;
}

/// Goes once over all of a message. Each step says whether it went well; `wrong` says why not.
class MessageParser {
 public:
  MessageParser(Message& message, std::span<const std::byte> bytes) noexcept : message_(message), bytes_(bytes) {}

  const char* run() noexcept {
    if (!questions()) return wrong_;
    for (Section section : {Section::answer, Section::authority, Section::additional}) {
      if (records(section)) continue;
      message_.cut_ = wrong_ == reason::ends_early && message_.header_.truncated();
      if (!message_.cut_) return wrong_;
      // What comes after the cut is empty, at a place that is there.
      for (auto i = static_cast<std::size_t>(section) + 1; i < 4; ++i)
        message_.offsets_[i] = message_.offsets_[1];
      return nullptr;
    }
    message_.trailing_ = bytes_.size() - at_;
    return nullptr;
  }

 private:
  bool questions() noexcept {
    for (unsigned left = message_.header_.count(Section::question); left > 0; --left) {
      if (!name()) return false;
      if (bytes_.size() - at_ < 4) return fail(reason::ends_early);
      at_ += 4;
      ++message_.counts_[0];
    }
    return true;
  }

  bool records(Section section) noexcept {
    const auto index = static_cast<std::size_t>(section);
    message_.offsets_[index] = static_cast<std::uint32_t>(at_);
    for (unsigned left = message_.header_.count(section); left > 0; --left) {
      if (!record(section)) return false;
      ++message_.counts_[index];
    }
    return true;
  }

  bool record(Section section) noexcept {
    const std::size_t owner = at_;
    if (!name()) return false;
    if (bytes_.size() - at_ < record_fixed) return fail(reason::ends_early);
    detail::OctetReader reader(bytes_.subspan(at_, record_fixed));
    const Type type{reader.u16()};
    const Class cls{reader.u16()};
    const std::uint32_t ttl = reader.u32();
    const std::size_t size = reader.u16();
    at_ += record_fixed;
    if (bytes_.size() - at_ < size) return fail(reason::ends_early);
    const std::size_t begin = at_;
    at_ += size;
    if (type == Type::opt) {
      const bool root = bytes_[owner] == std::byte{0};
      if (section != Section::additional) return fail("dns: an OPT record outside the additional section");
      if (!root) return fail("dns: an OPT record whose owner is not the root");
      return opt(static_cast<std::uint16_t>(cls), ttl, bytes_.subspan(begin, size));
    }
    const char* fields = fields_of(type, cls);
    return fields == nullptr || fail(check_rdata(fields, bytes_, begin, at_));
  }

  bool opt(std::uint16_t udp_size, std::uint32_t ttl, std::span<const std::byte> data) noexcept {
    if (message_.edns_) return fail("dns: more than one OPT record");
    for (detail::OctetReader reader(data); reader.left() != 0;) {
      reader.u16();
      reader.take(reader.u16());
      if (reader.failed()) return fail("dns: an option that ends early");
    }
    message_.edns_ = Edns{
        .udp_size = udp_size,
        .extended_rcode = static_cast<std::uint8_t>(ttl >> 24),
        .version = static_cast<std::uint8_t>(ttl >> 16),
        .dnssec_ok = (ttl & 0x8000) != 0,
        .reserved_flags = static_cast<std::uint16_t>(ttl & 0x7fff),
        .options = Options(data),
    };
    return true;
  }

  bool name() noexcept {
    LabelWalk walk(bytes_, at_, bytes_.size(), Compression::allowed);
    while (!walk.next().empty()) {
    }
    at_ = walk.end();
    return fail(walk.failure());
  }

  /// True for no failure at all.
  bool fail(const char* why) noexcept {
    wrong_ = why;
    return why == nullptr;
  }

  Message& message_;
  std::span<const std::byte> bytes_;
  std::size_t at_ = Header::size;
  const char* wrong_ = nullptr;
};

Result<Message> Message::parse(std::span<const std::byte> bytes) noexcept {
  auto header = Header::parse(bytes);
  if (!header) return std::unexpected(header.error());
  Result<Message> message;
  message->header_ = *header;
  message->bytes_ = bytes;
  if (const char* wrong = MessageParser(*message, bytes).run()) return failure(wrong);
  return message;
}

Rcode Message::rcode() const noexcept {
  const unsigned upper = edns_ ? edns_->extended_rcode : 0U;
  return static_cast<Rcode>(upper << 4 | static_cast<unsigned>(header_.rcode()));
}

std::optional<Question> Message::question() const noexcept {
  if (counts_[0] == 0) return std::nullopt;
  return *questions().begin();
}

Items<Record> Message::records(Section section) const noexcept {
  const auto index = static_cast<std::size_t>(section);
  if (section == Section::question) return {bytes_, 0, 0};
  return {bytes_, offsets_[index], counts_[index]};
}

}  // namespace evt::dns
