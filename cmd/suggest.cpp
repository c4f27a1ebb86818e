/// Edit distance with transpositions, and prefixes counting as near.
#include "suggest.hpp"

#include <algorithm>
#include <vector>

namespace evtool {
namespace {

/// Insertions, deletions, substitutions and swaps of neighbours, each 1 (optimal string alignment).
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> previous(right.size() + 1);
  std::vector<std::size_t> current(right.size() + 1);
  for (std::size_t column = 0; column <= right.size(); ++column)
    previous[column] = column;
  for (std::size_t row = 1; row <= left.size(); ++row) {
    current[0] = row;
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const std::size_t change = left[row - 1] == right[column - 1] ? 0 : 1;
      current[column] = std::min({previous[column] + 1, current[column - 1] + 1, previous[column - 1] + change});
      const bool swapped =
          row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
      if (swapped) current[column] = std::min(current[column], before[column - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[right.size()];
}

}  // namespace

std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
  if (word.empty() || word.size() > 64) return {};
  std::string_view nearest;
  const std::size_t limit = word.size() < 3 ? 1 : 2;
  std::size_t least = limit + 1;
  bool ambiguous = false;
  for (const auto name : names) {
    const bool prefix = word.size() >= 2 && name.starts_with(word);
    const std::size_t steps = prefix ? 1 : distance(word, name);
    if (steps == least) ambiguous = true;
    if (steps >= least) continue;
    least = steps;
    nearest = name;
    ambiguous = false;
  }
  if (nearest.empty() || ambiguous) return {};
  return std::string("; did you mean '").append(nearest).append("'?");
}

}  // namespace evtool
