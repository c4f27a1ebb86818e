/// From rcodes and errors to exit codes.
#include "dnsq/verdict.hpp"

#include <evt/dns/error.hpp>

namespace evtool::dnsq {

Fate fate_of(evt::dns::Rcode rcode) {
  if (rcode == evt::dns::Rcode::noerror) return Fate::found;
  return rcode == evt::dns::Rcode::nxdomain ? Fate::absent : Fate::refused;
}

Fate fate_of(const evt::Error& error) {
  if (error == std::errc::bad_message) return Fate::malformed;
  if (error == std::errc::invalid_argument) return Fate::invalid;
  return Fate::silent;
}

Exit exit_of(Fate worst) {
  switch (worst) {
    case Fate::found:
      return Exit::done;
    case Fate::absent:
      return exit_code(3);
    case Fate::refused:
      return exit_code(4);
    case Fate::invalid:
      return Exit::usage;
    case Fate::malformed:
      return exit_code(5);
    case Fate::silent:
      break;
  }
  return exit_code(9);
}

const char* status_of(const evt::Error& error) {
  if (error == std::errc::bad_message) return "MALFORMED";
  if (error == std::errc::invalid_argument) return "INVALID";
  if (error == std::errc::timed_out) return "TIMEOUT";
  if (error == std::errc::connection_refused) return "UNREACHABLE";
  if (error.code == evt::dns::Failure::forged) return "FORGED";
  return "FAILED";
}

}  // namespace evtool::dnsq
