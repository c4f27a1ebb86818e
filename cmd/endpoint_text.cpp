/// Quotes, commas, words.
#include "endpoint_text.hpp"

namespace evtool::endpoint {
namespace {

/// Reads text with quotes, one character at a time.
class Quotes {
 public:
  /// False where `byte` is a mark (a quote, a backslash) and none of the text itself.
  bool take(char byte) {
    if (escaped_) {
      escaped_ = false;
      return true;
    }
    if (byte == '\\' && quote_ != '\'') {
      escaped_ = true;
      return false;
    }
    if (quote_ == '\0' && (byte == '"' || byte == '\'')) {
      quote_ = byte;
      return false;
    }
    if (quote_ != '\0' && byte == quote_) {
      quote_ = '\0';
      return false;
    }
    return true;
  }
  /// Whether the next character means what it is.
  bool inside() const { return quote_ != '\0' || escaped_; }
  char quote() const { return quote_; }

 private:
  char quote_ = '\0';
  bool escaped_ = false;
};

}  // namespace

std::expected<std::vector<std::string_view>, std::string> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  Quotes quotes;
  std::size_t begin = 0;
  unsigned brackets = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool inside = quotes.inside();
    if (!quotes.take(text[at]) || inside) continue;
    if (text[at] == '[') ++brackets;
    if (text[at] == ']' && brackets > 0) --brackets;
    if (text[at] != ',' || brackets > 0) continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  if (quotes.quote() != '\0') return std::unexpected(std::string("has no second ") + quotes.quote());
  parts.push_back(text.substr(begin));
  return parts;
}

std::string unquoted(std::string_view text) {
  std::string plain;
  Quotes quotes;
  for (const char byte : text)
    if (quotes.take(byte)) plain += byte;
  return plain;
}

std::string unwrapped(std::string_view text) {
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return std::string(text);
  Quotes quotes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    quotes.take(text[at]);
    if (quotes.quote() == '\0' && !quotes.inside()) {
      return at + 1 == text.size() ? unquoted(text) : std::string(text);
    }
  }
  return std::string(text);
}

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  Quotes quotes;
  bool open = false;  // A word has begun, even if nothing is in it yet.
  for (const char byte : command) {
    const bool inside = quotes.inside();
    const bool text = quotes.take(byte);
    if (text && !inside && (byte == ' ' || byte == '\t' || byte == '\n')) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (text) words.back() += byte;
  }
  return words;
}

}  // namespace evtool::endpoint
