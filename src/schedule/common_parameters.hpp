#pragma once
/// \file
/// The parameters that every kind of schedule has beside its own.

#include <optional>
#include <string>
#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

/// Ends of sigma of a kind; without a value the schedule's own end is the default.
struct DefaultEnds {
    std::optional<double> sigma_min;
    std::optional<double> sigma_max;
};

/// `own`, then the choice of grid with the parameters of every grid, and the way along it.
[[nodiscard]] std::vector<Parameter> with_common(std::vector<Parameter> own, const char* grid, const DefaultEnds& ends);
/// The same for a table: its rows are the grid, so `steps` has no default.
[[nodiscard]] std::vector<Parameter> with_common_of_table(std::vector<Parameter> own);

/// A number > 0, at most `most`.
[[nodiscard]] Parameter positive_parameter(const char* name, std::optional<double> fallback, const char* meaning,
                                           double most = std::numeric_limits<double>::infinity());

}  // namespace sigmaflow
