#pragma once
/// \file
/// Requests to stop: signals and the time limit. One flag for all of them.

namespace sigmaflow {

/// While it lives, USR1, USR2, TERM and INT ask for a graceful stop; the former handlers come back afterwards. A second
/// INT or TERM ends the process as usual.
class ScopedStopSignals {
  public:
    ScopedStopSignals();
    ~ScopedStopSignals();
    ScopedStopSignals(const ScopedStopSignals&) = delete;
    ScopedStopSignals& operator=(const ScopedStopSignals&) = delete;

    [[nodiscard]] bool stop_requested() const;
    /// The signal that came, or 0.
    [[nodiscard]] int signal_number() const;
};

}  // namespace sigmaflow
