#pragma once
/// \file
/// All stationary points of p_sigma: many starts, then the neighbours of what was found, until the Euler sum is 1.

#include <functional>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/stability/stationary_search.hpp"

namespace sigmaflow {

/// Collects the stationary points of one tau.
class StationaryFinder {
  public:
    /// At most so many searches; what was found until then is told.
    static constexpr int kMostSearches = 40000;

    StationaryFinder(GradientSystem& system, double tau);

    /// Searches from all starts, and from the neighbourhood of every new point: down its unstable directions to index
    /// - 1, up its softest stable ones to index + 1 (the solution landscape of Yin, Zhang and Zhang 2019).
    void search(const std::vector<SearchStart>& starts);
    /// Newton's method from all starts with what is known deflated, again and again while it brings something new.
    void search_deflated(const std::vector<SearchStart>& starts);
    /// Searches for saddles from where p_sigma is least on the way from mode to mode.
    void search_between_modes();
    /// What was found, in order and summed up.
    [[nodiscard]] StationarySet result() const;

  private:
    bool add(StationaryPoint point);
    void collect(const std::vector<SearchStart>& starts, const std::vector<StationaryPoint>& deflated);
    [[nodiscard]] std::vector<SearchStart> neighbourhood(const StationaryPoint& point) const;
    void explore();

    double tau_;
    double length_;
    StationarySearch search_;
    std::vector<StationaryPoint> points_;
    std::size_t explored_ = 0;  ///< points whose neighbourhood was searched
    int searches_ = 0;
};

/// Starts at sigma: components (points), midpoints and circumcentres of neighbouring ones, the mean of the law, draws
/// of x0 and of x = x0 + sigma n from the streams of `key`; `batch` numbers further draws. At most about `most`.
[[nodiscard]] std::vector<SearchStart> stationary_starts(const Distribution& law, double sigma, const StreamKey& key,
                                                         int most);
/// Draws of x0 + sigma n as starts for every index, another set for every `batch`.
[[nodiscard]] std::vector<SearchStart> drawn_starts(const Distribution& law, double sigma, const StreamKey& key,
                                                    int batch, int count);

/// Every stationary point of p_sigma that can be found, sigma > 0. The posterior must know C. Work: some thousand
/// evaluations with C and as many eigen-decompositions; O(d^3) each.
[[nodiscard]] StationarySet find_stationary_points(const Distribution& law, double sigma, const StreamKey& key = {});

}  // namespace sigmaflow
