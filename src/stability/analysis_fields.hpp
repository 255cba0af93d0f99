#pragma once
// What the analyses of this room share: fields in pairs with their errors, parameters, and the cost of a training set.

#include <limits>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"
#include "sigmaflow/stability/mean_estimate.hpp"

namespace sigmaflow {

inline constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

[[nodiscard]] RecordField real_field(const std::string& name, const std::string& unit, const std::string& meaning);
/// A count.
[[nodiscard]] RecordField whole_field(const std::string& name, const std::string& meaning,
                                      std::vector<RecordAxis> axes = {});
/// An integer that counts through `names`.
[[nodiscard]] RecordField flag_field(const std::string& name, const std::string& meaning,
                                     std::vector<std::string> names);
/// NAME and NAME_error.
void add_estimate(std::vector<RecordField>& fields, const std::string& name, const std::string& unit,
                  const std::string& meaning);
void put(AnalysisRecord& record, const std::string& name, double value);
/// NAME and NAME_error.
void put(AnalysisRecord& record, const std::string& name, const MeanEstimate& value);

/// `samples` with its default, 2 to 1e7.
[[nodiscard]] Parameter samples_parameter(int fallback, const std::string& meaning);
/// `tolerance` of the flow's steps with its default, in (0, 0.1].
[[nodiscard]] Parameter tolerance_parameter(double fallback);
/// `points`, the number of training points, 2 to 1e7.
[[nodiscard]] Parameter training_parameter();
/// Of evaluating ln p_{N,sigma} and its weights once at `draws` places.
[[nodiscard]] Work training_set_cost(int dim, double points, double draws);

/// Of drawing x0 and noise, normals at about 80 flops each.
[[nodiscard]] Work drawing_cost(int dim, double draws);

/// Why a law has no density to compare with; empty if it has.
[[nodiscard]] std::string density_mismatch(const Distribution& distribution);

}  // namespace sigmaflow
