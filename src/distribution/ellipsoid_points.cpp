#include "sigmaflow/distribution/ellipsoid_points.hpp"

#include "sigmaflow/distribution/ellipsoid_shell.hpp"
#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/shapes.hpp"
#include "sigmaflow/numerics/even_directions.hpp"

namespace sigmaflow {

Kind ellipsoid_points_kind() {
    Parameter count = dim_parameter(100, 1 << 20, "number of points");
    count.name = "count";
    Parameter arrangement{"arrangement", Type::text, Value("random"),
                          "random (uniform u) or even (equal angles, Fibonacci lattice, antipodal bases)"};
    arrangement.allowed = {"random", "even"};
    Parameter draw{"draw", Type::integer, Value(0), "which random points and displacements"};
    draw.least = 0;
    std::vector<Parameter> parameters = shell_parameters();
    parameters.insert(parameters.end(), {count, arrangement, draw,
                                         length_parameter("jitter", 0.0,
                                                          "standard deviation of a Gaussian displacement of each point "
                                                          "in space",
                                                          false),
                                         normalize_parameter()});
    return {"ellipsoid_points", "points of an ellipsoid's surface, of equal weight", parameters};
}

namespace {

/// The points come from streams of their own, keyed by `draw` and their number: the first ones of a larger count are
/// those of a smaller one.
Eigen::MatrixXd random_directions(int span, Eigen::Index count, const StreamKey& key) {
    Eigen::MatrixXd out(span, count);
    for (Eigen::Index i = 0; i < count; ++i) {
        Stream stream = key.stream(i, Purpose::arrangement);
        draw_direction(stream, out.col(i));
    }
    return out;
}

void displace(double jitter, const StreamKey& key, Eigen::MatrixXd& points) {
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        Stream stream = key.stream(i, Purpose::jitter);
        for (auto& coordinate : points.col(i)) coordinate += jitter * stream.normal();
    }
}

}  // namespace

std::unique_ptr<Distribution> make_ellipsoid_points(const Parameters& parameters) {
    const auto [axes, dim] = shell_shape(parameters);
    const auto span = static_cast<int>(axes.size());
    const auto count = static_cast<Eigen::Index>(parameters.integer("count"));
    const StreamKey key{static_cast<std::uint64_t>(parameters.integer("draw")), 0};
    const bool even = parameters.text("arrangement") == "even";
    const Eigen::MatrixXd directions = even ? even_directions(span, count) : random_directions(span, count, key);
    Eigen::MatrixXd points = Eigen::MatrixXd::Zero(dim, count);
    points.topRows(span) = axes.asDiagonal() * directions;
    if (parameters.real("jitter") > 0.0) displace(parameters.real("jitter"), key, points);
    return normalized(std::make_unique<IsotropicCloud>(CloudLaw{std::move(points), Eigen::VectorXd::Ones(count)}),
                      parameters);
}

}  // namespace sigmaflow
