#include "sigmaflow/distribution/affine_map.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/distribution/isometric_image.hpp"

namespace sigmaflow {

AffineMap AffineMap::after(const AffineMap& first) const {
    return {linear * first.linear, first.origin, linear * (first.shift - origin) + shift};
}

AffineMap scaling(const Eigen::VectorXd& origin, double scale) {
    return {scale * Eigen::MatrixXd::Identity(origin.size(), origin.size()), origin,
            Eigen::VectorXd::Zero(origin.size())};
}

double uniform_scale(const AffineMap& map) {
    const Eigen::MatrixXd& linear = map.linear;
    if (linear.rows() != linear.cols() || linear.size() == 0 || !linear.isDiagonal(1e-14)) return 0.0;
    return (linear.diagonal().array() == linear(0, 0)).all() ? std::max(linear(0, 0), 0.0) : 0.0;
}

std::optional<Isometry> isometry_of(const AffineMap& map) {
    const Eigen::Index d = map.linear.cols();
    if (map.linear.rows() < d || d == 0) return std::nullopt;
    const double scale = map.linear.norm() / std::sqrt(static_cast<double>(d));
    if (!(scale > 0.0)) return std::nullopt;
    if (const double factor = uniform_scale(map); factor > 0.0) return Isometry{factor, {}, map.origin, map.shift};
    const Eigen::MatrixXd basis = map.linear / scale;
    const Eigen::MatrixXd gram = basis.transpose() * basis;
    if ((gram - Eigen::MatrixXd::Identity(d, d)).cwiseAbs().maxCoeff() > 1e-12) return std::nullopt;
    return Isometry{scale, basis, map.origin, map.shift};
}

std::unique_ptr<Distribution> affine_image(std::shared_ptr<const Distribution> law, const AffineMap& map) {
    if (auto image = law->mapped(map)) return image;
    if (auto isometry = isometry_of(map)) return std::make_unique<IsometricImage>(std::move(law), std::move(*isometry));
    throw NoClosedForm(
        "the posterior of this law is known under isotropic noise, which only a rotation, reflection or "
        "uniform scaling keeps isotropic");
}

}  // namespace sigmaflow
