/// What Dial asks for addresses: a resolver, or in tests a script.
#pragma once

#include "dial/service_order.hpp"
#include <evt/address.hpp>
#include <evt/dial.hpp>

#include <memory>
#include <string>
#include <vector>

namespace evt::detail {

class DialNames {
 public:
  /// Who is told, from Loop::run or from inside the question.
  class Client {
   public:
    /// Once for each family asked for.
    virtual void on_addresses(int family, Result<std::vector<Address>> addresses) = 0;
    virtual void on_services(Result<std::vector<ServiceRecord>> records) = 0;
    /// The question is over, and another may be asked.
    virtual void on_end() = 0;

   protected:
    ~Client() = default;
  };

  DialNames() = default;
  DialNames(const DialNames&) = delete;
  DialNames& operator=(const DialNames&) = delete;
  virtual ~DialNames() = default;

  /// One question at a time. `family` is AF_INET, AF_INET6 or AF_UNSPEC for both.
  virtual void find_addresses(const std::string& name, int family, Client& client) = 0;
  virtual void find_services(const std::string& name, Client& client) = 0;
  /// Nothing is told any more. Never called from inside on_addresses or on_services.
  virtual void stop() noexcept = 0;
};

/// Names by a resolver.
std::unique_ptr<DialNames> names_of(Loop& loop, dns::Resolver& resolver);
/// Names by nobody: ENOENT.
std::unique_ptr<DialNames> no_names();

}  // namespace evt::detail
