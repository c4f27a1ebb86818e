/// The data of records as text: printed as dig prints it, and read.
#pragma once

#include <evt/dns/message.hpp>
#include <evt/dns/type.hpp>
#include <evt/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace evt::dns {

/// Appends the data as dig 9.18 prints it on one line; `\# 3 0102FF` (RFC 3597) where the type, or this form of it, is
/// not known. Only printable ASCII, whatever the wire says. Allocates nothing but room in `out`.
void append_rdata(std::string& out, const Record& record);
/// The whole line as dig prints it, owner, TTL, class, type and data, without an end of line.
void append_record(std::string& out, const Record& record);

/// Reads data in presentation form, for every type also RFC 3597's, into `target`: `"a text" "and another"`,
/// `10 mail.example`. Names are absolute with and without their last dot, parentheses count as blanks. Returns the part
/// of `target` that was filled. Errors: EINVAL with a reason; EMSGSIZE where it does not fit.
Result<std::span<std::byte>> parse_rdata(Type type, Class cls, std::string_view text,
                                         std::span<std::byte> target) noexcept;

}  // namespace evt::dns
