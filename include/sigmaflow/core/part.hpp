#pragma once
/// \file
/// A share of a study's tasks, for studies that are cut into several files.

#include <cstddef>
#include <string>

namespace sigmaflow {

/// Part `index` of `count`: every count-th task in order of decreasing predicted cost, so that parts cost about the
/// same.
struct Part {
    int index = 1;  ///< from 1
    int count = 1;

    [[nodiscard]] bool is_whole() const { return count == 1; }
    /// Whether the task at `position` in the order of decreasing cost belongs to it.
    [[nodiscard]] bool holds(std::size_t position) const {
        return position % static_cast<std::size_t>(count) == static_cast<std::size_t>(index - 1);
    }
    /// "2/8"
    [[nodiscard]] std::string text() const;
};

/// "I/N" with 1 <= I <= N <= 100 000; InputError otherwise.
[[nodiscard]] Part parse_part(const std::string& text);

}  // namespace sigmaflow
