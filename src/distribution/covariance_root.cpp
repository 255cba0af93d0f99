#include "sigmaflow/distribution/covariance_root.hpp"

#include <utility>

#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

void RootSum::add(const Eigen::MatrixXd& columns) {
    Eigen::MatrixXd stacked(rows_.rows() + columns.cols(), rows_.cols());
    stacked << rows_, columns.transpose();
    rows_ = std::move(stacked);
    if (rows_.rows() > 4 * rows_.cols() + 64) rows_ = triangular_factor(rows_);
}

Eigen::MatrixXd RootSum::result() const { return triangular_factor(rows_).transpose(); }

Eigen::MatrixXd root_of_covariance(const Eigen::MatrixXd& covariance) {
    const EigenPairs spectrum = symmetric_eigenpairs(covariance);
    const double floor = 1e-14 * spectrum.values.maxCoeff();
    const Eigen::VectorXd widths = (spectrum.values.array() > floor).select(spectrum.values.array().sqrt(), 0.0);
    return spectrum.vectors * widths.asDiagonal();
}

}  // namespace sigmaflow
