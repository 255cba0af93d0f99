#include "sigmaflow/stability/separatrices.hpp"

#include <algorithm>
#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/stationary_points.hpp"

namespace sigmaflow {
namespace {

using Place = std::array<double, 2>;

constexpr double kStart = 1e-4;  ///< first distance from the saddle, in units of its size
constexpr double kError = 1e-9;  ///< per step, in units of length
constexpr double kAtMinimum = 1e-3;
constexpr int kMostSteps = 200'000;

Eigen::Vector2d vector_of(const Place& place) { return {place[0], place[1]}; }

/// The stationary point of index 2 within a thousandth of its size of a place.
int minimum_at(const std::vector<StationaryPoint>& points, const Eigen::Vector2d& x, double length) {
    for (std::size_t i = 0; i < points.size(); ++i) {
        const StationaryPoint& point = points[i];
        if (point.index != 2) continue;
        const double size = length / std::sqrt(std::max(1.0, -point.eigenvalues[0]));
        if ((point.x - x).norm() < kAtMinimum * size) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace

Separatrix stable_manifold(GradientSystem& system, double tau, const std::vector<StationaryPoint>& points,
                           const StationaryPoint& saddle, double side, const SeparatrixOptions& options) {
    namespace odeint = boost::numeric::odeint;
    const double length = system.length(tau);
    const double size = length / std::sqrt(std::max(1.0, saddle.eigenvalues[1]));
    const auto downhill = [&](const Place& place, Place& rate, double) {
        const Eigen::Vector2d force = sample_field(system, vector_of(place), tau).value;
        const double norm = force.norm();
        for (std::size_t i = 0; i < 2; ++i) rate[i] = norm > 0.0 ? force[static_cast<Eigen::Index>(i)] / norm : 0.0;
    };
    auto stepper = odeint::make_controlled(kError * length, 0.0, 0.5 * options.spacing * length,
                                           odeint::runge_kutta_dopri5<Place>());
    const Eigen::Vector2d start = saddle.x + side * kStart * size * saddle.eigenvectors.col(1);
    Place place{start[0], start[1]};
    std::vector<Eigen::Vector2d> path{saddle.x, start};
    Separatrix out;
    double s = 0.0;
    double step = kStart * size;
    for (int i = 0; i < kMostSteps && static_cast<int>(path.size()) < options.places; ++i) {
        if (stepper.try_step(downhill, place, s, step) == odeint::fail) continue;
        const Eigen::Vector2d here = vector_of(place);
        out.minimum = minimum_at(points, here, length);
        const bool ends = out.minimum >= 0 || (here - saddle.x).norm() > options.reach;
        if (ends || (here - path.back()).norm() >= options.spacing * length) path.push_back(here);
        if (ends) break;
    }
    out.path.resize(2, static_cast<Eigen::Index>(path.size()));
    for (std::size_t i = 0; i < path.size(); ++i) out.path.col(static_cast<Eigen::Index>(i)) = path[i];
    return out;
}

Kind separatrices_kind() {
    Kind kind{"separatrices",
              "stable manifolds of the saddles of p_sigma in the plane: borders between basins of modes",
              level_parameters()};
    kind.parameters.push_back({.name = "saddles",
                               .type = Type::integer,
                               .fallback = 32,
                               .meaning = "saddles that are recorded; the count tells of more",
                               .least = 1,
                               .most = 10'000});
    kind.parameters.push_back({.name = "places",
                               .type = Type::integer,
                               .fallback = 256,
                               .meaning = "places recorded on each side of a saddle",
                               .least = 2,
                               .most = 100'000});
    return kind;
}

SeparatricesAnalysis::SeparatricesAnalysis(const Parameters& parameters)
    : sigma_(log_levels(parameters)),
      saddles_(static_cast<int>(parameters.integer("saddles"))),
      places_(static_cast<int>(parameters.integer("places"))) {}

std::string SeparatricesAnalysis::mismatch(const Distribution& distribution) const {
    if (distribution.dim() != 2) return "separatrices are traced in two dimensions";
    return distribution.posterior().capabilities().covariance ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> SeparatricesAnalysis::fields(const Distribution&) const {
    const RecordAxis saddle{"saddle", saddles_};
    const RecordAxis side{"side", 2};
    auto place = real_field("saddle_x", "data", "the saddles");
    place.axes = {saddle, {"coordinate", 2}};
    auto path =
        real_field("path", "data", "from the saddle to the minimum that the separatrix comes from, or outwards");
    path.axes = {saddle, side, {"place", places_}, {"coordinate", 2}};
    auto from = flag_field("from", "where it comes from", {"infinity", "minimum"});
    from.axes = {saddle, side};
    return {real_field("sigma", "data", "noise level"), whole_field("count", "saddles that were found"), place, path,
            from};
}

Work SeparatricesAnalysis::cost(const Distribution& distribution, int) const {
    return distribution.posterior().cost({.covariance = true}, kTileWidth).times(10'000.0);
}

void SeparatricesAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = sigma_[static_cast<std::size_t>(part)];
    const StationarySet set = find_stationary_points(subject.distribution, sigma, subject.key);
    FrozenFlow flow(subject.distribution.posterior());
    const double spread = std::sqrt(subject.distribution.moments().covariance.trace() + 2.0 * sigma * sigma);
    std::size_t count = 0;
    for (const auto& point : set.points) {
        if (point.index != 1 || point.zeros() > 0) continue;
        const std::size_t i = count++;
        if (i >= static_cast<std::size_t>(saddles_)) continue;
        std::copy(point.x.begin(), point.x.end(),
                  record.reals("saddle_x").begin() + static_cast<std::ptrdiff_t>(2 * i));
        for (std::size_t side = 0; side < 2; ++side) {
            const auto border = stable_manifold(flow, set.tau, set.points, point, side == 0 ? -1.0 : 1.0,
                                                {.spacing = 0.1, .reach = 4.0 * spread, .places = 4096});
            record.integers("from")[2 * i + side] = border.minimum >= 0 ? 1 : 0;
            const auto all = static_cast<std::size_t>(border.path.cols());
            const auto stored = std::min(all, static_cast<std::size_t>(places_));
            for (std::size_t k = 0; k < stored; ++k) {
                const auto from = static_cast<Eigen::Index>(k * (all - 1) / (stored - 1));
                for (std::size_t c = 0; c < 2; ++c) {
                    record.reals("path")[((2 * i + side) * static_cast<std::size_t>(places_) + k) * 2 + c] =
                        border.path(static_cast<Eigen::Index>(c), from);
                }
            }
        }
    }
    put(record, "sigma", sigma);
    record.integers("count")[0] = static_cast<std::int64_t>(count);
}

}  // namespace sigmaflow
