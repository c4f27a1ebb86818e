/// What -n -b -s -E -T -v make of bytes, however they are cut; tests/cmd/cat_format.bats compares with GNU cat itself.
#include "cat/transform.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace evtool::cat {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// Feeds `text` in pieces of `piece` bytes and checks the promised bound of each.
std::string transformed(Format format, std::string_view text, std::size_t piece) {
  Transform transform(format);
  std::string result;
  std::vector<std::byte> output(piece * Transform::growth);
  const auto take = [&](std::size_t count) {
    EXPECT_LE(count, output.size());
    result.append(reinterpret_cast<const char*>(output.data()), count);
  };
  while (!text.empty()) {
    const auto head = text.substr(0, piece);
    take(transform.feed(bytes_of(head), output.data()));
    text.remove_prefix(head.size());
  }
  take(transform.finish(output.data()));
  return result;
}

std::string transformed(Format format, std::string_view text) {
  return transformed(format, text, text.size() + 1);
}

TEST(CatTransform, NumbersEveryLineInSixPlacesAndATab) {
  EXPECT_EQ(transformed({.number = true}, "a\n\nb"), "     1\ta\n     2\t\n     3\tb");
}

TEST(CatTransform, NumbersOnlyLinesThatAreNotEmptyAlsoBesideNumber) {
  EXPECT_EQ(transformed({.number_nonblank = true}, "a\n\nb\n"), "     1\ta\n\n     2\tb\n");
  EXPECT_EQ(transformed({.number = true, .number_nonblank = true}, "\n\nb\n"), "\n\n     1\tb\n");
}

TEST(CatTransform, WidensTheNumberAtTheMillionthLine) {
  std::string text(1'000'000, '\n');
  const auto result = transformed({.number = true}, text);
  EXPECT_TRUE(result.ends_with("999999\t\n1000000\t\n")) << result.substr(result.size() - 32);
}

TEST(CatTransform, SqueezesEmptyLinesAtTheStartAndInTheMiddle) {
  EXPECT_EQ(transformed({.squeeze_blank = true}, "\n\n\na\n\n\n\nb\n\n\n"), "\na\n\nb\n\n");
  EXPECT_EQ(transformed({.number = true, .squeeze_blank = true}, "\n\na\n"), "     1\t\n     2\ta\n");
}

TEST(CatTransform, ShowsEndsAndCarriageReturnsBeforeThemOnly) {
  EXPECT_EQ(transformed({.show_ends = true}, "a\r\n\rb\n\r\r\n"), "a^M$\n\rb$\n\r^M$\n");
}

TEST(CatTransform, KeepsACarriageReturnThatEndsTheInput) {
  EXPECT_EQ(transformed({.show_ends = true}, "a\r"), "a\r");
  EXPECT_EQ(transformed({.show_ends = true, .show_nonprinting = true}, "a\r"), "a^M");
}

TEST(CatTransform, ShowsTabsOnlyWhenAsked) {
  EXPECT_EQ(transformed({.show_tabs = true}, "\ta\r\n"), "^Ia\r\n");
  EXPECT_EQ(transformed({.show_nonprinting = true}, "\ta\n"), "\ta\n");
}

TEST(CatTransform, ShowsEveryByteInCaretAndMetaNotation) {
  const std::string_view bytes("\0\x1f ~\x7f\x80\x89\x9f\xa0\xfe\xff", 11);
  EXPECT_EQ(transformed({.show_nonprinting = true}, bytes), "^@^_ ~^?M-^@M-^IM-^_M- M-~M-^?");
}

TEST(CatTransform, GivesTheSameHoweverTheInputIsCut) {
  std::mt19937 random(2024);
  constexpr std::string_view alphabet("\n\n\n\r\t a\x01\x7f\x80\xff", 11);
  for (unsigned flags = 0; flags < 64; ++flags) {
    const Format format{.number = (flags & 1U) != 0,
                        .number_nonblank = (flags & 2U) != 0,
                        .squeeze_blank = (flags & 4U) != 0,
                        .show_ends = (flags & 8U) != 0,
                        .show_tabs = (flags & 16U) != 0,
                        .show_nonprinting = (flags & 32U) != 0};
    std::string text;
    for (int length = 0; length < 400; ++length)
      text += alphabet[random() % alphabet.size()];
    const auto whole = transformed(format, text);
    if (format.changes_nothing()) {
      EXPECT_EQ(whole, text);
    }
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U})
      EXPECT_EQ(transformed(format, text, piece), whole) << flags;
  }
}

TEST(CatLineCounter, GrowsToTheLeftWithoutLimit) {
  LineCounter counter;
  for (int line = 1; line < 100'000; ++line)
    counter.next();
  const auto text = counter.next();
  EXPECT_EQ(std::string_view(text.data(), text.size()), "100000\t");
}

}  // namespace
}  // namespace evtool::cat
