/// Messages as dig prints them: header, sections, statistics. Options of OPT are print_options.cpp's.
#include "dnsq/print.hpp"

#include <evt/dns/rdata.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

namespace evtool::dnsq {

namespace {

using evt::dns::Header;
using evt::dns::Message;
using evt::dns::Opcode;
using evt::dns::Section;

/// Titles, which an update has its own of.
std::array<const char*, 4> titles_of(Opcode opcode) {
  if (opcode == Opcode::update) return {"ZONE", "PREREQUISITE", "UPDATE", "ADDITIONAL"};
  return {"QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"};
}

std::string flags_of(const Header& header) {
  std::string out;
  const auto flag = [&](bool set, const char* name) {
    if (set) fmt::format_to(std::back_inserter(out), " {}", name);
  };
  flag(header.response(), "qr");
  flag(header.authoritative(), "aa");
  flag(header.truncated(), "tc");
  flag(header.recursion_desired(), "rd");
  flag(header.recursion_available(), "ra");
  flag(header.authentic_data(), "ad");
  flag(header.checking_disabled(), "cd");
  if (header.reserved()) out += "; MBZ: 0x4";
  return out;
}

void append_header(std::string& out, const Message& message) {
  const Header& header = message.header();
  auto end = std::back_inserter(out);
  fmt::format_to(end, ";; Got answer:\n;; ->>HEADER<<- opcode: {}, status: {}, id: {}\n", text_of(header.opcode()),
                 text_of(message.rcode()), header.id());
  fmt::format_to(end, ";; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n", flags_of(header),
                 header.count(Section::question), header.count(Section::answer), header.count(Section::authority),
                 header.count(Section::additional));
  if (header.recursion_desired() && !header.recursion_available()) {
    out += ";; WARNING: recursion requested but not available\n";
  }
  if (message.cut()) out += ";; WARNING: Message is cut within a record\n";
  if (message.trailing() > 0)
    fmt::format_to(end, ";; WARNING: Message has {} extra bytes at end\n", message.trailing());
  out += '\n';
}

void append_edns(std::string& out, const evt::dns::Edns& edns, std::span<const std::byte> cookie) {
  constexpr unsigned compact_answers = 0x4000;
  const unsigned unknown = edns.reserved_flags & ~compact_answers;
  fmt::format_to(std::back_inserter(out), ";; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}{};{} udp: {}\n",
                 edns.version, edns.dnssec_ok ? " do" : "", (edns.reserved_flags & compact_answers) != 0 ? " co" : "",
                 unknown != 0 ? fmt::format(" MBZ: 0x{:04x},", unknown) : "", edns.udp_size);
  for (const evt::dns::Option& option : edns.options) {
    out += "; ";
    append_option(out, option, cookie);
    out += '\n';
  }
}

/// From one column to another by tabs, at least one place on.
void append_indent(std::string& out, std::size_t column, std::size_t target) {
  constexpr std::size_t tab = 8;
  const std::size_t tabs = target / tab - column / tab;
  out.append(tabs, '\t');
  out.append(tabs > 0 ? target % tab : target - column, ' ');
}

void append_question(std::string& out, const evt::dns::Question& question) {
  constexpr std::size_t class_column = 32;
  constexpr std::size_t type_column = 40;
  out += ';';  // Which dig does not count.
  std::size_t begin = out.size();
  question.name.append_text(out);
  const std::size_t name_end = out.size() - begin;
  const std::size_t class_begin = std::max(class_column, name_end + 1);
  append_indent(out, name_end, class_begin);
  begin = out.size();
  append_text(out, question.cls);
  const std::size_t class_end = class_begin + out.size() - begin;
  append_indent(out, class_end, std::max(type_column, class_end + 1));
  append_text(out, question.type);
  out += '\n';
}

/// The lines of a section, whatever they are: title, lines, blank line.
template <class Items, class Line>
void append_section(std::string& out, const Items& items, const char* title, bool comments, Line line) {
  const std::size_t begin = out.size();
  for (const auto& item : items)
    line(item);
  if (out.size() == begin || !comments) return;
  out.insert(begin, fmt::format(";; {} SECTION:\n", title));
  out += '\n';
}

}  // namespace

void append_message(std::string& out, const Message& message, const Sections& sections,
                    std::span<const std::byte> cookie) {
  if (sections.comments) {
    append_header(out, message);
    if (const auto& edns = message.edns()) append_edns(out, *edns, cookie);
  }
  const auto titles = titles_of(message.header().opcode());
  const auto record = [&](const evt::dns::Record& found) {
    if (found.type == evt::dns::Type::opt) return;
    append_record(out, found);
    out += '\n';
  };
  if (sections.question) {
    append_section(out, message.questions(), titles[0], sections.comments,
                   [&](const evt::dns::Question& question) { append_question(out, question); });
  }
  if (sections.answer) append_section(out, message.answers(), titles[1], sections.comments, record);
  if (sections.authority) append_section(out, message.authorities(), titles[2], sections.comments, record);
  if (sections.additional) append_section(out, message.additionals(), titles[3], sections.comments, record);
}

void append_short(std::string& out, const Message& message) {
  for (const evt::dns::Record& record : message.answers()) {
    append_rdata(out, record);
    out += '\n';
  }
}

void append_statistics(std::string& out, const Arrival& arrival) {
  const std::time_t when = arrival.when.time_since_epoch().count();
  std::tm local{};
  localtime_r(&when, &local);
  char moment[64];  // fmt's chrono would bring in std::locale.
  const std::size_t size = std::strftime(moment, sizeof moment, "%a %b %d %H:%M:%S %Z %Y", &local);
  fmt::format_to(std::back_inserter(out),
                 ";; Query time: {} msec\n;; SERVER: {}#{}({}) ({})\n;; WHEN: {}\n"
                 ";; MSG SIZE  rcvd: {}\n",
                 std::chrono::duration_cast<std::chrono::milliseconds>(arrival.took).count(),
                 arrival.server.ip_to_string(), arrival.server.port(), arrival.server_name,
                 arrival.transport == evt::dns::Transport::tcp ? "TCP" : "UDP", std::string_view(moment, size),
                 arrival.size);
}

}  // namespace evtool::dnsq
