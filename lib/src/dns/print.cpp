/// Records as text: the simple fields. Whole layouts are in print_layouts.cpp, parameters in print_svcb.cpp.
#include "dns/check.hpp"
#include "dns/digits.hpp"
#include "dns/labels.hpp"
#include "dns/printer.hpp"
#include "dns/table.hpp"
#include "dns/text.hpp"
#include "dns/words_of_numbers.hpp"
#include <evt/dns/rdata.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace evt::dns {

namespace {

/// From `column` to another by tabs, at least one blank on.
void append_indent(std::string& out, std::size_t column, std::size_t target) {
  constexpr std::size_t tab = 8;
  target = std::max(target, column + 1);
  const std::size_t tabs = target / tab - column / tab;
  out.append(tabs, '\t');
  out.append(tabs > 0 ? target % tab : target - column, ' ');
}

}  // namespace

void append_quotable(std::string& out, std::byte octet) {
  const char letter = static_cast<char>(octet);
  if (letter < 0x20 || letter == 0x7f) {  // Above 0x7f it is negative.
    append_decimal_escape(out, octet);
    return;
  }
  if (letter == '"' || letter == '\\') out += '\\';
  out += letter;
}

void append_rdata(std::string& out, const Record& record) {
  const std::size_t begin = out.size();
  const char* fields = fields_of(record.type, record.cls);
  if (fields != nullptr) {
    const auto at = static_cast<std::size_t>(record.rdata.data() - record.message.data());
    if (check_rdata(fields, record.message, at, at + record.rdata.size()) == nullptr) {
      if (Printer(out, record).run(fields)) return;
    }
  }
  out.resize(begin);
  out += "\\# ";
  append_number(out, record.rdata.size());
  if (!record.rdata.empty()) out += ' ';
  append_hex(out, record.rdata, Grouped::yes);
}

void append_record(std::string& out, const Record& record) {
  constexpr std::size_t ttl_column = 24;
  constexpr std::size_t class_column = 32;
  constexpr std::size_t type_column = 40;
  constexpr std::size_t data_column = 48;
  std::size_t begin = out.size();
  std::size_t column = 0;
  const auto indent = [&](std::size_t target) {
    column += out.size() - begin;
    append_indent(out, column, target);
    column = std::max(target, column + 1);
    begin = out.size();
  };
  record.owner.append_text(out);
  indent(ttl_column);
  append_number(out, record.ttl);
  indent(class_column);
  append_text(out, record.cls);
  indent(type_column);
  append_text(out, record.type);
  indent(data_column);
  append_rdata(out, record);
}

Printer::Printer(std::string& out, const Record& record) noexcept
    : out_(out),
      message_(record.message),
      reader_(record.message.first(static_cast<std::size_t>(record.rdata.data() - record.message.data()) +
                                   record.rdata.size())) {
  reader_.take(static_cast<std::size_t>(record.rdata.data() - record.message.data()));
}

bool Printer::run(const char* fields) {
  for (; *fields != '\0' && !wordless_; ++fields)
    field(*fields);
  return !wordless_;
}

void Printer::field(char letter) {
  if (number(letter) || word(letter) || string(letter) || digits(letter) || address(letter)) return;
  layout(letter);
}

bool Printer::number(char letter) {
  switch (letter) {
    case '1':
    case 'A':
      earlier_ = before_;
      before_ = reader_.u8();
      decimal(before_);
      return true;
    case '2':
    case 'K':
      decimal(reader_.u16());
      return true;
    case '4':
    case 't':
      decimal(reader_.u32());
      return true;
    default:
      return false;
  }
}

bool Printer::word(char letter) {
  const auto vocabulary = [&](Vocabulary which, unsigned value) {
    std::string_view found = word_of(which, value);
    if (found.empty()) return decimal(value);
    blank();
    out_ += found;
  };
  switch (letter) {
    case 'O': {
      char octal[8];
      blank();
      out_.append(octal, std::to_chars(octal, octal + sizeof octal, reader_.u16(), 8).ptr);
      return true;
    }
    case 'C':
      vocabulary(Vocabulary::certificate, reader_.u16());
      return true;
    case 'w':
      vocabulary(Vocabulary::scheme, reader_.u8());
      return true;
    case 'm':
      vocabulary(Vocabulary::algorithm, reader_.u8());
      return true;
    case 'T':
      type_word(reader_.u16());
      return true;
    case 'R':
      named_type_or_number(reader_.u16());
      return true;
    case 'D':
      blank();
      append_time(out_, reader_.u32());
      return true;
    default:
      return false;
  }
}

bool Printer::string(char letter) {
  switch (letter) {
    case 'o':
    case 'S':
      while (reader_.left() != 0)
        quoted(reader_.take(reader_.u8()));
      return true;
    case 's':
    case 'i':
      quoted(reader_.take(reader_.u8()));
      return true;
    case 'q':
      quoted(reader_.rest());
      return true;
    case 'k': {
      blank();
      auto tag = reader_.take(reader_.u8());
      out_.append(reinterpret_cast<const char*>(tag.data()), tag.size());  // Letters and digits.
      return true;
    }
    case 'n':
    case 'N':
      name();
      return true;
    default:
      return false;
  }
}

bool Printer::digits(char letter) {
  switch (letter) {
    case 'h':
    case 'H':
    case 'd':
    case 'f':
    case 'z':
      if (reader_.left() == 0) return true;
      blank();
      append_hex(out_, reader_.rest(), Grouped::yes);
      return true;
    case 'b':
    case 'Z':
      if (reader_.left() == 0) return true;
      blank();
      append_base64(out_, reader_.rest(), Grouped::yes);
      return true;
    case 'v':
      blank();
      if (reader_.left() == 0) out_ += '-';
      append_base64(out_, reader_.rest(), Grouped::yes);
      return true;
    case 'x':
      blank();
      out_ += "0x";
      append_lower_hex(out_, reader_.rest());
      return true;
    case 'l': {
      blank();
      auto salt = reader_.take(reader_.u8());
      if (salt.empty()) out_ += '-';
      append_hex(out_, salt, Grouped::no);
      return true;
    }
    case 'j':
      blank();
      append_base32hex(out_, reader_.take(reader_.u8()));
      return true;
    default:
      return false;
  }
}

bool Printer::address(char letter) {
  switch (letter) {
    case 'a':
      ipv4(reader_.take(4));
      return true;
    case '6':
      ipv6(reader_.take(16));
      return true;
    case 'e':
    case 'E': {
      blank();
      const std::size_t begin = out_.size();
      for (std::byte octet : reader_.take(letter == 'e' ? 6 : 8)) {
        if (out_.size() != begin) out_ += '-';
        append_lower_hex(out_, {&octet, 1});
      }
      return true;
    }
    case 'g': {
      blank();
      for (int i = 0; i < 4; ++i) {
        char hex[4];
        if (i > 0) out_ += ':';
        out_.append(hex, std::to_chars(hex, hex + sizeof hex, reader_.u16(), 16).ptr);
      }
      return true;
    }
    case 'B':
    case 'M':
      bitmap();
      return true;
    case 'V':
      old_bitmap();
      return true;
    default:
      return false;
  }
}

void Printer::blank() {
  if (!first_) out_ += ' ';
  first_ = false;
}

void Printer::decimal(std::uint64_t value) {
  blank();
  append_number(out_, value);
}

void Printer::name() {
  blank();
  NameView(message_, reader_.at()).append_text(out_);
  reader_.take(skip_checked_name(message_, reader_.at()) - reader_.at());
}

void Printer::ipv4(std::span<const std::byte> octets) {
  blank();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) out_ += '.';
    append_number(out_, std::to_integer<unsigned>(octets[i]));
  }
}

void Printer::ipv6(std::span<const std::byte> octets) {
  char text[INET6_ADDRSTRLEN];
  blank();
  if (inet_ntop(AF_INET6, octets.data(), text, sizeof text) != nullptr) out_ += text;
}

void Printer::quoted(std::span<const std::byte> text) {
  blank();
  out_ += '"';
  for (std::byte octet : text)
    append_quotable(out_, octet);
  out_ += '"';
}

void Printer::type_word(std::uint16_t number) {
  blank();
  append_text(out_, Type{number});
}

/// RFC 4034 §4.1.2.
void Printer::bitmap() {
  while (reader_.left() != 0) {
    const std::size_t block = reader_.u8();
    auto bits = reader_.take(reader_.u8());
    for (std::size_t i = 0; i < bits.size() * 8; ++i) {
      if ((bits[i / 8] << (i % 8) & std::byte{0x80}) != std::byte{0})
        type_word(static_cast<std::uint16_t>(block * 256 + i));
    }
  }
}

/// RFC 2535 §5.2.
void Printer::old_bitmap() {
  auto bits = reader_.rest();
  for (std::size_t i = 0; i < bits.size() * 8; ++i) {
    if ((bits[i / 8] << (i % 8) & std::byte{0x80}) == std::byte{0}) continue;
    named_type_or_number(static_cast<std::uint16_t>(i));
  }
}

void Printer::named_type_or_number(std::uint16_t number) {
  if (find_row(Type{number}) != nullptr) {
    type_word(number);
  } else {
    decimal(number);
  }
}

}  // namespace evt::dns
