/// Questions of the command line, one after the other.
#pragma once

#include "context.hpp"
#include "dnsq/operands.hpp"
#include "dnsq/settings.hpp"
#include "exit.hpp"
#include <evt/dns/config.hpp>

namespace evtool::dnsq {

/// What asking needs, made of settings and files.
struct Asking {
  evt::dns::QueryOptions options;
  evt::dns::Config config;  ///< For --search.
  std::string server;       ///< As it was named, or empty.
};

/// Asks and prints. The worst of all fates is the exit code.
Exit ask_all(Context& context, evt::Loop& loop, const Settings& settings, const Plan& plan, const Asking& asking);

}  // namespace evtool::dnsq
