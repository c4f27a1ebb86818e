/// Records: columns, JSON, and the order of lines.
#include "dnsq/records.hpp"

#include "dnsq/message_json.hpp"
#include "terminal.hpp"
#include <evt/dns/rdata.hpp>

namespace evtool::dnsq {

namespace {

void append_head(std::string& out, const Subject& subject, std::string_view status) {
  if (subject.name != nullptr) {
    subject.name->append_text(out);
  } else {
    out.append(escaped(subject.text));
  }
  out.push_back('\t');
  if (subject.name != nullptr) {
    append_text(out, subject.type);
  } else {
    out.push_back('-');
  }
  out.append(1, '\t').append(status);
}

/// What was asked for is data alone; what stands beside it (aliases, signatures) says what it is.
void append_data(std::string& out, const evt::dns::Message& message, evt::dns::Type type, bool first_column) {
  for (const evt::dns::Record& record : message.answers()) {
    if (!first_column) out.push_back('\t');
    first_column = false;
    if (record.type != type) {
      append_text(out, record.type);
      out.push_back(' ');
    }
    append_rdata(out, record);
  }
}

}  // namespace

void Records::answer(const Subject& subject, const evt::dns::Message& message) {
  std::string& out = room_for(subject.sequence);
  switch (options_.form) {
    case Form::full: {
      append_head(out, subject, "");
      append_text(out, message.rcode());
      append_data(out, message, subject.type, false);
      break;
    }
    case Form::brief:
      append_data(out, message, subject.type, true);
      break;
    case Form::json:
      append_json(out, message);
      break;
  }
  out.push_back('\n');
  done(subject.sequence);
}

void Records::failure(const Subject& subject, std::string_view status, std::string_view reason) {
  std::string& out = room_for(subject.sequence);
  switch (options_.form) {
    case Form::full:
      append_head(out, subject, status);
      if (!reason.empty()) out.append(1, '\t').append(reason);
      break;
    case Form::brief:
      break;
    case Form::json:
      append_json(out, subject, status, reason);
      break;
  }
  out.push_back('\n');
  done(subject.sequence);
}

std::string& Records::room_for(std::uint64_t sequence) {
  if (!options_.ordered) return writer_.text();
  if (sequence == first_) return writer_.text();
  if (held_.size() <= sequence - first_) held_.resize(sequence - first_ + 1);
  return held_[sequence - first_].text;
}

void Records::done(std::uint64_t sequence) {
  if (!options_.ordered) return;
  if (sequence != first_) {
    held_[sequence - first_].ready = true;
    return;
  }
  // What waited for this one follows it.
  ++first_;
  if (!held_.empty()) held_.pop_front();
  while (!held_.empty() && held_.front().ready) {
    writer_.text().append(held_.front().text);
    held_.pop_front();
    ++first_;
  }
}

}  // namespace evtool::dnsq
