/// Dial: the request around its Race.
#include "dial/race.hpp"

#include <cerrno>
#include <utility>

namespace evt {

namespace {

class NoNames final : public detail::DialNames {
 public:
  void find_addresses(const std::string&, int family, Client& client) override {
    const Error error = errno_error("lookup", ENOENT);
    if (family != AF_INET) client.on_addresses(AF_INET6, std::unexpected(error));
    if (family != AF_INET6) client.on_addresses(AF_INET, std::unexpected(error));
    client.on_end();
  }
  void find_services(const std::string&, Client& client) override {
    client.on_services(std::unexpected(errno_error("lookup", ENOENT)));
    client.on_end();
  }
  void stop() noexcept override {}
};

}  // namespace

std::unique_ptr<detail::DialNames> detail::no_names() {
  return std::make_unique<NoNames>();
}

Dial::Dial(Loop& loop) : Dial(loop, detail::no_names()) {}

Dial::Dial(Loop& loop, dns::Resolver& resolver) : Dial(loop, detail::names_of(loop, resolver)) {}

Dial::Dial(Loop& loop, std::unique_ptr<detail::DialNames> names)
    : ComposedRequest(loop), race_(std::make_unique<Race>(*this, loop, std::move(names))) {}

Dial::~Dial() {
  settle();
}

Ticket Dial::dial(DialTarget target, const DialOptions& options, Done done) {
  if (idle()) {
    race_->target = std::move(target);
    race_->options = options;
  }
  return submit(done);
}

std::span<const DialAttempt> Dial::attempts() const noexcept {
  return race_->attempts;
}

std::span<const DialLookup> Dial::lookups() const noexcept {
  return race_->lookups;
}

nanoseconds Dial::started() const noexcept {
  return race_->started;
}

void Dial::start() {
  race_->start();
}

void Dial::cancel_parts() noexcept {
  if (auto winner = race_->stop()) return complete(std::move(*winner));
  complete(std::unexpected(Error("dial", Errc::canceled)));
}

void Dial::settle_parts() noexcept {
  if (auto winner = race_->stop()) complete(std::move(*winner));
}

}  // namespace evt
