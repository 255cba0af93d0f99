#include "sigmaflow/distribution/planes.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/shapes.hpp"

namespace sigmaflow {
namespace {

Parameter codim_parameter() {
    Parameter out = dim_parameter(1, 4096, "number of normal directions, in which a plane has no extent");
    out.name = "codim";
    return out;
}

Parameter scale_parameter() { return length_parameter("scale", 1.0, "standard deviation within the planes", true); }

}  // namespace

Kind parallel_planes_kind() {
    return {"parallel_planes",
            "two parallel flat Gaussians of equal weight",
            {dim_parameter(2, 4096, "dimension of space"), codim_parameter(),
             length_parameter("offset", 1.0, "half the distance of the planes, along the diagonal of the normal axes",
                              true),
             scale_parameter(), normalize_parameter()}};
}

std::unique_ptr<Distribution> make_parallel_planes(const Parameters& parameters) {
    const auto dim = static_cast<Eigen::Index>(parameters.integer("dim"));
    const auto codim = static_cast<Eigen::Index>(parameters.integer("codim"));
    if (codim > dim) throw parameters.error("codim", "it must not exceed dim = " + std::to_string(dim));
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(dim);
    mean.head(codim).setConstant(parameters.real("offset") / std::sqrt(static_cast<double>(codim)));
    const double scale = parameters.real("scale");
    EigenPairs spectrum{Eigen::VectorXd::Constant(dim, scale * scale), Eigen::MatrixXd::Identity(dim, dim)};
    spectrum.values.head(codim).setZero();
    return normalized(
        distribution_of({Eigen::VectorXd::Ones(2), {component_of(-mean, spectrum), component_of(mean, spectrum)}}),
        parameters);
}

Kind crossing_planes_kind() {
    Parameter angle = length_parameter("angle", 90.0, "angle between the normals of the planes", true);
    angle.most = 180.0;
    angle.unit = "degrees";
    return {"crossing_planes",
            "two flat Gaussians of equal weight that cross at the origin",
            {dim_parameter(2, 4096, "dimension of space, at least 2 codim"), codim_parameter(), angle,
             scale_parameter(), normalize_parameter()}};
}

std::unique_ptr<Distribution> make_crossing_planes(const Parameters& parameters) {
    const auto dim = static_cast<Eigen::Index>(parameters.integer("dim"));
    const auto codim = static_cast<Eigen::Index>(parameters.integer("codim"));
    if (2 * codim > dim) throw parameters.error("codim", "dim = " + std::to_string(dim) + " must be at least 2 codim");
    const double half = parameters.real("angle") * std::numbers::pi / 360.0;
    const double scale = parameters.real("scale");
    MixtureLaw law{Eigen::VectorXd::Ones(2), {}};
    for (const double side : {-1.0, 1.0}) {
        GaussianComponent plane{Eigen::VectorXd::Zero(dim), scale * scale, Eigen::MatrixXd::Zero(dim, codim),
                                Eigen::VectorXd::Zero(codim)};
        for (Eigen::Index j = 0; j < codim; ++j) {
            plane.axes(2 * j, j) = std::cos(half);
            plane.axes(2 * j + 1, j) = side * std::sin(half);
        }
        law.components.push_back(std::move(plane));
    }
    return normalized(distribution_of(std::move(law)), parameters);
}

}  // namespace sigmaflow
