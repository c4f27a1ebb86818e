/// The JSON object of --json: one envelope, the same for every applet, around the applet's result.
#pragma once

#include "context.hpp"
#include "json.hpp"

#include <string>

namespace evtool {

/// `if (context.json_fd() >= 0) { Report report(context); report.result().begin_object()…; report.close(); }`
/// Make it at the end of the run, when the backend is known.
class Report {
 public:
  explicit Report(const Context& context);

  /// Write exactly one value here.
  Json& result() { return json_; }

  /// Writes the object and a newline. False when that failed, which was said: return Exit::failed.
  [[nodiscard]] bool close();

 private:
  const Context& context_;
  std::string text_;
  Json json_;
};

}  // namespace evtool
