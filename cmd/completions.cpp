/// Picks the shell.
#include "completions.hpp"

#include "render.hpp"

namespace evtool {

std::string completions(Shell shell) {
  switch (shell) {
    case Shell::bash:
      return bash_completions();
    case Shell::zsh:
      return zsh_completions();
    case Shell::fish:
      return fish_completions();
  }
  __builtin_unreachable();
}

}  // namespace evtool
