#pragma once
/// \file
/// Deterministic points of the unit sphere S^{k-1} that are spread more evenly than random ones.

#include <Eigen/Core>
#include <cstdint>
#include <utility>

namespace sigmaflow {

/// (cos, sin) of i/n of a turn, folded into the first octant so that symmetric points are symmetric to the last bit.
[[nodiscard]] std::pair<double, double> circle_point(std::int64_t i, std::int64_t n);

/// `count` >= 1 points of S^{dim-1}, dim >= 2, as columns:
/// - dim = 2: equal angles, the first on the positive first axis;
/// - dim = 3: the spherical Fibonacci lattice (Swinbank & Purser 2006), z_i = 1 - (2i + 1)/n at i golden angles;
/// - above: orthonormal bases, each vector followed by its antipode. The first basis is that of the coordinates, the
///   others are the Q factors of Gaussian matrices from a fixed stream. The mean is exactly zero for an even count, and
///   sum_i u_i u_i^T = (count/dim) I when 2 dim divides the count: a spherical 3-design (the cross-polytope and its
///   rotations). The first points do not depend on the count.
///
/// Cost above dim = 3: O(count dim^2), nothing but the output for up to 2 dim points.
[[nodiscard]] Eigen::MatrixXd even_directions(int dim, Eigen::Index count);

}  // namespace sigmaflow
