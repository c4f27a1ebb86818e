/// The numbers of DNS as names: record types, classes, opcodes and response codes, and their text as dig spells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evt::dns {

/// A record type by its IANA number. Any other number is a Type too: `Type{65280}`.
enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  md = 3,
  mf = 4,
  cname = 5,
  soa = 6,
  mb = 7,
  mg = 8,
  mr = 9,
  null = 10,
  wks = 11,
  ptr = 12,
  hinfo = 13,
  minfo = 14,
  mx = 15,
  txt = 16,
  rp = 17,
  afsdb = 18,
  x25 = 19,
  isdn = 20,
  rt = 21,
  nsap = 22,
  nsap_ptr = 23,
  sig = 24,
  key = 25,
  px = 26,
  gpos = 27,
  aaaa = 28,
  loc = 29,
  nxt = 30,
  eid = 31,
  nimloc = 32,
  srv = 33,
  atma = 34,
  naptr = 35,
  kx = 36,
  cert = 37,
  a6 = 38,
  dname = 39,
  sink = 40,
  opt = 41,
  apl = 42,
  ds = 43,
  sshfp = 44,
  ipseckey = 45,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  dhcid = 49,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  smimea = 53,
  hip = 55,
  ninfo = 56,
  rkey = 57,
  talink = 58,
  cds = 59,
  cdnskey = 60,
  openpgpkey = 61,
  csync = 62,
  zonemd = 63,
  svcb = 64,
  https = 65,
  dsync = 66,
  hhit = 67,
  brid = 68,
  spf = 99,
  uinfo = 100,
  uid = 101,
  gid = 102,
  unspec = 103,
  nid = 104,
  l32 = 105,
  l64 = 106,
  lp = 107,
  eui48 = 108,
  eui64 = 109,
  tkey = 249,
  tsig = 250,
  ixfr = 251,
  axfr = 252,
  mailb = 253,
  maila = 254,
  any = 255,
  uri = 256,
  caa = 257,
  avc = 258,
  doa = 259,
  amtrelay = 260,
  resinfo = 261,
  wallet = 262,
  ta = 32768,
  dlv = 32769,
};

enum class Class : std::uint16_t { in = 1, ch = 3, hs = 4, none = 254, any = 255 };

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

/// A response code of 12 bits: four from the header, eight from OPT.
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  yxrrset = 7,
  nxrrset = 8,
  notauth = 9,
  notzone = 10,
  badvers = 16,
  badcookie = 23,
};

/// What dig calls it: "A", "TYPE65280"; "IN", "CLASS7"; "QUERY", "RESERVED3"; "NOERROR", "RESERVED12", "4000".
void append_text(std::string& out, Type type);
void append_text(std::string& out, Class value);
void append_text(std::string& out, Opcode opcode);
void append_text(std::string& out, Rcode rcode);

template <class Number>
std::string text_of(Number number) {
  std::string out;
  append_text(out, number);
  return out;
}

/// The other way, in any case, and "TYPE257", "CLASS1" too. Nothing for what is neither.
std::optional<Type> parse_type(std::string_view text) noexcept;
std::optional<Class> parse_class(std::string_view text) noexcept;

}  // namespace evt::dns
