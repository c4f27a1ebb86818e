/// How the loop gets an engine without knowing any: engine/select.cpp tries the candidates in order.
#pragma once

#include "loop/engine.hpp"

#include <memory>
#include <string>

namespace evt::detail {

/// The first candidate that `options` allows and that works; `reason` says why that one.
Result<std::unique_ptr<Engine>> make_engine(const LoopOptions& options, std::string& reason);

}  // namespace evt::detail
