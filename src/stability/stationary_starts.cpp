#include <algorithm>
#include <cmath>
#include <numeric>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/stability/stationary_points.hpp"

namespace sigmaflow {
namespace {

constexpr std::int64_t kMostComponents = 4096;
constexpr int kNeighbours = 12;  ///< of every component, for midpoints and circumcentres
constexpr int kDraws = 64;

Eigen::MatrixXd component_means(const Distribution& law, int most) {
    const auto mixture = law.mixture(kMostComponents);
    if (!mixture) return Eigen::MatrixXd(law.dim(), 0);
    const auto count = static_cast<int>(mixture->components.size());
    const int kept = std::min(count, most);
    Eigen::MatrixXd out(law.dim(), kept);
    // Evenly through the list, if it is too long.
    for (int i = 0; i < kept; ++i) {
        out.col(i) = mixture->components[static_cast<std::size_t>(std::int64_t{i} * count / kept)].mean;
    }
    return out;
}

/// The nearest others of every column, all of them if there are few.
std::vector<std::vector<int>> neighbours_of(const Eigen::MatrixXd& points, int count) {
    std::vector<std::vector<int>> out(static_cast<std::size_t>(points.cols()));
    for (int i = 0; i < points.cols(); ++i) {
        const Eigen::VectorXd square = (points.colwise() - points.col(i)).colwise().squaredNorm();
        auto& list = out[static_cast<std::size_t>(i)];
        list.resize(static_cast<std::size_t>(points.cols()));
        std::iota(list.begin(), list.end(), 0);
        std::erase(list, i);
        std::stable_sort(list.begin(), list.end(), [&](int a, int b) { return square[a] < square[b]; });
        list.resize(std::min<std::size_t>(list.size(), static_cast<std::size_t>(count)));
    }
    return out;
}

/// The place in the plane of three points that is equally far from all; nothing if they lie on a line.
std::optional<Eigen::VectorXd> circumcentre(const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                            const Eigen::VectorXd& c) {
    const Eigen::VectorXd u = b - a;
    const Eigen::VectorXd v = c - a;
    const double uu = u.squaredNorm();
    const double vv = v.squaredNorm();
    const double uv = u.dot(v);
    const double determinant = uu * vv - uv * uv;
    if (!(determinant > 1e-12 * uu * vv)) return {};
    const double s = 0.5 * vv * (uu - uv) / determinant;
    const double t = 0.5 * uu * (vv - uv) / determinant;
    return a + s * u + t * v;
}

/// A start, and how much nearer than its own points the nearest point lies: small ones are where points share x.
struct RankedStart {
    SearchStart start;
    double excess = 0.0;
};

class SharedPlaces {
  public:
    explicit SharedPlaces(const Eigen::MatrixXd& points)
        : points_(points), neighbours_(neighbours_of(points, points.cols() <= 64 ? 64 : kNeighbours)) {
        for (int i = 0; i < points_.cols(); ++i) {
            for (const int j : near(i)) {
                // Each pair once; j may not count i among its own nearest.
                if (j > i || !knows(j, i)) add(0.5 * (points_.col(i) + points_.col(j)), i, 1);
            }
            if (points_.rows() > 1) add_circumcentres(i);
        }
    }

    /// The `most` of least excess.
    [[nodiscard]] std::vector<SearchStart> starts(int most) {
        std::stable_sort(ranked_.begin(), ranked_.end(),
                         [](const RankedStart& a, const RankedStart& b) { return a.excess < b.excess; });
        std::vector<SearchStart> out;
        for (auto& ranked : ranked_) {
            if (static_cast<int>(out.size()) == most) break;
            out.push_back(std::move(ranked.start));
        }
        return out;
    }

  private:
    [[nodiscard]] const std::vector<int>& near(int i) const { return neighbours_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] bool knows(int i, int j) const {
        return std::find(near(i).begin(), near(i).end(), j) != near(i).end();
    }

    void add(const Eigen::VectorXd& x, int of, int index) {
        const Eigen::VectorXd square = (points_.colwise() - x).colwise().squaredNorm();
        ranked_.push_back({{.x = x, .index = index}, square[of] - square.minCoeff()});
    }

    void add_circumcentres(int i) {
        for (std::size_t a = 0; a < near(i).size(); ++a) {
            for (std::size_t b = a + 1; b < near(i).size(); ++b) {
                const int j = near(i)[a];
                const int k = near(i)[b];
                // From its first corner alone, where the corners know each other.
                if ((i > j && knows(j, i) && knows(j, k)) || (i > k && knows(k, i) && knows(k, j))) continue;
                const auto centre = circumcentre(points_.col(i), points_.col(j), points_.col(k));
                if (centre) add(*centre, i, 2);
            }
        }
    }

    const Eigen::MatrixXd& points_;
    std::vector<std::vector<int>> neighbours_;
    std::vector<RankedStart> ranked_;
};

Eigen::VectorXd drawn(const Distribution& law, double sigma, const StreamKey& key, std::int64_t particle) {
    Eigen::VectorXd x(law.dim());
    Stream data = key.stream(particle, Purpose::data);
    law.draw(data, x);
    Stream noise = key.stream(particle, Purpose::start_noise);
    for (double& entry : x) entry += sigma * noise.normal();
    return x;
}

}  // namespace

std::vector<SearchStart> drawn_starts(const Distribution& law, double sigma, const StreamKey& key, int batch,
                                      int count) {
    std::vector<SearchStart> out;
    for (int i = 0; i < count; ++i) {
        // Every index that is at all likely, in turn.
        const int index = i % (std::min(law.dim(), 4) + 1);
        out.push_back({.x = drawn(law, sigma, key, std::int64_t{batch} * 100000 + i),
                       .index = index,
                       .mean_shifts = index == 0 ? 2 : 0});
    }
    return out;
}

std::vector<SearchStart> stationary_starts(const Distribution& law, double sigma, const StreamKey& key, int most) {
    std::vector<SearchStart> out{{.x = law.mean(), .index = SearchStart::kNewton}, {.x = law.mean(), .mean_shifts = 4}};
    const Eigen::MatrixXd means = component_means(law, most / 4);
    for (int i = 0; i < means.cols(); ++i) out.push_back({.x = means.col(i), .mean_shifts = 1});
    for (auto& start : SharedPlaces(means).starts(most / 2)) {
        out.push_back(start);
        start.index = SearchStart::kNewton;
        out.push_back(std::move(start));
    }
    for (auto& start : drawn_starts(law, sigma, key, 0, kDraws)) out.push_back(std::move(start));
    for (auto& start : drawn_starts(law, 0.0, key, 0, kDraws)) {
        start.index = 0;
        start.mean_shifts = 1;
        out.push_back(std::move(start));
    }
    return out;
}

}  // namespace sigmaflow
