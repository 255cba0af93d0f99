#include "sigmaflow/stability/stationary_point.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

int StationarySet::modes() const {
    return static_cast<int>(
        std::count_if(points.begin(), points.end(), [](const StationaryPoint& point) { return point.index == 0; }));
}

void classify(const Eigen::MatrixXd& jacobian, StationaryPoint& point) {
    EigenPairs pairs = symmetric_eigenpairs(jacobian);
    const auto below = (pairs.values.array() < -kZeroEigenvalue).count();
    const auto zeros = (pairs.values.array().abs() <= kZeroEigenvalue).count();
    point.index = static_cast<int>(below);
    point.zero_directions = pairs.vectors.middleCols(below, zeros);
    point.eigenvalues = std::move(pairs.values);
    point.eigenvectors = std::move(pairs.vectors);
}

void summarise(StationarySet& set) {
    std::sort(set.points.begin(), set.points.end(), [](const StationaryPoint& a, const StationaryPoint& b) {
        if (a.index != b.index) return a.index < b.index;
        return std::lexicographical_compare(a.x.begin(), a.x.end(), b.x.begin(), b.x.end());
    });
    set.euler_sum = 0;
    set.doubt.clear();
    for (const auto& point : set.points) {
        if (point.zeros() > 0 && !point.is_family) set.doubt = "a stationary point is degenerate (a bifurcation)";
        if (point.euler_characteristic < 0) set.doubt = "the shape of a family of stationary points is not known";
        set.euler_sum += point.euler_term();
    }
    if (set.doubt.empty() && set.euler_sum != 1) set.doubt = "the Euler sum is not 1";
    set.complete = set.doubt.empty();
}

}  // namespace sigmaflow
