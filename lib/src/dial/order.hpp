/// Which address of several is tried first: RFC 6724 as far as it can be told without asking for routes and interfaces,
/// and how families take turns (RFC 8305).
#pragma once

#include <evt/address.hpp>

#include <optional>
#include <vector>

namespace evt::detail {

/// A destination, and the address we would come from; none where nothing leads there.
struct Candidate {
  Address destination;
  std::optional<Address> source;
};

/// Best first, by rules 1, 2, 5, 6, 8 and (IPv6 alone, up to the 64 bits that an interface's prefix has) 9; what is
/// equal stays in its order. Rules 3, 4 and 7 need what only interfaces know. The policy table is the RFC's.
void sort_candidates(std::vector<Candidate>& candidates);

/// Takes the first that is not of `family`, or else the first. Called again and again with the family it gave before,
/// it interleaves families. `candidates` is not empty.
Candidate take_next(std::vector<Candidate>& candidates, int family) noexcept;

/// The address a datagram to `destination` would come from: connects a socket, which sends nothing.
std::optional<Address> source_of(const Address& destination) noexcept;

}  // namespace evt::detail
