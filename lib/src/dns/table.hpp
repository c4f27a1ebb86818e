/// The table of record types: one row a type, whose field letters say how its data is checked, printed and read.
#pragma once

#include <evt/dns/type.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evt::dns {

/// The letters of TypeRow::fields, in the order of the wire. What else there is goes up to the end of the data.
///
///     1 2 4   a number of so many octets       t    a number of 32 bits, in text also 1h30m
///     K       two octets of flags              O    two octets, in octal
///     a 6     an IPv4, an IPv6 address         e E  48, 64 bits as 01-23-...
///     g       64 bits as 123:4567:89ab:cdef    D    a point in time
///     n N     a name; N: never compressed      s o  a character string; o: or the end
///     i       a string of digits (X25)         k    a length and letters (CAA's tag)
///     T C w   words: a type, a certificate,    A m  an algorithm of DNSSEC; m: as a word (CERT)
///             a scheme (DSYNC)                 R    a type, those without a name by number (SIG)
///     l j     a length and hex (NSEC3's salt), a length and base32 (NSEC3's next name)
///   up to the end:
///     h b     hex, base64                      H Z  the same, perhaps empty
///     d f z   hex as long as the number before asks for (DS, SSHFP, ZONEMD)
///     S       character strings                q    text in quotes
///     x       hex after 0x (NSAP)              v    base64, or "-" for nothing (DOA)
///     B M     a bitmap of types; M: or nothing V    the bitmap of NXT
///   whole layouts:
///     L LOC   G IPSECKEY's gateway   Y AMTRELAY   I HIP   Q APL   P SVCB's parameters   W WKS   U A6   X ATMA
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
