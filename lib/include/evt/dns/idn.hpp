/// Internationalized names: from UTF-8 to what is asked of a server.
#pragma once

#include <evt/result.hpp>

#include <string>
#include <string_view>

namespace evt::dns {

/// `bücher.example` as `xn--bcher-kva.example` (IDNA 2008, TR 46, non-transitional). A name of ASCII alone comes back
/// as it is, whatever is in it. Errors: EILSEQ for what is no UTF-8 or not allowed in a name, ENAMETOOLONG, ENOMEM.
Result<std::string> to_ascii(std::string_view utf8);

}  // namespace evt::dns
