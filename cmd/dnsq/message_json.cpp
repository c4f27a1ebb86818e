/// RFC 8427: header fields by name, records with TYPE, TTL and their data as text.
#include "dnsq/message_json.hpp"

#include "dnsq/records.hpp"
#include "json.hpp"
#include <evt/dns/rdata.hpp>

namespace evtool::dnsq {

namespace {

using evt::dns::Message;
using evt::dns::Record;
using evt::dns::Section;

std::uint64_t number(auto value) {
  return static_cast<std::uint64_t>(value);
}

std::string hexadecimal(std::span<const std::byte> data) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::byte octet : data) {
    text.push_back(digits[std::to_integer<std::size_t>(octet) >> 4U]);
    text.push_back(digits[std::to_integer<std::size_t>(octet) & 15U]);
  }
  return text;
}

void write_header(Json& json, const evt::dns::Header& header) {
  json.key("ID").number(number(header.id()));
  json.key("QR").number(number(header.response()));
  json.key("Opcode").number(number(header.opcode()));
  json.key("AA").number(number(header.authoritative()));
  json.key("TC").number(number(header.truncated()));
  json.key("RD").number(number(header.recursion_desired()));
  json.key("RA").number(number(header.recursion_available()));
  json.key("AD").number(number(header.authentic_data()));
  json.key("CD").number(number(header.checking_disabled()));
  json.key("RCODE").number(number(header.rcode()));
  json.key("QDCOUNT").number(number(header.count(Section::question)));
  json.key("ANCOUNT").number(number(header.count(Section::answer)));
  json.key("NSCOUNT").number(number(header.count(Section::authority)));
  json.key("ARCOUNT").number(number(header.count(Section::additional)));
}

/// `rdataA`, `rdataAAAA`, …: data as text, where the type has a name (RFC 8427 §2.2).
void write_record(Json& json, const Record& record) {
  std::string text;
  record.owner.append_text(text);
  json.begin_object().key("NAME").text(text);
  json.key("TYPE").number(number(record.type));
  json.key("TYPEname").text(evt::dns::text_of(record.type));
  json.key("CLASS").number(number(record.cls));
  json.key("TTL").number(number(record.ttl));
  json.key("RDLENGTH").number(number(record.rdata.size()));
  if (record.type == evt::dns::Type::opt) {
    json.key("RDATAHEX").text(hexadecimal(record.rdata));
  } else {
    text.clear();
    append_rdata(text, record);
    json.key(std::string("rdata").append(evt::dns::text_of(record.type))).text(text);
  }
  json.end_object();
}

void write_section(Json& json, std::string_view key, const evt::dns::Items<Record>& records) {
  if (records.empty()) return;
  json.key(key).begin_array();
  for (const Record& record : records)
    write_record(json, record);
  json.end_array();
}

}  // namespace

void write_message(Json& json, const Message& message) {
  json.begin_object();
  write_header(json, message.header());
  json.key("status").text(evt::dns::text_of(message.rcode()));
  if (const auto question = message.question()) {
    std::string name;
    question->name.append_text(name);
    json.key("QNAME").text(name);
    json.key("QTYPE").number(number(question->type));
    json.key("QTYPEname").text(evt::dns::text_of(question->type));
    json.key("QCLASS").number(number(question->cls));
  }
  write_section(json, "answerRRs", message.answers());
  write_section(json, "authorityRRs", message.authorities());
  write_section(json, "additionalRRs", message.additionals());
  json.end_object();
}

void append_json(std::string& out, const Message& message) {
  Json json(out);
  write_message(json, message);
}

void append_json(std::string& out, const Subject& subject, std::string_view status, std::string_view reason) {
  Json json(out);
  json.begin_object().key("status").text(status);
  if (!reason.empty()) json.key("reason").text(reason);
  if (subject.name != nullptr) {
    json.key("QNAME").text(subject.name->text());
    json.key("QTYPE").number(number(subject.type));
    json.key("QTYPEname").text(evt::dns::text_of(subject.type));
  } else {
    json.member("line", subject.text);
  }
  json.end_object();
}

}  // namespace evtool::dnsq
