/// The table of record types: one row a type, whose field letters say how its data is checked, printed and read.
#pragma once

#include <evt/dns/type.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evt::dns {

/// The letters of TypeRow::fields, in the order of the wire.
///
///     1 2 4   a number of so many octets        t   a number of 32 bits, in text also 1h30m
///     a 6     an IPv4, an IPv6 address          g   64 bits as 0123:4567:89ab:cdef
///     n N     a name; N: never compressed       e E 48, 64 bits as 01-23-...
///     s o S   a character string; at most one; one or more up to the end
///     T C A   numbers with words: a record type, a kind of certificate (CERT), an algorithm of DNSSEC
///     D       a point in time (RRSIG)           K   flags of a key (KEY, DNSKEY ...)
///     l j     a length and hex (NSEC3's salt), a length and base32 (NSEC3's next name)
///     k q     a length and letters (CAA's tag), text up to the end in quotes
///   up to the end:
///     h b     hex, base64                       H Z the same, perhaps empty
///     x       hex after 0x (NSAP)               B M a bitmap of types; M: perhaps empty
///   whole layouts:
///     L LOC    G IPSECKEY's gateway, after 111  Y AMTRELAY    I HIP    Q APL    P SvcParams    W WKS    U A6    X ATMA
struct TypeRow {
  Type type;
  std::string_view name;
  const char* fields;    ///< Null: no layout is known (RFC 3597).
  bool only_in = false;  ///< The layout holds in class IN.
};

/// Null where there is none.
const TypeRow* find_row(Type type) noexcept;
/// By name, in any case.
const TypeRow* find_row(std::string_view name) noexcept;
/// The fields of the data of such a record, null for RFC 3597.
const char* fields_of(Type type, Class cls) noexcept;

}  // namespace evt::dns
