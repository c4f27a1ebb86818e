/// Tokens of presentation form (RFC 1035 §5.1), still with their escapes.
#pragma once

#include <cstddef>
#include <string_view>

namespace evt::dns {

struct Token {
  std::string_view text;
  bool quoted = false;
};

/// Blanks separate, quotes keep together, parentheses count as blanks, a semicolon begins a comment.
class Tokens {
 public:
  explicit Tokens(std::string_view text) noexcept : rest_(text) { skip(); }

  bool done() const noexcept { return rest_.empty(); }
  /// A quote without its end goes to the end.
  Token next() noexcept {
    const bool quoted = rest_.starts_with('"');
    if (quoted) rest_.remove_prefix(1);
    std::size_t size = 0;
    while (size < rest_.size() && !ends(rest_[size], quoted))
      size += rest_[size] == '\\' ? 2U : 1U;
    if (size > rest_.size()) size = rest_.size();
    unfinished_ = unfinished_ || (quoted && size == rest_.size());
    const Token token{rest_.substr(0, size), quoted};
    rest_.remove_prefix(size + (quoted && size < rest_.size() ? 1 : 0));
    quote_follows_ = rest_.starts_with('"');
    skip();
    return token;
  }
  /// Whether a quote stands right behind what next() gave, without a blank.
  bool quote_follows() const noexcept { return quote_follows_; }
  bool unfinished() const noexcept { return unfinished_; }

 private:
  static bool is_blank(char letter) noexcept { return std::string_view(" \t\r\n()").contains(letter); }
  static bool ends(char letter, bool quoted) noexcept {
    return quoted ? letter == '"' : is_blank(letter) || letter == ';' || letter == '"';
  }
  void skip() noexcept {
    while (!rest_.empty() && is_blank(rest_[0]))
      rest_.remove_prefix(1);
    if (rest_.starts_with(';')) rest_ = {};
  }

  std::string_view rest_;
  bool unfinished_ = false;
  bool quote_follows_ = false;
};

}  // namespace evt::dns
