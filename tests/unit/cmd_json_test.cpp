/// The JSON writer: commas, escapes, and bytes that are not UTF-8.
#include "json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace evtool {
namespace {

template <typename Write>
std::string written(Write write) {
  std::string out;
  Json json(out);
  write(json);
  return out;
}

TEST(CmdJson, ObjectsAndArraysGetTheirCommas) {
  EXPECT_EQ(written([](Json& json) {
              json.begin_object().key("a").number(std::uint64_t{1}).key("b").begin_array();
              json.number(std::int64_t{-2}).boolean(true).null().begin_object().end_object().end_array();
              json.key("c").text("x").end_object();
            }),
            R"({"a":1,"b":[-2,true,null,{}],"c":"x"})");
}

TEST(CmdJson, ExtremeNumbersSurvive) {
  EXPECT_EQ(written([](Json& json) { json.number(std::numeric_limits<std::uint64_t>::max()); }),
            "18446744073709551615");
  EXPECT_EQ(written([](Json& json) { json.number(std::numeric_limits<std::int64_t>::min()); }), "-9223372036854775808");
  EXPECT_EQ(written([](Json& json) { json.number(0.5); }), "0.5");
}

TEST(CmdJson, NotANumberIsNull) {
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()})
    EXPECT_EQ(written([value](Json& json) { json.number(value); }), "null");
}

TEST(CmdJson, TextIsEscapedForParsersAndTerminals) {
  EXPECT_EQ(written([](Json& json) { json.text("a\"b\\c\n\x1b[31m\x7f\u009b\u202e\u00e9"); }),
            "\"a\\\"b\\\\c\\n\\u001b[31m\\u007f\\u009b\\u202e\u00e9\"");
}

TEST(CmdJson, AZeroByteIsNoEnd) {
  EXPECT_EQ(written([](Json& json) { json.text(std::string_view("a\0b", 3)); }), R"("a\u0000b")");
}

TEST(CmdJson, MembersThatAreNotUtf8AreBase64UnderAnotherName) {
  EXPECT_EQ(written([](Json& json) { json.begin_object().member("path", "caf\xe9").end_object(); }),
            R"({"path_b64":"Y2Fm6Q=="})");
  EXPECT_EQ(written([](Json& json) { json.begin_object().member("path", "caf\u00e9").end_object(); }),
            "{\"path\":\"caf\u00e9\"}");
}

TEST(CmdJson, Base64IsThatOfTheRfc) {
  const auto encoded = [](std::string_view bytes) { return written([bytes](Json& json) { json.base64(bytes); }); };
  EXPECT_EQ(encoded(""), R"("")");
  EXPECT_EQ(encoded("f"), R"("Zg==")");
  EXPECT_EQ(encoded("fo"), R"("Zm8=")");
  EXPECT_EQ(encoded("foo"), R"("Zm9v")");
  EXPECT_EQ(encoded("foobar"), R"("Zm9vYmFy")");
  EXPECT_EQ(encoded("\xff\xfe\xfd"), R"("//79")");
}

}  // namespace
}  // namespace evtool
