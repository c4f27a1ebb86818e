/// The rows, sorted by number, and how they are found.
#include "dns/table.hpp"

#include "dns/text.hpp"

#include <array>

namespace evt::dns {

namespace {

constexpr TypeRow rows[] = {
    {Type::a, "A", "a", true},
    {Type::ns, "NS", "n"},
    {Type::md, "MD", "n"},
    {Type::mf, "MF", "n"},
    {Type::cname, "CNAME", "n"},
    {Type::soa, "SOA", "nn4tttt"},
    {Type::mb, "MB", "n"},
    {Type::mg, "MG", "n"},
    {Type::mr, "MR", "n"},
    {Type::null, "NULL", nullptr},
    {Type::wks, "WKS", "W", true},
    {Type::ptr, "PTR", "n"},
    {Type::hinfo, "HINFO", "ss"},
    {Type::minfo, "MINFO", "nn"},
    {Type::mx, "MX", "2n"},
    {Type::txt, "TXT", "S"},
    {Type::rp, "RP", "nn"},
    {Type::afsdb, "AFSDB", "2n"},
    {Type::x25, "X25", "i"},
    {Type::isdn, "ISDN", "so"},
    {Type::rt, "RT", "2n"},
    {Type::nsap, "NSAP", "x", true},
    {Type::nsap_ptr, "NSAP-PTR", "n", true},
    {Type::sig, "SIG", "RA1tDD2nb"},
    {Type::key, "KEY", "K1AZ"},
    {Type::px, "PX", "2nn", true},
    {Type::gpos, "GPOS", "sss"},
    {Type::aaaa, "AAAA", "6", true},
    {Type::loc, "LOC", "L"},
    {Type::nxt, "NXT", "nV"},
    {Type::eid, "EID", "h", true},
    {Type::nimloc, "NIMLOC", "h", true},
    {Type::srv, "SRV", "222n", true},
    {Type::atma, "ATMA", "X", true},
    {Type::naptr, "NAPTR", "22sssn"},
    {Type::kx, "KX", "2N", true},
    {Type::cert, "CERT", "C2mb"},
    {Type::a6, "A6", "U", true},
    {Type::dname, "DNAME", "N"},
    {Type::sink, "SINK", "111Z"},
    {Type::opt, "OPT", nullptr},
    {Type::apl, "APL", "Q", true},
    {Type::ds, "DS", "2A1d"},
    {Type::sshfp, "SSHFP", "11f"},
    {Type::ipseckey, "IPSECKEY", "111Gb"},
    {Type::rrsig, "RRSIG", "TA1tDD2Nb"},
    {Type::nsec, "NSEC", "NB"},
    {Type::dnskey, "DNSKEY", "K1Ab"},
    {Type::dhcid, "DHCID", "b", true},
    {Type::nsec3, "NSEC3", "112ljM"},
    {Type::nsec3param, "NSEC3PARAM", "112l"},
    {Type::tlsa, "TLSA", "111h"},
    {Type::smimea, "SMIMEA", "111h"},
    {Type::hip, "HIP", "I"},
    {Type::ninfo, "NINFO", "S"},
    {Type::rkey, "RKEY", "K1Ab"},
    {Type::talink, "TALINK", "NN"},
    {Type::cds, "CDS", "2A1d"},
    {Type::cdnskey, "CDNSKEY", "K1Ab"},
    {Type::openpgpkey, "OPENPGPKEY", "b"},
    {Type::csync, "CSYNC", "42M"},
    {Type::zonemd, "ZONEMD", "411z"},
    {Type::svcb, "SVCB", "2NP", true},
    {Type::https, "HTTPS", "2NP", true},
    {Type::dsync, "DSYNC", "Tw2N"},
    {Type::hhit, "HHIT", "b"},
    {Type::brid, "BRID", "b"},
    {Type::spf, "SPF", "S"},
    {Type::uinfo, "UINFO", nullptr},
    {Type::uid, "UID", nullptr},
    {Type::gid, "GID", nullptr},
    {Type::unspec, "UNSPEC", nullptr},
    {Type::nid, "NID", "2g"},
    {Type::l32, "L32", "2a"},
    {Type::l64, "L64", "2g"},
    {Type::lp, "LP", "2N"},
    {Type::eui48, "EUI48", "e"},
    {Type::eui64, "EUI64", "E"},
    {Type::tkey, "TKEY", nullptr},
    {Type::tsig, "TSIG", nullptr},
    {Type::ixfr, "IXFR", nullptr},
    {Type::axfr, "AXFR", nullptr},
    {Type::mailb, "MAILB", nullptr},
    {Type::maila, "MAILA", nullptr},
    {Type::any, "ANY", nullptr},
    {Type::uri, "URI", "22q"},
    {Type::caa, "CAA", "1kq"},
    {Type::avc, "AVC", "S"},
    {Type::doa, "DOA", "441sv"},
    {Type::amtrelay, "AMTRELAY", "Y"},
    {Type::resinfo, "RESINFO", "S"},
    {Type::wallet, "WALLET", "S"},
    {Type::ta, "TA", "2A1d"},
    {Type::dlv, "DLV", "2A1d"},
};

constexpr std::size_t dense = 263;

/// By number, one more than the index of the row; 0 for none.
constexpr auto indexes = [] {
  std::array<std::uint8_t, dense> found{};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const auto number = static_cast<std::size_t>(rows[i].type);
    if (number < dense) found[number] = static_cast<std::uint8_t>(i + 1);
  }
  return found;
}();

}  // namespace

const TypeRow* find_row(Type type) noexcept {
  const auto number = static_cast<std::size_t>(type);
  if (number < dense) return indexes[number] == 0 ? nullptr : &rows[indexes[number] - 1];
  for (const TypeRow* row = std::end(rows); (--row)->type >= Type{dense};) {
    if (row->type == type) return row;
  }
  return nullptr;
}

const TypeRow* find_row(std::string_view name) noexcept {
  for (const TypeRow& row : rows) {
    if (is_word(name, row.name)) return &row;
  }
  return nullptr;
}

const char* fields_of(Type type, Class cls) noexcept {
  const TypeRow* row = find_row(type);
  if (row == nullptr || cls == Class::none || cls == Class::any) return nullptr;
  if (cls == Class::in || !row->only_in) return row->fields;
  if (type != Type::a) return nullptr;
  return cls == Class::hs ? row->fields : cls == Class::ch ? "nO" : nullptr;
}

}  // namespace evt::dns
