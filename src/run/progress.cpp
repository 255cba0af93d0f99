#include "sigmaflow/run/progress.hpp"

#include <fmt/format.h>
#include <cmath>
#include <cstdio>

namespace sigmaflow {

std::string readable_seconds(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string readable_bytes(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value < 1e6) return fmt::format("{:.1f} kB", value / 1e3);
    return value < 1e9 ? fmt::format("{:.1f} MB", value / 1e6) : fmt::format("{:.2f} GB", value / 1e9);
}

std::string progress_line(const ProgressState& state) {
    const auto fresh = static_cast<double>(state.done - state.done_before);
    const double share = state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 1.0;
    std::string line = fmt::format("{}/{} tasks, {:.0f} %", state.done, state.total, 100.0 * share);
    if (fresh > 0.0 && state.elapsed > 0.0) line += fmt::format(", {:.3g} tasks/s", fresh / state.elapsed);
    if (state.done < state.total && state.cost_done > 0.0) {
        line += ", about " + readable_seconds(state.elapsed * state.cost_left / state.cost_done) + " left";
    }
    return line;
}

Progress::Progress(bool quiet, bool terminal) : quiet_(quiet), terminal_(terminal) {}

Progress::~Progress() {
    if (line_open_) std::fprintf(stderr, "\n");
}

void Progress::show(const ProgressState& state) {
    if (quiet_) return;
    const std::string line = progress_line(state);
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
        line_open_ = true;
    } else {
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::fflush(stderr);
}

}  // namespace sigmaflow
