#include "sigmaflow/stability/mode_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/stability/stationary_search.hpp"

namespace sigmaflow {
namespace {

constexpr std::int64_t kMostComponents = 4096;
constexpr int kDraws = 256;
constexpr int kShifts = 16;     ///< mean shifts before Newton's steps, from places that are no mode yet
constexpr double kSame = 1e-4;  ///< of sigma: ascents that end this near to each other at the ends of the flow

std::vector<SearchStart> leaf_starts(const Distribution& law, const StreamKey& key) {
    std::vector<SearchStart> out{{.x = law.mean(), .mean_shifts = kShifts}};
    if (const auto mixture = law.mixture(kMostComponents)) {
        for (const auto& component : mixture->components) out.push_back({.x = component.mean, .mean_shifts = 1});
    }
    Tile x0;
    for (int first = 0; first < kDraws; first += kTileWidth) {
        law.sample(key, {first, kTileWidth}, x0);
        for (int c = 0; c < kTileWidth; ++c) out.push_back({.x = x0.col(c), .mean_shifts = kShifts});
    }
    return out;
}

/// ln of the mass of the Gaussian that touches p_sigma at its modes; 0 where ln p_sigma is not known.
std::vector<double> log_masses(const Distribution& law, double sigma, const std::vector<StationaryPoint>& modes) {
    std::vector<double> out(modes.size(), 0.0);
    const Denoiser& denoiser = law.posterior();
    if (!denoiser.capabilities().log_density) return out;
    const auto workspace = denoiser.workspace();
    PosteriorTile posterior(law.dim(), {.log_density = true});
    Tile x(law.dim(), kTileWidth);
    for (std::size_t first = 0; first < modes.size(); first += kTileWidth) {
        const std::size_t last = std::min(first + kTileWidth, modes.size());
        for (std::size_t c = 0; c < kTileWidth; ++c) {
            x.col(static_cast<Eigen::Index>(c)) = modes[std::min(first + c, last - 1)].x;
        }
        denoiser.evaluate(x, Row::Constant(sigma), {.log_density = true}, *workspace, posterior);
        for (std::size_t i = first; i < last; ++i) {
            out[i] = posterior.log_density[static_cast<Eigen::Index>(i - first)] +
                     0.5 * law.dim() * std::log(2.0 * std::numbers::pi * sigma * sigma) -
                     0.5 * modes[i].eigenvalues.array().log().sum();
        }
    }
    return out;
}

/// Heavier first, then by coordinates; both rounded, so that rounding errors decide nothing.
bool comes_before(const ModeBranch& a, const ModeBranch& b, double sigma) {
    const auto rounded_mass = [](const ModeBranch& mode) { return std::llround(1e6 * std::log(mode.mass)); };
    if (rounded_mass(a) != rounded_mass(b)) return rounded_mass(a) > rounded_mass(b);
    for (Eigen::Index i = 0; i < a.leaf.size(); ++i) {
        const double left = std::round(a.leaf[i] / (1e-5 * sigma));
        const double right = std::round(b.leaf[i] / (1e-5 * sigma));
        if (left != right) return left < right;
    }
    return false;
}

}  // namespace

std::vector<ModeBranch> find_modes(const Distribution& law, double sigma, const StreamKey& key) {
    FrozenFlow flow(law.posterior());
    StationarySearch search(flow, std::log(sigma));
    std::vector<StationaryPoint> found;
    for (auto& point : search.run(leaf_starts(law, key))) {
        if (!point || point->index != 0 || point->zeros() > 0) continue;
        const bool known = std::any_of(found.begin(), found.end(), [&](const StationaryPoint& other) {
            return (other.x - point->x).norm() < kSame * sigma;
        });
        if (!known) found.push_back(std::move(*point));
    }
    const auto masses = log_masses(law, sigma, found);
    std::vector<ModeBranch> out;
    for (std::size_t i = 0; i < found.size(); ++i) {
        ModeBranch& mode = out.emplace_back();
        mode.leaf = found[i].x;
        mode.mass = std::exp(masses[i]);
    }
    std::stable_sort(out.begin(), out.end(),
                     [sigma](const ModeBranch& a, const ModeBranch& b) { return comes_before(a, b, sigma); });
    return out;
}

ModeLabels::ModeLabels(const Distribution& law, double sigma, const std::vector<ModeBranch>& modes)
    : flow_(law.posterior()), sigma_(sigma), leaves_(law.dim(), static_cast<Eigen::Index>(modes.size())) {
    for (std::size_t k = 0; k < modes.size(); ++k) leaves_.col(static_cast<Eigen::Index>(k)) = modes[k].leaf;
}

std::vector<int> ModeLabels::of(const Eigen::MatrixXd& x) {
    std::vector<int> out(static_cast<std::size_t>(x.cols()), kNone);
    if (leaves_.cols() == 0) return out;
    std::vector<SearchStart> starts;
    for (Eigen::Index c = 0; c < x.cols(); ++c) starts.push_back({.x = x.col(c), .mean_shifts = kShifts});
    const auto ends = StationarySearch(flow_, std::log(sigma_)).run(starts);
    for (std::size_t c = 0; c < ends.size(); ++c) {
        if (!ends[c] || ends[c]->index != 0) continue;
        Eigen::Index nearest = 0;
        const double square = (leaves_.colwise() - ends[c]->x).colwise().squaredNorm().minCoeff(&nearest);
        if (std::sqrt(square) < kSame * sigma_) out[c] = static_cast<int>(nearest);
    }
    return out;
}

}  // namespace sigmaflow
