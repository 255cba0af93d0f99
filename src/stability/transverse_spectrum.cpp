#include "transverse_spectrum.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

TransverseSpectrum transverse_spectrum(const Eigen::MatrixXd& jacobian, const Eigen::MatrixXd& zero_directions) {
    EigenPairs pairs = symmetric_eigenpairs(jacobian);
    const Eigen::Index z = zero_directions.cols();
    if (z == 0) return {std::move(pairs.values), std::move(pairs.vectors), Eigen::MatrixXd(jacobian.rows(), 0)};
    const Eigen::VectorXd shared = (zero_directions.transpose() * pairs.vectors).colwise().squaredNorm();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(jacobian.rows()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return shared[a] < shared[b]; });
    const auto split = order.end() - z;
    std::sort(order.begin(), split);
    const std::vector<Eigen::Index> across(order.begin(), split);
    const std::vector<Eigen::Index> along(split, order.end());
    return {pairs.values(across), pairs.vectors(Eigen::all, across), pairs.vectors(Eigen::all, along)};
}

}  // namespace sigmaflow
