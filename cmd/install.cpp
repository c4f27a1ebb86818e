/// link(2) and symlink(2): both refuse to overwrite, without a race.
#include "install.hpp"

#include "applets.hpp"
#include "output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace evtool {
namespace {

std::string own_path() {
  std::string path(PATH_MAX, '\0');
  const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return path;
}

bool leads_here(const std::string& link) {
  struct stat theirs{};
  struct stat ours{};
  if (::stat(link.c_str(), &theirs) != 0 || ::stat("/proc/self/exe", &ours) != 0) return false;
  return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/// 0 or an errno.
int make_link(const std::string& target, const std::string& link, LinkKind kind) {
  const int status = kind == LinkKind::symbolic ? ::symlink(target.c_str(), link.c_str())
                                                : ::linkat(AT_FDCWD, target.c_str(), AT_FDCWD, link.c_str(), 0);
  if (status == 0) return 0;
  const int error = errno;
  return error == EEXIST && leads_here(link) ? 0 : error;
}

std::string_view advice(int error, LinkKind kind) {
  const bool link_refused = error == EXDEV || error == EPERM;
  return link_refused && kind == LinkKind::hard ? "; try --symbolic" : "";
}

}  // namespace

Exit install(const InstallPlan& plan) {
  const auto target = own_path();
  if (target.empty()) {
    complain("", std::string("/proc/self/exe: ").append(errno_text(errno)));
    return Exit::failed;
  }
  Exit exit = Exit::done;
  for (const Applet* applet : applets()) {
    const auto link = std::string(plan.directory).append("/").append(plan.prefix).append(applet->name);
    const int error = make_link(target, link, plan.kind);
    if (error == 0) continue;
    complain("", std::string(link).append(": ").append(errno_text(error)).append(advice(error, plan.kind)));
    exit = Exit::failed;
  }
  return exit;
}

}  // namespace evtool
