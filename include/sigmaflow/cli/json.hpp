#pragma once
/// \file
/// JSON on standard output: numbers that read back to the same bits, non-finite ones as null.

#include <Eigen/Core>
#include <nlohmann/json.hpp>

namespace sigmaflow {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_of(const Eigen::VectorXd& vector);
/// A list of rows.
[[nodiscard]] Json json_of(const Eigen::MatrixXd& matrix);
/// Prints the value and a line end.
void print_json(const Json& json);

}  // namespace sigmaflow
