/// `{"schema":1,"tool":…,"version":…,"backend":…,"args":…,"result":…}`
#include "report.hpp"

#include "applet.hpp"
#include "output.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace evtool {
namespace {

/// All arguments are in one encoding, so that a reader need not look at each.
void write_arguments(Json& json, std::span<char* const> words) {
  const bool utf8 = std::ranges::all_of(words, [](const char* word) { return is_utf8(word); });
  json.key(utf8 ? "args" : "args_b64").begin_array();
  for (const char* word : words) {
    if (utf8) {
      json.text(word);
    } else {
      json.base64(word);
    }
  }
  json.end_array();
}

}  // namespace

Report::Report(const Context& context) : context_(context), json_(text_) {
  json_.begin_object().key("schema").number(std::uint64_t{1}).key("tool").text(context.applet.name);
  json_.key("version").text(EVTOOL_VERSION).key("backend").text(context.backend());
  write_arguments(json_, context.words);
  json_.key("result");
}

bool Report::close() {
  json_.end_object();
  text_ += '\n';
  const int error = write_all(context_.json_fd(), text_);
  if (error == 0) return true;
  context_.error("{}: {}", context_.common.json_file.empty() ? "standard output" : context_.common.json_file,
                 errno_text(error));
  return false;
}

}  // namespace evtool
