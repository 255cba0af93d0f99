#include "sigmaflow/stability/stationary_points.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/stability/stationary_family.hpp"

namespace sigmaflow {
namespace {

constexpr double kOffset = 0.5;     ///< of the size of a peak or saddle: where its neighbours are looked for
constexpr int kMostDirections = 8;  ///< softest stable directions that are followed upwards
constexpr int kMostModes = 40;      ///< whose ways to each other are looked at
constexpr int kMostRounds = 6;
constexpr int kMostStarts = 3000;

}  // namespace

StationaryFinder::StationaryFinder(GradientSystem& system, double tau)
    : tau_(tau), length_(system.length(tau)), search_(system, tau) {}

bool StationaryFinder::add(StationaryPoint point) {
    for (const auto& known : points_) {
        if (is_same_point(known, point, length_)) return false;
    }
    if (point.zeros() > 0) {
        for (const auto& known : points_) {
            if (known.is_family && is_same_family(search_, length_, known, point)) return false;
        }
        recognise_family(search_, length_, point);
    }
    points_.push_back(std::move(point));
    return true;
}

void StationaryFinder::collect(const std::vector<SearchStart>& starts, const std::vector<StationaryPoint>& deflated) {
    if (searches_ > kMostSearches) return;
    searches_ += static_cast<int>(starts.size());
    for (auto& found : search_.run(starts, deflated)) {
        if (found) add(std::move(*found));
    }
}

std::vector<SearchStart> StationaryFinder::neighbourhood(const StationaryPoint& point) const {
    std::vector<SearchStart> out;
    int stable = 0;
    for (Eigen::Index i = 0; i < point.eigenvalues.size(); ++i) {
        const double mu = point.eigenvalues[i];
        if (std::abs(mu) <= kZeroEigenvalue || (mu > 0.0 && ++stable > kMostDirections)) continue;
        const double offset = kOffset * length_ / std::sqrt(std::max(1.0, std::abs(mu)));
        for (const double side : {-offset, offset}) {
            out.push_back(
                {.x = point.x + side * point.eigenvectors.col(i), .index = point.index + (mu > 0.0 ? 1 : -1)});
        }
    }
    return out;
}

void StationaryFinder::explore() {
    while (explored_ < points_.size() && searches_ <= kMostSearches) {
        std::vector<SearchStart> starts;
        for (; explored_ < points_.size(); ++explored_) {
            for (auto& start : neighbourhood(points_[explored_])) starts.push_back(std::move(start));
        }
        collect(starts, {});
    }
}

void StationaryFinder::search(const std::vector<SearchStart>& starts) {
    collect(starts, {});
    explore();
}

void StationaryFinder::search_deflated(const std::vector<SearchStart>& starts) {
    std::vector<SearchStart> newton = starts;
    for (auto& start : newton) {
        start.index = SearchStart::kNewton;
        start.mean_shifts = 0;
    }
    for (std::size_t known = 0; known < points_.size() && searches_ <= kMostSearches;) {
        known = points_.size();
        collect(newton, points_);
        explore();
        if (points_.size() == known) return;
    }
}

void StationaryFinder::search_between_modes() {
    constexpr int kPlaces = 64;
    std::vector<Eigen::VectorXd> modes;
    for (const auto& point : points_) {
        if (point.index == 0 && static_cast<int>(modes.size()) < kMostModes) modes.push_back(point.x);
    }
    std::vector<SearchStart> starts;
    FieldSamples samples;
    for (std::size_t i = 0; i < modes.size(); ++i) {
        for (std::size_t j = i + 1; j < modes.size(); ++j) {
            const Eigen::VectorXd way = modes[j] - modes[i];
            Eigen::MatrixXd x(way.size(), kPlaces);
            for (int k = 0; k < kPlaces; ++k) x.col(k) = modes[i] + (k + 0.5) / kPlaces * way;
            search_.system().evaluate(x, Eigen::VectorXd::Constant(kPlaces, tau_), samples);
            const Eigen::RowVectorXd along = way.transpose() * samples.values;
            for (int k = 1; k < kPlaces; ++k) {
                // F points down p_sigma: a minimum between two places.
                if (along[k - 1] > 0.0 && along[k] < 0.0)
                    starts.push_back({.x = 0.5 * (x.col(k - 1) + x.col(k)), .index = 1});
            }
        }
    }
    search(starts);
}

StationarySet StationaryFinder::result() const {
    StationarySet out{.tau = tau_, .points = points_, .euler_sum = 0, .complete = false, .doubt = {}};
    summarise(out);
    if (searches_ > kMostSearches) {
        out.complete = false;
        out.doubt = "the number of searches is exhausted";
    }
    return out;
}

StationarySet find_stationary_points(const Distribution& law, double sigma, const StreamKey& key) {
    FrozenFlow flow(law.posterior());
    StationaryFinder finder(flow, std::log(sigma));
    finder.search(stationary_starts(law, sigma, key, kMostStarts));
    finder.search_deflated(drawn_starts(law, sigma, key, 0, 32));
    for (int round = 1; round < kMostRounds && finder.result().euler_sum != 1; ++round) {
        finder.search_between_modes();
        const auto starts = drawn_starts(law, sigma, key, round, 32 << round);
        finder.search(starts);
        finder.search_deflated(starts);
    }
    return finder.result();
}

}  // namespace sigmaflow
