#include "sigmaflow/distribution/clouds.hpp"

#include <cmath>
#include <utility>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/product.hpp"
#include "sigmaflow/distribution/shapes.hpp"
#include "sigmaflow/numerics/even_directions.hpp"

namespace sigmaflow {
namespace {

Parameter width_parameter() {
    return length_parameter("width", 0.0, "standard deviation of every component; 0 for points", false);
}

std::unique_ptr<Distribution> equal_cloud(Eigen::MatrixXd points, const Parameters& parameters) {
    const Eigen::Index count = points.cols();
    const double width = parameters.real("width");
    return normalized(
        std::make_unique<IsotropicCloud>(CloudLaw{std::move(points), Eigen::VectorXd::Ones(count), width * width}),
        parameters);
}

}  // namespace

Kind two_deltas_kind() {
    Parameter weight = length_parameter("weight", 0.5, "weight of the positive one", false);
    weight.most = 1.0;
    return {"two_deltas",
            "two components on the first axis",
            {dim_parameter(1, 4096, "dimension of space"),
             length_parameter("radius", 1.0, "distance of each component from the origin", true), width_parameter(),
             weight, normalize_parameter()}};
}

std::unique_ptr<Distribution> make_two_deltas(const Parameters& parameters) {
    Eigen::VectorXd point = Eigen::VectorXd::Zero(parameters.integer("dim"));
    point[0] = parameters.real("radius");
    const double variance = parameters.real("width") * parameters.real("width");
    const double weight = parameters.real("weight");
    const Eigen::Vector2d weights(1.0 - weight, weight);
    return normalized(distribution_of(without_empty(
                          {weights, {isotropic_component(-point, variance), isotropic_component(point, variance)}})),
                      parameters);
}

Kind hypercube_kind() {
    return {"hypercube",
            "equal components at the corners of a cube",
            {dim_parameter(2, 4096, "dimension of space; there are 2^dim components"),
             length_parameter("radius", 1.0, "half the edge", true), width_parameter(), normalize_parameter()}};
}

namespace {

constexpr Eigen::Index kMostListed = 12;  ///< dimensions whose corners are written out

/// Coordinates are independent: 2 d components do the work of 2^d.
std::unique_ptr<Distribution> product_cube(Eigen::Index dim, const Parameters& parameters) {
    const double radius = parameters.real("radius");
    const double width = parameters.real("width");
    Laws factors;
    for (Eigen::Index i = 0; i < dim; ++i) {
        CloudLaw pair{Eigen::RowVector2d(-radius, radius), Eigen::Vector2d::Ones(), width * width};
        factors.push_back(normalized(std::make_unique<IsotropicCloud>(std::move(pair)), parameters));
    }
    return std::make_unique<Product>(std::move(factors));
}

}  // namespace

std::unique_ptr<Distribution> make_hypercube(const Parameters& parameters) {
    const auto dim = static_cast<Eigen::Index>(parameters.integer("dim"));
    const double radius = parameters.real("radius");
    if (dim > kMostListed) return product_cube(dim, parameters);
    Eigen::MatrixXd points(dim, Eigen::Index{1} << dim);
    for (Eigen::Index k = 0; k < points.cols(); ++k) {
        for (Eigen::Index i = 0; i < dim; ++i) points(i, k) = ((k >> i) & 1) != 0 ? radius : -radius;
    }
    return equal_cloud(std::move(points), parameters);
}

Kind simplex_kind() {
    return {"simplex",
            "equal components at the vertices of a regular simplex",
            {dim_parameter(2, 4096, "dimension of space; there are dim + 1 components"),
             length_parameter("radius", 1.0, "circumradius", true), width_parameter(), normalize_parameter()}};
}

std::unique_ptr<Distribution> make_simplex(const Parameters& parameters) {
    const auto dim = static_cast<Eigen::Index>(parameters.integer("dim"));
    const auto d = static_cast<double>(dim);
    const double radius = parameters.real("radius") * std::sqrt((d + 1.0) / d);
    // Rows of Helmert's matrix: orthonormal, and orthogonal to (1, ..., 1).
    Eigen::MatrixXd points = Eigen::MatrixXd::Zero(dim, dim + 1);
    for (Eigen::Index i = 0; i < dim; ++i) {
        const auto j = static_cast<double>(i + 1);
        points.row(i).head(i + 1).setConstant(radius / std::sqrt(j * (j + 1.0)));
        points(i, i + 1) = -radius * std::sqrt(j / (j + 1.0));
    }
    return equal_cloud(std::move(points), parameters);
}

Kind ring_kind() {
    Parameter dim = dim_parameter(2, 4096, "dimension of space, at least 2");
    dim.least = 2;
    Parameter count = dim_parameter(8, 1 << 20, "number of components");
    count.name = "count";
    return {"ring",
            "equal components evenly on a circle in the first two axes",
            {dim, length_parameter("radius", 1.0, "radius of the circle", true), width_parameter(), count,
             normalize_parameter()}};
}

std::unique_ptr<Distribution> make_ring(const Parameters& parameters) {
    const std::int64_t count = parameters.integer("count");
    const double radius = parameters.real("radius");
    Eigen::MatrixXd points = Eigen::MatrixXd::Zero(parameters.integer("dim"), count);
    for (std::int64_t k = 0; k < count; ++k) {
        const auto [c, s] = circle_point(k, count);
        points(0, k) = radius * c;
        points(1, k) = radius * s;
    }
    return equal_cloud(std::move(points), parameters);
}

}  // namespace sigmaflow
