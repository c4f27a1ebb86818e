/// The only user of cxxopts. It sees the words before `--` or before a command to run, in a plain spelling:
/// cxxopts 3.1 takes `-o/tmp/x` for a syntax error and swallows `--` where it is an option's value.
#include "parse.hpp"

#include "suggest.hpp"

#include <cctype>
#include <locale>
#include <string_view>

// cxxopts asks a std::locale what a letter is, and nobody else does: its tables would be four page faults at start-up.
namespace cxxopts {
using std::string_view;
}
#define isalnum(byte, locale) /* NOLINT(readability-identifier-naming) */ \
  string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz").contains(byte)
#include <cxxopts.hpp>
#undef isalnum

#include <algorithm>
#include <cstring>

namespace evtool {
namespace {

/// What a flag is set to; no word can contain it, so `--flag=anything` is told from `--flag`.
constexpr const char* flag_mark = "\n";

class Table {
 public:
  Table(const Applet& applet, void* settings, Common& common) : applet_(applet), settings_(settings), common_(common) {}

  const Option* find(char letter) const {
    return find_if([letter](const Option& option) { return option.letter == letter; });
  }
  const Option* find(std::string_view name) const {
    return find_if([name](const Option& option) { return option.name == name; });
  }
  /// By the name that cxxopts uses: a single letter is a letter.
  const Option* find_key(const std::string& key) const { return key.size() == 1 ? find(key[0]) : find(key); }

  Refusal store(const Option& option, std::string_view text) const {
    return option.store(option.settings == &identity<Common> ? &common_ : settings_, text);
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Option& option : applet_.options)
      visit(option);
    for (const Option& option : common_options)
      visit(option);
  }

 private:
  template <typename Matches>
  const Option* find_if(Matches matches) const {
    const Option* found = nullptr;
    for_each([&](const Option& option) {
      if (found == nullptr && matches(option)) found = &option;
    });
    return found;
  }

  const Applet& applet_;
  void* settings_;
  Common& common_;
};

/// The words for cxxopts, how many of the given words they stand for, and the options that they name. It is told of
/// no others: declaring all of them costs a dozen page faults at start-up.
struct Plain {
  std::vector<std::string> words;
  std::size_t used = 0;
  std::vector<const Option*> named;
  bool has_options = false;

  const Option* name(const Option* option) {
    if (option != nullptr && std::ranges::find(named, option) == named.end()) named.push_back(option);
    return option;
  }
};

/// Splits `-abVALUE` into `-ab VALUE`; says whether the next word is the value.
bool append_cluster(Plain& plain, std::string_view word, const Table& table) {
  for (std::size_t index = 1; index < word.size(); ++index) {
    const Option* option = plain.name(table.find(word[index]));
    if (option == nullptr || !option->takes_value) continue;
    plain.words.emplace_back(word.substr(0, index + 1));
    if (index + 1 == word.size()) return true;
    plain.words.emplace_back(word.substr(index + 1));
    return false;
  }
  plain.words.emplace_back(word);
  return false;
}

/// Says whether the next word is the value.
bool append_option(Plain& plain, std::string_view word, const Table& table) {
  plain.has_options = true;
  if (!word.starts_with("--")) return append_cluster(plain, word, table);
  plain.words.emplace_back(word);
  const auto equals = word.find('=');
  const Option* option = plain.name(table.find(word.substr(2, equals == word.npos ? equals : equals - 2)));
  return option != nullptr && option->takes_value && equals == word.npos;
}

bool is_operand(std::string_view word) {
  return word.size() < 2 || word[0] != '-';
}

Plain plain_words(std::span<char* const> words, const Table& table, Command command) {
  Plain plain;
  while (plain.used < words.size()) {
    const std::string_view word = words[plain.used];
    if (word == "--") break;
    const bool operand = is_operand(word);
    if (operand && command == Command::at_first_operand) break;
    ++plain.used;
    if (operand) {
      plain.words.emplace_back(word);
    } else if (append_option(plain, word, table) && plain.used < words.size()) {
      plain.words.emplace_back(words[plain.used++]);
    }
  }
  return plain;
}

cxxopts::Options declare(std::span<const Option* const> named) {
  cxxopts::Options options("evtool");
  for (const Option* each : named) {
    const Option& option = *each;
    auto value = cxxopts::value<std::string>();
    if (!option.takes_value) value->implicit_value(flag_mark);
    cxxopts::OptionNames names;
    if (!option.name.empty()) names.emplace_back(option.name);
    const std::string letter(option.letter == '\0' ? 0 : 1, option.letter);
    options.add_option("", letter, names, "", value, "");
  }
  return options;
}

/// `--name` or `-n`, as people write it.
std::string dashed(std::string_view key) {
  return std::string(key.size() == 1 ? "-" : "--").append(key);
}

std::string unknown_option(std::string_view key, const Table& table) {
  std::vector<std::string> spellings;
  table.for_each([&spellings](const Option& option) {
    if (!option.name.empty()) spellings.push_back(dashed(option.name));
  });
  const std::vector<std::string_view> names(spellings.begin(), spellings.end());
  const auto spelling = dashed(key);
  const auto hint = key.size() == 1 ? std::string{} : suggestion(spelling, names);
  return "unknown option '" + spelling + "'" + hint;
}

/// The name that cxxopts put between its quotation marks.
std::string quoted_name(const std::string& message) {
  const auto begin = message.find(cxxopts::LQUOTE);
  const auto end = message.rfind(cxxopts::RQUOTE);
  if (begin == std::string::npos || end == std::string::npos) return message;
  const auto start = begin + cxxopts::LQUOTE.size();
  return message.substr(start, end - start);
}

std::expected<cxxopts::ParseResult, std::string> run_cxxopts(const Plain& plain, const Table& table) {
  std::vector<const char*> arguments{"evtool"};
  for (const auto& word : plain.words)
    arguments.push_back(word.c_str());
  try {
    return declare(plain.named).parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const cxxopts::exceptions::no_such_option& unknown) {
    return std::unexpected(unknown_option(quoted_name(unknown.what()), table));
  } catch (const cxxopts::exceptions::missing_argument& missing) {
    const auto key = quoted_name(missing.what());
    const Option* option = table.find_key(key);
    const std::string_view value = option == nullptr ? "" : option->value;
    return std::unexpected(std::string("option '").append(dashed(key)).append("' needs a value: ").append(value));
  } catch (const cxxopts::exceptions::exception& other) {
    return std::unexpected("unknown option '" + quoted_name(other.what()) + "'");
  }
}

/// No file has an empty name: it comes from an unset variable, and must not pass for an option that was not given.
bool lacks_name(const Option& option, std::string_view value) {
  return value.empty() && (option.value == "FILE" || option.value == "DIR");
}

/// Why one option was refused; empty when it was stored.
std::string store_option(const cxxopts::KeyValue& given, const Table& table) {
  const Option* option = table.find_key(given.key());
  const bool marked = given.value() == flag_mark;
  if (!option->takes_value && !marked)
    return "option '" + dashed(given.key()) + "' takes no value, but got '" + given.value() + "'";
  if (lacks_name(*option, given.value()))
    return dashed(given.key()) + ": '' names no " + (option->value == "DIR" ? "folder" : "file");
  const auto refusal = table.store(*option, given.value());
  if (refusal.empty()) return {};
  return dashed(given.key()) + ": '" + given.value() + "' " + refusal;
}

}  // namespace

std::expected<ParsedWords, std::string> parse(const Applet& applet, std::span<char* const> words, void* settings,
                                              Common& common) {
  const Table table(applet, settings, common);
  Plain plain = plain_words(words, table, applet.operands.command);
  ParsedWords parsed;
  if (plain.has_options) {
    const auto result = run_cxxopts(plain, table);
    if (!result) return std::unexpected(result.error());
    for (const auto& given : result->arguments()) {
      if (auto problem = store_option(given, table); !problem.empty()) return std::unexpected(std::move(problem));
    }
    parsed.operands = result->unmatched();
  } else {
    parsed.operands = std::move(plain.words);
  }
  auto rest = words.subspan(plain.used);
  if (!rest.empty() && std::strcmp(rest.front(), "--") == 0) rest = rest.subspan(1);
  if (applet.operands.command == Command::none) {
    parsed.operands.insert(parsed.operands.end(), rest.begin(), rest.end());
  } else {
    parsed.command = rest;
  }
  return parsed;
}

std::string_view first_operand(const Applet& applet, std::span<char* const> words) {
  Common common;
  const Table table(applet, nullptr, common);
  Plain plain;
  for (std::size_t index = 0; index < words.size(); ++index) {
    const std::string_view word = words[index];
    if (word == "--") break;
    if (is_operand(word)) return word;
    if (append_option(plain, word, table)) ++index;
  }
  return {};
}

}  // namespace evtool
