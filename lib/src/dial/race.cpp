/// Attempts: when the next one begins, who wins, and what becomes of the others.
#include "dial/race.hpp"

#include "dial/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evt {

using Outcome = DialAttempt::Outcome;
using Kind = DialEvent::Kind;

namespace {

std::error_code timed_out() noexcept {
  return errno_error("connect", ETIMEDOUT).code;
}

/// Whether the attempt never got out of this machine.
bool stayed_here(const std::error_code& code) noexcept {
  return code == std::errc::network_unreachable || code == std::errc::address_family_not_supported ||
         code == std::errc::address_not_available;
}

}  // namespace

Dial::Race::Try::Try(Race& owner) : race(owner), file(owner.loop), timer(owner.loop) {
  request.unref();
  timer.unref();
}

Dial::Race::Race(Dial& dial, Loop& home, std::unique_ptr<detail::DialNames> source)
    : whole(dial), loop(home), names(std::move(source)), delay(home), resolution_delay(home), limit(home) {
  for (Timer* timer : {&delay, &resolution_delay, &limit})
    timer->unref();
}

void Dial::Race::start() {
  lookups.clear();
  attempts.clear();
  candidates.clear();
  services.clear();
  last_family = AF_UNSPEC;
  looking_up = going = pressed = false;
  due = true;
  started = loop.now();
  if (options.timeout != never) limit.after(options.timeout, bind<&Race::on_limit>(*this));
  begin_target();
}

std::optional<Dialed> Dial::Race::stop() noexcept {
  std::optional<Dialed> winner;
  names->stop();
  for (Timer* timer : {&delay, &resolution_delay, &limit})
    timer->cancel_sync();
  for (const auto& place : tries) {
    if (!place->busy) continue;
    const auto result = place->request.cancel_sync();
    if (result && *result && !winner) {
      winner = win(*place);
    } else {
      lose(*place, Outcome::abandoned, {});
    }
  }
  return winner;
}

void Dial::Race::end(Result<Dialed> result) {
  (void)stop();
  whole.complete(std::move(result));
}

void Dial::Race::go() noexcept {
  going = true;
  resolution_delay.cancel_sync();
}

/// Begins what may begin; ends the whole where nothing is left to hope for.
void Dial::Race::advance() {
  while (going && due && !candidates.empty() && may_begin()) {
    const detail::Candidate next = detail::take_next(candidates, last_family);
    last_family = next.destination.family();
    due = pressed = false;
    delay.cancel_sync();
    if (begin(next.destination)) {
      delay.after(options.attempt_delay, bind<&Race::on_delay>(*this));
    } else {
      due = true;
    }
  }
  if (due && candidates.empty() && !looking_up && begin_next_service()) return;
  if (under_way() != 0 || looking_up) return;
  const bool nobody_left = candidates.empty() && services.empty();
  if (nobody_left || attempts.size() >= options.most_attempts) end(std::unexpected(failure()));
}

/// Whether there is a place for one more. Where all are taken for long, the oldest one's becomes free.
bool Dial::Race::may_begin() noexcept {
  if (attempts.size() >= options.most_attempts) return false;
  if (under_way() < std::max<std::size_t>(options.most_at_once, 1)) return true;
  if (!pressed || options.attempt_timeout != never) return false;
  lose(*oldest(), Outcome::failed, timed_out());
  return true;
}

std::size_t Dial::Race::under_way() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(tries, [](const auto& place) { return place->busy; }));
}

Dial::Race::Try* Dial::Race::oldest() noexcept {
  Try* found = nullptr;
  for (const auto& place : tries)
    if (place->busy && (found == nullptr || place->attempt < found->attempt)) found = place.get();
  return found;
}

Dial::Race::Try& Dial::Race::free_try() {
  for (const auto& place : tries)
    if (!place->busy) return *place;
  return *tries.emplace_back(std::make_unique<Try>(*this));
}

/// False when it failed at once.
bool Dial::Race::begin(const Address& address) {
  const std::size_t index = attempts.size();
  attempts.push_back({.address = address, .started = loop.now()});
  tell(Kind::attempt_started, index);
  auto socket = detail::open_for(address, options);
  if (!socket) {
    attempts[index].outcome = Outcome::failed;
    attempts[index].error = socket.error().code;
    attempts[index].ended = loop.now();
    tell(Kind::attempt_ended, index);
    return false;
  }
  Try& place = free_try();
  place.busy = true;
  place.attempt = index;
  place.address = address;
  place.file.assign(File::adopt(std::move(*socket)));
  if (const Ticket ticket = place.request.connect(place.address, bind<&Try::on_connected>(place)); !ticket) {
    lose(place, Outcome::failed, ticket.error().code);
    return false;
  }
  if (options.attempt_timeout != never) place.timer.after(options.attempt_timeout, bind<&Try::on_timeout>(place));
  return true;
}

void Dial::Race::on_connected(Try& attempt, const Result<std::size_t>& result) {
  if (result) return end(win(attempt));
  lose(attempt, Outcome::failed, result.error().code);
  due = true;
  advance();
}

void Dial::Race::on_timeout(Try& attempt) {
  const auto result = attempt.request.cancel_sync();
  if (result && *result) return end(win(attempt));
  lose(attempt, Outcome::failed, timed_out());
  due = true;
  advance();
}

void Dial::Race::on_delay() {
  due = pressed = true;
  advance();
}

void Dial::Race::on_limit() {
  end(std::unexpected(errno_error("dial", ETIMEDOUT)));
}

/// The place is free from here on, and its socket closed.
void Dial::Race::lose(Try& attempt, Outcome outcome, const std::error_code& error) noexcept {
  attempt.timer.cancel_sync();
  attempt.request.cancel_sync();
  attempt.file.assign({});
  attempt.busy = false;
  DialAttempt& record = attempts[attempt.attempt];
  record.outcome = outcome;
  record.error = error;
  record.ended = loop.now();
  tell(Kind::attempt_ended, attempt.attempt);
}

Dialed Dial::Race::win(Try& attempt) noexcept {
  attempt.timer.cancel_sync();
  attempt.busy = false;
  DialAttempt& record = attempts[attempt.attempt];
  record.outcome = Outcome::connected;
  record.ended = loop.now();
  tell(Kind::attempt_ended, attempt.attempt);
  return {.socket = Fd(attempt.file.release()), .peer = attempt.address};
}

Error Dial::Race::failure() const noexcept {
  const DialAttempt* telling = nullptr;
  for (const DialAttempt& attempt : attempts)
    if (telling == nullptr || (stayed_here(telling->error) && !stayed_here(attempt.error))) telling = &attempt;
  if (telling != nullptr) return {"connect", telling->error};
  for (auto lookup = lookups.rbegin(); lookup != lookups.rend(); ++lookup)
    if (lookup->error) return {"lookup", lookup->error};
  return errno_error("lookup", ENOENT);
}

void Dial::Race::tell(Kind kind, std::size_t index) const {
  const DialTrace& trace = whole.trace_;
  if (trace.function != nullptr) trace.function(trace.context, whole, {kind, index});
}

}  // namespace evt
