/// What a Dial did, in words: one line an event for --trace-dial, all reasons of a failure, and JSON.
#pragma once

#include "context.hpp"
#include "json.hpp"
#include <evt/dial.hpp>

#include <string>
#include <string_view>

namespace evtool::dial {

/// Without a newline, escaped.
std::string line_of(const evt::Dial& dial, evt::DialEvent event);

/// Says on standard error why `shown` is not connected, every address with its reason, and what that exits with:
/// 6 not resolved, 7 not connected, 124 timed out.
Exit explain(const Context& context, std::string_view shown, const evt::Dial& dial, const evt::Error& error);

/// The same without a word.
Exit exit_of(const evt::Error& error);

/// "lookups" and "attempts".
void write_dial(Json& json, const evt::Dial& dial);

}  // namespace evtool::dial
