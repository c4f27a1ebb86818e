/// Messages as JSON, in the shape of RFC 8427.
#pragma once

#include <evt/dns/message.hpp>

#include <string>
#include <string_view>

namespace evtool {
class Json;
}

namespace evtool::dnsq {

struct Subject;

/// One line without its end.
void append_json(std::string& out, const evt::dns::Message& message);
/// A question that has no answer: its name and type, `status` and `reason`.
void append_json(std::string& out, const Subject& subject, std::string_view status, std::string_view reason);
/// The message as the next value of `json`.
void write_message(Json& json, const evt::dns::Message& message);

}  // namespace evtool::dnsq
