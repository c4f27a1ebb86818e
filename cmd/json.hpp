/// A JSON writer that cannot forget a comma. Knows nothing of where the text goes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtool {

class Json {
 public:
  /// Appends to `out`, which is borrowed.
  explicit Json(std::string& out) : out_(out) {}

  Json& begin_object();
  Json& end_object();
  Json& begin_array();
  Json& end_array();

  /// `name` is ours: plain ASCII without quotes. Units belong into it (`latency_ns`).
  Json& key(std::string_view name);

  /// A value that is text of ours, or was checked: UTF-8. Controls are escaped, as a terminal may be reading.
  Json& text(std::string_view utf8);
  Json& base64(std::string_view bytes);
  Json& number(std::uint64_t value);
  Json& number(std::int64_t value);
  Json& number(double value);  ///< null when it is not finite
  Json& boolean(bool value);
  Json& null();

  /// A member with bytes from outside: `"name": "…"`, or `"name_b64": "…"` when they are not UTF-8.
  Json& member(std::string_view name, std::string_view bytes);

 private:
  void separate();

  std::string& out_;
  bool comma_ = false;
};

}  // namespace evtool
