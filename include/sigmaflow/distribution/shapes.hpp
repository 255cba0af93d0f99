#pragma once
/// \file
/// Parameters that are vectors, matrices and lists of them, checked for consistent shapes. Every complaint is an
/// InputError at the parameter's place.

#include <Eigen/Core>
#include <string>
#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"

namespace sigmaflow {

/// A parameter whose numbers must stay within the range in which posteriors are computed.
[[nodiscard]] Parameter numbers_parameter(std::string name, Type type, std::string meaning);
/// `dim` with its default, from 1 to `most`.
[[nodiscard]] Parameter dim_parameter(int fallback, int most, std::string meaning);
/// A length >= 0 (or > 0) with its default.
[[nodiscard]] Parameter length_parameter(std::string name, double fallback, std::string meaning, bool positive);

[[nodiscard]] Eigen::VectorXd vector_of(const std::vector<double>& numbers);
/// A list of vectors of one length as columns.
[[nodiscard]] Eigen::MatrixXd columns_of(const Parameters& parameters, const std::string& name);
/// The weights of `count` components: equal ones if the parameter is missing; not negative, with a positive sum.
[[nodiscard]] Eigen::VectorXd weights_of(const Parameters& parameters, const std::string& name, Eigen::Index count);
/// Eigenpairs of a covariance matrix given by rows: square of size `dim`, symmetric, positive semi-definite;
/// eigenvalues below rounding are exactly zero.
[[nodiscard]] EigenPairs covariance_spectrum(const Parameters& parameters, const std::string& name,
                                             const std::vector<std::vector<double>>& rows, Eigen::Index dim);
/// The law without its components of weight zero.
[[nodiscard]] MixtureLaw without_empty(MixtureLaw law);

}  // namespace sigmaflow
