/// Grid: the output of a command as the cells of a screen. Nothing in it can drive the terminal it is shown on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace evtool::timer {

struct GridSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Whether what changed since the grid before is shown in reverse.
enum class Changes { plain, reversed };

class Grid {
 public:
  Grid() = default;
  /// Lines wrap, tabs go to every eighth column, escape sequences are left out, other controls are made visible. What
  /// does not fit is cut off.
  Grid(std::string_view text, GridSize size);

  /// The rows for a terminal, each with the rest of its line cleared.
  std::string drawn(const Grid& before, Changes changes) const;

 private:
  /// A character with what is combined with it; empty behind a wide one.
  using Cell = std::string;
  using Row = std::vector<Cell>;

  // These say whether there is room for more.
  bool put(std::string_view character, std::size_t columns, GridSize size);
  bool put_visible(std::string_view character, std::size_t columns, GridSize size);
  bool put_control(std::string_view bytes, GridSize size);
  void combine(std::string_view mark);
  static bool differs(const Row& row, const Row* before, std::size_t column);

  std::vector<Row> rows_;
};

/// The columns that a character takes: 0, 1 or 2.
std::size_t columns_of(char32_t code);

}  // namespace evtool::timer
