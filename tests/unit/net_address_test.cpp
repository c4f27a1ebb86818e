/// Address as a value: what it is made of, what it refuses, how it compares, and what the kernel makes of it.
#include <evt/address.hpp>
#include <evt/fd.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace evt {
namespace {

static_assert(std::is_trivially_copyable_v<Address>);
static_assert(sizeof(Address) <= 116);

int errno_of(const Result<Address>& address) {
  return address ? 0 : address.error().system_errno();
}

TEST(Address, HasTheBytesOfASockaddr) {
  Address address = Address::loopback_ipv4(8080);
  sockaddr_in expected{};
  expected.sin_family = AF_INET;
  expected.sin_port = htons(8080);
  expected.sin_addr.s_addr = htonl(0x7f000001);
  ASSERT_EQ(address.size(), sizeof expected);
  EXPECT_EQ(memcmp(address.data(), &expected, sizeof expected), 0);
  EXPECT_EQ(address.family(), AF_INET);
  EXPECT_EQ(address.port(), 8080);
}

TEST(Address, OfIpv6HasAPortAndAnInterface) {
  Address address = Address::any_ipv6(53).with_scope(7);
  sockaddr_in6 expected{};
  expected.sin6_family = AF_INET6;
  expected.sin6_port = htons(53);
  expected.sin6_scope_id = 7;
  ASSERT_EQ(address.size(), sizeof expected);
  EXPECT_EQ(memcmp(address.data(), &expected, sizeof expected), 0);
  EXPECT_EQ(address.scope(), 7U);
  EXPECT_EQ(address.with_port(54).port(), 54);
  EXPECT_EQ(address.with_port(54).scope(), 7U);
}

TEST(Address, OfAPathEndsWithANul) {
  auto address = Address::unix_path("/run/x");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->size(), offsetof(sockaddr_un, sun_path) + 7);
  EXPECT_EQ(address->path(), "/run/x");
  EXPECT_FALSE(address->abstract_name());
  EXPECT_EQ(address->port(), 0);
}

TEST(Address, OfThePathThatJustFitsIsTaken) {
  auto address = Address::unix_path(std::string(108, 'p'));
  ASSERT_TRUE(address);
  EXPECT_EQ(address->path(), std::string(108, 'p'));
  EXPECT_EQ(address->size(), Address::capacity);
}

TEST(Address, OfAnImpossiblePathIsRefused) {
  EXPECT_EQ(errno_of(Address::unix_path("")), EINVAL);
  EXPECT_EQ(errno_of(Address::unix_path(std::string_view("a\0b", 3))), EINVAL);
  EXPECT_EQ(errno_of(Address::unix_path(std::string(109, 'p'))), ENAMETOOLONG);
  EXPECT_EQ(Address::unix_path("").error().message(), "address: Invalid argument");
}

TEST(Address, OfAnAbstractNameKeepsItsNuls) {
  constexpr std::string_view name("a\0b\0", 4);
  auto address = Address::unix_abstract(name);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->size(), offsetof(sockaddr_un, sun_path) + 5);
  EXPECT_EQ(address->abstract_name(), name);
  EXPECT_EQ(address->path(), "");
  EXPECT_TRUE(Address::unix_abstract(std::string(107, 'n')));
  EXPECT_EQ(errno_of(Address::unix_abstract(std::string(108, 'n'))), ENAMETOOLONG);
}

TEST(Address, OfNothingIsUnspecified) {
  Address address;
  EXPECT_EQ(address.family(), AF_UNSPEC);
  EXPECT_EQ(address.port(), 0);
  EXPECT_EQ(address.path(), "");
  address = Address::loopback_ipv4(1);
  address.set_size(0);
  EXPECT_EQ(address.family(), AF_UNSPEC);
  EXPECT_EQ(address, Address());
}

TEST(Address, TakesNoMoreThanItsCapacity) {
  Address address;
  address.set_size(4096);
  EXPECT_EQ(address.size(), Address::capacity);
}

TEST(Address, CopiesWhatACFunctionGave) {
  Address address = Address::loopback_ipv6(9);
  auto copy = Address::copy_of(address.data(), address.size());
  ASSERT_TRUE(copy);
  EXPECT_EQ(*copy, address);
  sockaddr_storage large{};
  EXPECT_EQ(errno_of(Address::copy_of(reinterpret_cast<sockaddr*>(&large), sizeof large)), ENAMETOOLONG);
  EXPECT_EQ(errno_of(Address::copy_of(address.data(), 1)), EINVAL);
  EXPECT_EQ(errno_of(Address::copy_of(address.data(), sizeof(sockaddr_in6) - 1)), EINVAL);
  Address ipv4 = Address::loopback_ipv4(9);
  EXPECT_EQ(errno_of(Address::copy_of(ipv4.data(), sizeof(sockaddr_in) - 1)), EINVAL);
}

TEST(Address, IsEqualWhereItNamesTheSame) {
  Address address = Address::loopback_ipv6(80);
  Address labelled = address;
  reinterpret_cast<sockaddr_in6*>(labelled.data())->sin6_flowinfo = htonl(5);
  EXPECT_EQ(address, labelled);
  EXPECT_EQ(address.hash(), labelled.hash());
  auto with_nul = Address::unix_path("/x");
  Address without = *with_nul;
  without.set_size(without.size() - 1);
  EXPECT_EQ(*with_nul, without);
  EXPECT_EQ(with_nul->hash(), without.hash());
}

TEST(Address, DiffersInEachOfItsParts) {
  std::vector<Address> addresses = {
      Address(),
      Address::any_ipv4(80),
      Address::loopback_ipv4(80),
      Address::loopback_ipv4(81),
      Address::loopback_ipv6(80),
      Address::loopback_ipv6(81),
      Address::loopback_ipv6(80).with_scope(1),
      Address::loopback_ipv6(80).with_scope(256),
      *Address::unix_path("a"),
      *Address::unix_path("ab"),
      *Address::unix_abstract("a"),
      *Address::unix_abstract(std::string_view("a\0", 2)),
      *Address::unix_abstract(""),
      Address::loopback_ipv4(0),
  };
  std::set<Address> ordered(addresses.begin(), addresses.end());
  std::unordered_set<Address> hashed(addresses.begin(), addresses.end());
  EXPECT_EQ(ordered.size(), addresses.size());
  EXPECT_EQ(hashed.size(), addresses.size());
  for (const Address& address : addresses)
    EXPECT_TRUE(ordered.contains(address));
}

TEST(Address, IsSortedByFamilyAddressPortAndInterface) {
  std::array<Address, 6> sorted = {
      *Address::unix_path("a"), Address::loopback_ipv4(80),          Address::loopback_ipv4(0x1234),
      Address::any_ipv6(90),    Address::any_ipv6(90).with_scope(1), Address::any_ipv6(90).with_scope(0x100)};
  for (std::size_t i = 1; i < sorted.size(); ++i)
    EXPECT_LT(sorted[i - 1], sorted[i]) << i;
}

TEST(Address, ComesBackFromTheKernelAsItWent) {
  for (const Address& address :
       {Address::loopback_ipv4(0), Address::loopback_ipv6(0), *Address::unix_abstract(std::string_view("evt\0net", 7)),
        *Address::unix_abstract(std::string(107, '\0'))}) {
    Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(socket.get(), address.data(), address.size()), 0) << address.to_string();
    auto local = local_address(socket.get());
    ASSERT_TRUE(local);
    EXPECT_EQ(local->with_port(0), address);
    EXPECT_EQ(local->port() != 0, address.family() != AF_UNIX);
    ASSERT_EQ(listen(socket.get(), 1), 0);
    Fd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), local->data(), local->size()), 0);
    EXPECT_EQ(peer_address(client.get()), *local);
  }
}

TEST(Address, OfTheLongestPathComesBackFromTheKernel) {
  std::string folder = testing::TempDir() + "evt-net-" + std::to_string(getpid()) + "-";
  auto address = Address::unix_path(folder + std::string(108 - folder.size(), 'p'));
  ASSERT_TRUE(address);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(socket.get(), address->data(), address->size()), 0);
  EXPECT_EQ(local_address(socket.get()), *address);
  unlink(std::string(address->path()).c_str());
}

TEST(Address, OfASocketThatHasNoneSaysSo) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(errno_of(peer_address(socket.get())), ENOTCONN);
  EXPECT_EQ(errno_of(local_address(-1)), EBADF);
  Fd local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto unnamed = local_address(local.get());
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->path(), "");
  EXPECT_FALSE(unnamed->abstract_name());
  EXPECT_EQ(unnamed->to_string(), "unix:");
}

}  // namespace
}  // namespace evt
