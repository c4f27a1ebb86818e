/// Names: messages, questions to servers, and lookups of addresses. Not in evt.hpp, as many programs need none of it.
#pragma once

#include <evt/dns/build.hpp>
#include <evt/dns/config.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/dns/edns.hpp>
#include <evt/dns/error.hpp>
#include <evt/dns/hosts.hpp>
#include <evt/dns/idn.hpp>
#include <evt/dns/match.hpp>
#include <evt/dns/message.hpp>
#include <evt/dns/name.hpp>
#include <evt/dns/query.hpp>
#include <evt/dns/rdata.hpp>
#include <evt/dns/resolver.hpp>
#include <evt/dns/services.hpp>
#include <evt/dns/special_name.hpp>
#include <evt/dns/type.hpp>
