/// What a terminal may be shown: escaping of foreign bytes, and whether colour is wanted.
#pragma once

#include <string>
#include <string_view>

namespace evtool {

enum class When { automatic, always, never };

/// `text` with everything that could drive or deceive a terminal made visible: C0 and DEL (`\n`, `\x1b`),
/// C1 and bidi controls (`\u202e`), and bytes that are not UTF-8 (`\xff`). Always a single line.
std::string escaped(std::string_view text);

bool is_terminal(int fd);

/// The width of the terminal behind `fd`, 80 when it has none.
unsigned terminal_columns(int fd);

/// `when` decides; automatic asks NO_COLOR, then CLICOLOR_FORCE, then TERM=dumb, then whether `fd` is a terminal.
bool colour_wanted(When when, int fd);

}  // namespace evtool
