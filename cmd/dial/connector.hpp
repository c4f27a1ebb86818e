/// Connecting, once or until it works, straight or over a proxy; and saying why not.
#pragma once

#include "context.hpp"
#include "dial/plan.hpp"
#include "dial/settings.hpp"
#include <evt/dial.hpp>
#include <evt/dns/resolver.hpp>

#include <expected>
#include <optional>
#include <string>

namespace evtool::dial {

class Connector {
 public:
  Connector(Context& context, const Settings& settings, evt::Loop& loop);

  /// Connected, or what to exit with, which was explained unless `quietly`.
  std::expected<evt::Dialed, Exit> connect(const Plan& plan, bool quietly = false);

  /// The last Dial, for reports; null before the first.
  const evt::Dial* dial() const { return dial_ ? &*dial_ : nullptr; }
  unsigned tries() const { return tries_; }
  /// For SIGUSR1.
  std::string progress() const;

 private:
  struct Failed {
    Exit exit = Exit::failed;
    std::string phrase;  ///< What the proxy said; empty: the Dial knows.
    evt::Error error;
  };
  using Outcome = std::expected<evt::Dialed, Failed>;

  Outcome try_once(const Plan& plan, evt::nanoseconds deadline);
  Outcome connect_to(const evt::DialTarget& target, const evt::DialOptions& options);
  std::optional<Failed> shake_hands(int fd, const evt::DialHost& host, const Proxy& proxy, evt::nanoseconds deadline);
  void explain(const Plan& plan, const Failed& failed) const;
  void sleep_until(evt::nanoseconds deadline);
  static void trace(void* context, const evt::Dial& dial, evt::DialEvent event);

  Context& context_;
  const Settings& settings_;
  evt::Loop& loop_;
  std::optional<evt::dns::Resolver> resolver_;  // Made when the first name is met.
  std::optional<evt::Dial> dial_;
  unsigned tries_ = 0;
};

}  // namespace evtool::dial
