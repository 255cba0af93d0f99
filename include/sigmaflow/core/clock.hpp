#pragma once
/// \file
/// Time that never jumps, for durations and deadlines.

#include <chrono>

namespace sigmaflow {

/// Seconds of the steady clock.
[[nodiscard]] inline double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds since 1970, UTC.
[[nodiscard]] inline double unix_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace sigmaflow
