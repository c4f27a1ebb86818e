/// One option of a table: how it is spelled, and the member of a Settings struct it is bound to.
#pragma once

#include "convert.hpp"

#include <concepts>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace evtool {

/// How an option is spelled and explained. No `value`: it is a flag. No `letter` or no `name`: it has
/// only the other. `value` names the argument in capitals (FILE, SIZE); `help` is a phrase, no full stop.
struct Spelling {
  char letter = '\0';
  std::string_view name;
  std::string_view value;
  std::string_view help;
};

/// One address a Settings type, so that a table cannot be bound to another applet's settings.
template <typename Settings>
inline constexpr char identity = 0;

/// One row of a table; made by option<>().
struct Option {
  using Store = Refusal(void* settings, std::string_view text);

  char letter = '\0';
  std::string_view name;
  std::string_view value;
  std::string_view help;
  bool takes_value = false;
  bool repeatable = false;
  std::span<const std::string_view> words;  ///< The values it takes, where they are words.
  Store& store;                             ///< References, so that an option bound to nothing does not compile.
  const char* settings = nullptr;
};

namespace detail {

template <typename T>
struct TargetTraits;
/// A data member: `bool` is a flag, everything else takes a value that convert() understands.
template <typename Class, typename Member>
  requires(!std::is_function_v<Member>)
struct TargetTraits<Member Class::*> {
  using Settings = Class;
  using Value = Member;
  static constexpr bool takes_value = !std::is_same_v<Member, bool>;
};
/// `void f(Settings&)`: a flag that sets several members.
template <typename Class>
struct TargetTraits<void (*)(Class&)> {
  using Settings = Class;
  using Value = void;
  static constexpr bool takes_value = false;
};

template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <auto Target>
Refusal store(void* settings, std::string_view text) {
  using Traits = TargetTraits<decltype(Target)>;
  auto& object = *static_cast<typename Traits::Settings*>(settings);
  if constexpr (Traits::takes_value) {
    return convert(text, object.*Target);
  } else if constexpr (std::is_void_v<typename Traits::Value>) {
    Target(object);
    return {};
  } else {
    object.*Target = true;
    return {};
  }
}

}  // namespace detail

/// `option<&Settings::output>({.letter = 'o', .name = "output", .value = "FILE", .help = "write to FILE"})`
template <auto Target>
constexpr Option option(Spelling spelling) {
  using Traits = detail::TargetTraits<decltype(Target)>;
  return {.letter = spelling.letter,
          .name = spelling.name,
          .value = spelling.value,
          .help = spelling.help,
          .takes_value = Traits::takes_value,
          .repeatable = detail::is_vector<typename Traits::Value>,
          .words = words_of<typename Traits::Value>,
          .store = detail::store<Target>,
          .settings = &identity<typename Traits::Settings>};
}

}  // namespace evtool
