#pragma once
/// \file
/// A mean over independent draws with its standard error, as it is handed on.

#include <limits>

#include "sigmaflow/stability/sample_mean.hpp"

namespace sigmaflow {

struct MeanEstimate {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double error = std::numeric_limits<double>::quiet_NaN();  ///< standard error; 0 where the mean is exact
};

[[nodiscard]] inline MeanEstimate exactly(double value) { return {value, 0.0}; }
[[nodiscard]] inline MeanEstimate estimate_of(const SampleMean& samples) {
    return {samples.mean(), samples.standard_error()};
}

}  // namespace sigmaflow
