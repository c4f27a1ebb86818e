/// From bytes to cells, and from cells to what is written to the terminal.
#include "timer/grid.hpp"

#include "terminal.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <span>

namespace evtool::timer {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The blocks that matter; a full table would be larger than all else here.
constexpr Range combining[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},  {0x64b, 0x65f},
                               {0x200b, 0x200d}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr Range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
                          {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                          {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

bool is_in(std::span<const Range> ranges, char32_t code) {
  return std::ranges::any_of(ranges, [code](Range range) { return range.first <= code && code <= range.last; });
}

constexpr char escape = '\x1b';

/// The length of the escape sequence that `text` begins with.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t length = 2;
    while (length < text.size() && text[length] >= ' ' && text[length] <= '?')
      ++length;
    return std::min(length + 1, text.size());
  }
  if (text[1] == ']' || text[1] == 'P') {
    const auto end = text.find_first_of("\a\x1b", 2);
    if (end == text.npos) return text.size();
    return std::min(end + (text[end] == escape ? 2 : 1), text.size());
  }
  const bool designates = text[1] >= ' ' && text[1] <= '/';
  return std::min<std::size_t>(designates ? 3 : 2, text.size());
}

}  // namespace

std::size_t columns_of(char32_t code) {
  if (code < 0x300) return 1;
  if (is_in(combining, code)) return 0;
  return is_in(wide, code) ? 2 : 1;
}

Grid::Grid(std::string_view text, GridSize size) {
  if (size.rows == 0 || size.columns == 0) return;
  rows_.emplace_back();
  while (!text.empty()) {
    if (text[0] == escape) {
      text.remove_prefix(sequence_length(text));
      continue;
    }
    const auto character = first_character(text);
    const auto bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
    text.remove_prefix(bytes.size());
    if (bytes == "\n" && text.empty()) return;
    const bool is_visible = character.length > 0 && !is_control(character.code);
    if (!(is_visible ? put_visible(bytes, columns_of(character.code), size) : put_control(bytes, size))) return;
  }
}

bool Grid::put_visible(std::string_view character, std::size_t columns, GridSize size) {
  if (columns > 0) return put(character, columns, size);
  combine(character);
  return true;
}

bool Grid::put_control(std::string_view bytes, GridSize size) {
  if (bytes == "\r") return true;
  if (bytes == "\n") {
    if (rows_.size() == size.rows) return false;
    rows_.emplace_back();
    return true;
  }
  if (bytes == "\t") {
    const std::size_t blanks = 8 - rows_.back().size() % 8;
    for (std::size_t blank = 0; blank < blanks && (blank == 0 || rows_.back().size() < size.columns); ++blank) {
      if (!put(" ", 1, size)) return false;
    }
    return true;
  }
  return std::ranges::all_of(escaped(bytes), [&](const char& byte) { return put({&byte, 1}, 1, size); });
}

bool Grid::put(std::string_view character, std::size_t columns, GridSize size) {
  if (rows_.back().size() + columns > size.columns) {
    if (rows_.size() == size.rows) return false;
    rows_.emplace_back();
  }
  rows_.back().emplace_back(character);
  if (columns == 2) rows_.back().emplace_back();
  return true;
}

void Grid::combine(std::string_view mark) {
  Row& row = rows_.back();
  const auto base = std::ranges::find_if(row.rbegin(), row.rend(), [](const Cell& cell) { return !cell.empty(); });
  // Bounded: any number of marks may be piled up on one character.
  if (base != row.rend() && base->size() < 32) base->append(mark);
}

bool Grid::differs(const Row& row, const Row* before, std::size_t column) {
  const bool was_blank = before == nullptr || column >= before->size();
  return was_blank ? row[column] != " " : (*before)[column] != row[column];
}

std::string Grid::drawn(const Grid& before, Changes changes) const {
  std::string out;
  for (std::size_t number = 0; number < rows_.size(); ++number) {
    const Row& row = rows_[number];
    const Row* earlier = number < before.rows_.size() ? &before.rows_[number] : nullptr;
    if (number > 0) out += "\r\n";
    bool reversed = false;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const bool changed = changes == Changes::reversed && !row[column].empty() && differs(row, earlier, column);
      if (changed != reversed && !row[column].empty()) {
        out += changed ? "\x1b[7m" : "\x1b[27m";
        reversed = changed;
      }
      out += row[column];
    }
    if (reversed) out += "\x1b[27m";
    out += "\x1b[K";
  }
  return out;
}

}  // namespace evtool::timer
