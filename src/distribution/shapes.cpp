#include "sigmaflow/distribution/shapes.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "sigmaflow/distribution/limits.hpp"

namespace sigmaflow {

Parameter numbers_parameter(std::string name, Type type, std::string meaning) {
    Parameter out;
    out.name = std::move(name);
    out.type = type;
    out.meaning = std::move(meaning);
    out.least = -kLargestParameter;
    out.most = kLargestParameter;
    return out;
}

Parameter dim_parameter(int fallback, int most, std::string meaning) {
    Parameter out;
    out.name = "dim";
    out.type = Type::integer;
    out.fallback = Value(fallback);
    out.meaning = std::move(meaning);
    out.least = 1;
    out.most = most;
    return out;
}

Parameter length_parameter(std::string name, double fallback, std::string meaning, bool positive) {
    Parameter out = numbers_parameter(std::move(name), Type::real, std::move(meaning));
    out.fallback = Value(fallback);
    out.least = 0.0;
    out.least_excluded = positive;
    return out;
}

Eigen::VectorXd vector_of(const std::vector<double>& numbers) {
    return Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

Eigen::MatrixXd columns_of(const Parameters& parameters, const std::string& name) {
    const auto rows = parameters.matrix(name);
    if (rows.empty() || rows.front().empty())
        throw parameters.error(name, "at least one vector of one number is needed");
    Eigen::MatrixXd out(rows.front().size(), rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (rows[k].size() != rows.front().size()) {
            throw parameters.error(name, "all vectors must have the same length: number 1 has " +
                                             std::to_string(rows.front().size()) + " coordinates, number " +
                                             std::to_string(k + 1) + " has " + std::to_string(rows[k].size()));
        }
        out.col(static_cast<Eigen::Index>(k)) = vector_of(rows[k]);
    }
    return out;
}

Eigen::VectorXd weights_of(const Parameters& parameters, const std::string& name, Eigen::Index count) {
    if (!parameters.has(name)) return Eigen::VectorXd::Ones(count);
    const Eigen::VectorXd out = vector_of(parameters.reals(name));
    if (out.size() != count) {
        throw parameters.error(name,
                               std::to_string(out.size()) + " weights for " + std::to_string(count) + " components");
    }
    if ((out.array() < 0.0).any() || !(out.sum() > 0.0)) {
        throw parameters.error(name, "weights must not be negative and their sum must be positive");
    }
    return out;
}

namespace {

bool is_diagonal(const Eigen::MatrixXd& matrix) {
    const Eigen::MatrixXd off = matrix - Eigen::MatrixXd(matrix.diagonal().asDiagonal());
    return (off.array() == 0.0).all();
}

Eigen::MatrixXd square_of(const Parameters& parameters, const std::string& name,
                          const std::vector<std::vector<double>>& rows, Eigen::Index dim) {
    Eigen::MatrixXd out(dim, dim);
    const auto size = static_cast<std::size_t>(dim);
    for (std::size_t i = 0; i < size; ++i) {
        if (rows.size() != size || rows[i].size() != size) {
            const std::string wanted = std::to_string(dim) + " x " + std::to_string(dim);
            throw parameters.error(name, "a covariance must be " + wanted + " here, a list of rows of equal length");
        }
        out.row(static_cast<Eigen::Index>(i)) = vector_of(rows[i]).transpose();
    }
    return out;
}

}  // namespace

EigenPairs covariance_spectrum(const Parameters& parameters, const std::string& name,
                               const std::vector<std::vector<double>>& rows, Eigen::Index dim) {
    const Eigen::MatrixXd matrix = square_of(parameters, name, rows, dim);
    const double size = matrix.cwiseAbs().maxCoeff();
    if ((matrix - matrix.transpose()).cwiseAbs().maxCoeff() > 1e-12 * size) {
        throw parameters.error(name, "a covariance must be symmetric");
    }
    // A diagonal matrix needs no iteration, and its small entries are meant however small they are.
    const bool diagonal = is_diagonal(matrix);
    EigenPairs out = diagonal ? EigenPairs{matrix.diagonal(), Eigen::MatrixXd::Identity(dim, dim)}
                              : symmetric_eigenpairs(0.5 * (matrix + matrix.transpose()));
    const double rounding =
        diagonal ? 0.0 : 4.0 * static_cast<double>(dim) * std::numeric_limits<double>::epsilon() * size;
    if (out.values.minCoeff() < (diagonal ? 0.0 : -1e-12 * size)) {
        throw parameters.error(name, "a covariance must be positive semi-definite, this one has the eigenvalue " +
                                         Value(out.values.minCoeff()).canonical());
    }
    out.values = (out.values.array() > rounding).select(out.values, 0.0);
    return out;
}

MixtureLaw without_empty(MixtureLaw law) {
    MixtureLaw out;
    std::vector<double> weights;
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const double weight = law.weights[static_cast<Eigen::Index>(k)];
        if (weight == 0.0) continue;
        weights.push_back(weight);
        out.components.push_back(std::move(law.components[k]));
    }
    out.weights = vector_of(weights);
    return out;
}

}  // namespace sigmaflow
