/// The list of applets, made from applets.def, and finding one by name.
#include "applets.hpp"

#include "output.hpp"
#include "suggest.hpp"

#include <vector>

namespace evtool {

namespace {

constexpr const Applet* list[] = {
#define APPLET(name) &name##_applet,
#include "applets.def"
#undef APPLET
};

}  // namespace

std::span<const Applet* const> applets() {
  return list;
}

const Applet* find_applet(std::string_view name) {
  for (const Applet* applet : list) {
    if (applet->name == name) return applet;
  }
  return nullptr;
}

Exit unknown_applet(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Applet* applet : list)
    names.push_back(applet->name);
  complain("", std::string("no applet is called '").append(name).append("'").append(suggestion(name, names)));
  return Exit::not_found;
}

}  // namespace evtool
