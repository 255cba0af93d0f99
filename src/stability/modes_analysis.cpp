#include <algorithm>
#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/stationary_analysis.hpp"
#include "sigmaflow/stability/stationary_points.hpp"

namespace sigmaflow {
namespace {

/// ln p_sigma at the columns of x, one tile at a time.
Eigen::VectorXd log_densities(const Denoiser& denoiser, const Eigen::MatrixXd& x, double sigma) {
    const Needs needs{.log_density = true};
    PosteriorTile posterior(denoiser.dim(), needs);
    const auto workspace = denoiser.workspace();
    Eigen::VectorXd out(x.cols());
    Tile tile(denoiser.dim(), kTileWidth);
    for (Eigen::Index first = 0; first < x.cols(); first += kTileWidth) {
        for (Eigen::Index c = 0; c < kTileWidth; ++c) tile.col(c) = x.col(std::min(first + c, x.cols() - 1));
        denoiser.evaluate(tile, Row::Constant(sigma), needs, *workspace, posterior);
        for (Eigen::Index c = first; c < std::min<Eigen::Index>(x.cols(), first + kTileWidth); ++c) {
            out[c] = posterior.log_density[c - first];
        }
    }
    return out;
}

}  // namespace

Kind modes_kind() {
    Kind kind{"modes", "stationary points of p_sigma at every level: modes, saddles and minima, with the Euler sum",
              level_parameters()};
    kind.parameters.push_back({.name = "capacity",
                               .type = Type::integer,
                               .fallback = 64,
                               .meaning = "stationary points that are recorded; the count tells of more",
                               .least = 1,
                               .most = 100'000});
    return kind;
}

ModesAnalysis::ModesAnalysis(const Parameters& parameters)
    : sigma_(log_levels(parameters)), capacity_(static_cast<int>(parameters.integer("capacity"))) {}

std::string ModesAnalysis::mismatch(const Distribution& distribution) const {
    return distribution.posterior().capabilities().covariance ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> ModesAnalysis::fields(const Distribution& distribution) const {
    const int dim = distribution.dim();
    const RecordAxis point{"stationary_point", capacity_};
    auto place = real_field("x", "data", "stationary points, by index");
    place.axes = {point, {"coordinate", dim}};
    auto rates = real_field("jacobian_eigenvalues", "1", "of J there, ascending: negative ones branch");
    rates.axes = {point, {"rank", dim}};
    auto density = real_field("log_density", "nat", "ln p_sigma there");
    density.axes = {point};
    return {real_field("sigma", "data", "noise level"),
            whole_field("count", "stationary points and families that were found"),
            whole_field("modes", "of index 0"),
            whole_field("euler_sum", "sum of (-1)^index, 1 if none is missing"),
            flag_field("complete", "whether the sum is 1 and nothing is in doubt", {"no", "yes"}),
            place,
            whole_field("index", "negative eigenvalues of J", {point}),
            whole_field("zero_directions", "dimension of the family", {point}),
            rates,
            density};
}

Work ModesAnalysis::cost(const Distribution& distribution, int) const {
    // Some 60 tiles of searches of 15 evaluations each.
    return distribution.posterior().cost({.covariance = true}, kTileWidth).times(900.0);
}

void ModesAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = sigma_[static_cast<std::size_t>(part)];
    const StationarySet set = find_stationary_points(subject.distribution, sigma, subject.key);
    put(record, "sigma", sigma);
    record.integers("count")[0] = static_cast<std::int64_t>(set.points.size());
    record.integers("modes")[0] = set.modes();
    record.integers("euler_sum")[0] = set.euler_sum;
    record.integers("complete")[0] = set.complete ? 1 : 0;
    const auto dim = static_cast<std::size_t>(subject.distribution.dim());
    const auto stored = std::min(set.points.size(), static_cast<std::size_t>(capacity_));
    Eigen::MatrixXd places(subject.distribution.dim(), static_cast<Eigen::Index>(stored));
    for (std::size_t i = 0; i < stored; ++i) {
        const StationaryPoint& point = set.points[i];
        places.col(static_cast<Eigen::Index>(i)) = point.x;
        std::copy(point.x.begin(), point.x.end(), record.reals("x").begin() + static_cast<std::ptrdiff_t>(i * dim));
        std::copy(point.eigenvalues.begin(), point.eigenvalues.end(),
                  record.reals("jacobian_eigenvalues").begin() + static_cast<std::ptrdiff_t>(i * dim));
        record.integers("index")[i] = point.index;
        record.integers("zero_directions")[i] = point.zeros();
    }
    if (stored == 0) return;
    const Eigen::VectorXd densities = log_densities(subject.distribution.posterior(), places, sigma);
    std::copy(densities.begin(), densities.end(), record.reals("log_density").begin());
}

}  // namespace sigmaflow
