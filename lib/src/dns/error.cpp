/// The names of dns::Failure.
#include <evt/dns/error.hpp>

namespace evt::dns {

namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "dns"; }
  std::string message(int code) const override {
    switch (static_cast<Failure>(code)) {
      case Failure::no_such_name:
        return "No such name";
      case Failure::no_data:
        return "The name has no such record";
      case Failure::server_failure:
        return "The name servers failed";
      case Failure::alias_loop:
        return "Too many aliases";
      case Failure::forged:
        return "Replies look forged";
    }
    return "Unknown error";
  }
};

}  // namespace

const std::error_category& dns_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace evt::dns
