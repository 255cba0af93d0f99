// Posteriors against 50-digit ones: log density, mean, covariance, trace and entropy.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "distribution/laws.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double kFloor = 1e-290;  ///< below it doubles run out

double smallest_variance(const witness::Component& c) {
    double least = c.variances.size() > 0 ? c.variances.minCoeff() : c.sphere;
    if (c.axes.cols() < c.mean.size()) least = std::min(least, c.sphere);
    if (c.dense.size() > 0) least = std::max(0.0, symmetric_eigenpairs(c.dense).values.minCoeff());
    return least;
}

/// max(1e-12, 8 eps max_k |x - mu_k|^2 / s^2): what rounding of x alone does to the exponents.
double tolerance(const std::vector<witness::Component>& components, const Eigen::VectorXd& x, double sigma) {
    double least = std::numeric_limits<double>::infinity();
    double farthest = 0.0;
    for (const auto& component : components) {
        if (component.weight == 0.0) continue;
        least = std::min(least, smallest_variance(component));
        farthest = std::max(farthest, (x - component.mean).squaredNorm());
    }
    return std::max(1e-12, 8.0 * eps * farthest / (sigma * sigma + least));
}

double largest_mean(const std::vector<witness::Component>& components) {
    double out = 0.0;
    for (const auto& component : components) out = std::max(out, component.mean.cwiseAbs().maxCoeff());
    return out;
}

/// Worst error of each quantity in units of its tolerance, and the worst relative error where 1e-12 is asked.
struct Worst {
    double mean = 0.0;
    double covariance = 0.0;
    double log_density = 0.0;
    double entropy = 0.0;
    double mean_tight = 0.0;
    double covariance_tight = 0.0;

    /// Errors in units of their tolerance, so 1 is what is allowed.
    void record(const char* name) const {
        const std::string prefix = std::string("witness-") + name;
        testing_support::claim((prefix + "-mean").c_str(), mean);
        testing_support::claim((prefix + "-covariance").c_str(), covariance);
        testing_support::claim((prefix + "-mean-relative").c_str(), mean_tight);
        testing_support::claim((prefix + "-covariance-relative").c_str(), covariance_tight);
    }
};

void compare(const PosteriorTile& tile, int c, const witness::Posterior& truth, double allowed, double spread,
             Worst& worst) {
    const auto column = static_cast<std::size_t>(c);
    const double mean_size = truth.mean.cwiseAbs().maxCoeff();
    const double mean_error = (tile.mean.col(c) - truth.mean).cwiseAbs().maxCoeff();
    const double size = truth.covariance.cwiseAbs().maxCoeff();
    // Where the m_k cancel (ties), weights that are off by `allowed` move the mean by that part of sqrt |C|.
    const double mean_allowed = allowed * (mean_size + std::sqrt(size)) + 4 * eps * spread + kFloor;
    const double error = (tile.covariance[column] - truth.covariance).cwiseAbs().maxCoeff();
    const double trace_error = std::abs(tile.trace[c] - truth.covariance.trace());
    const double log_error = std::abs(tile.log_density[c] - truth.log_density);
    const double log_allowed = allowed * std::max(1.0, std::abs(truth.log_density));
    const double entropy_error = std::abs(tile.entropy[c] - truth.entropy);

    ASSERT_LE(mean_error, mean_allowed) << "mean " << tile.mean.col(c).transpose() << " for " << truth.mean.transpose();
    ASSERT_LE(error, allowed * size + kFloor) << "C\n" << tile.covariance[column] << "\nfor\n" << truth.covariance;
    ASSERT_LE(trace_error, 2 * allowed * std::abs(truth.covariance.trace()) + kFloor);
    ASSERT_LE(log_error, log_allowed) << tile.log_density[c] << " for " << truth.log_density;
    ASSERT_LE(entropy_error, allowed * truth.entropy + kFloor) << tile.entropy[c] << " for " << truth.entropy;
    worst.mean = std::max(worst.mean, mean_error / mean_allowed);
    worst.covariance = std::max(worst.covariance, error / (allowed * size + kFloor));
    worst.log_density = std::max(worst.log_density, log_error / log_allowed);
    worst.entropy = std::max(worst.entropy, entropy_error / (allowed * truth.entropy + kFloor));
    if (allowed > 1e-12) return;
    if (mean_size > spread) worst.mean_tight = std::max(worst.mean_tight, mean_error / mean_size);
    if (size > 1e-280) worst.covariance_tight = std::max(worst.covariance_tight, error / size);
}

Eigen::VectorXd direction(int dim, Stream& stream) {
    Eigen::VectorXd out(dim);
    for (auto& number : out) number = stream.normal();
    return out;
}

/// Points x0 + sigma n, ties between two means and of all, the means themselves, and far tails.
std::vector<Eigen::VectorXd> places(const Distribution& law, const std::vector<witness::Component>& components,
                                    double sigma, std::int64_t seed) {
    std::vector<Eigen::VectorXd> out;
    Stream stream(3, 1, seed, Purpose::test);
    Tile x0;
    law.sample({11, 4}, {seed * 8, 3}, x0);
    for (int c = 0; c < 3; ++c) out.emplace_back(x0.col(c) + sigma * direction(law.dim(), stream));
    const Eigen::VectorXd& first = components.front().mean;
    const Eigen::VectorXd& last = components.back().mean;
    out.emplace_back(0.5 * (first + last));
    out.emplace_back(0.5 * (first + components[components.size() / 2].mean));
    out.emplace_back(Eigen::VectorXd::Zero(law.dim()));
    out.push_back(last);
    out.emplace_back(1e3 * test::size_of(law) * direction(law.dim(), stream).normalized());
    return out;
}

/// One tile of `points` (repeated to fill it) against the witness.
void check(const Distribution& law, const std::vector<witness::Component>& components,
           const std::vector<Eigen::VectorXd>& points, double sigma, Worst& worst) {
    Tile x(law.dim(), kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) x.col(c) = points[static_cast<std::size_t>(c) % points.size()];
    const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma));
    for (std::size_t c = 0; c < points.size(); ++c) {
        SCOPED_TRACE("sigma " + std::to_string(sigma) + ", place " + std::to_string(c));
        compare(tile, static_cast<int>(c), witness::posterior(components, points[c], sigma),
                tolerance(components, points[c], sigma), largest_mean(components), worst);
        if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(Posterior, OfEveryKindAgreesWithTheWitness) {
    Worst worst;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        if (!law.is_mixture) return;
        const auto distribution = law.make(kind);
        std::int64_t seed = 0;
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(*distribution, law.components, places(*distribution, law.components, sigma, ++seed), sigma, worst);
        }
    });
    worst.record("kinds");
}

/// The witness's view of a law of the mixture family.
std::vector<witness::Component> components_of(const MixtureLaw& law) {
    std::vector<witness::Component> out;
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const GaussianComponent& from = law.components[k];
        out.push_back(
            {law.weights[static_cast<Eigen::Index>(k)], from.mean, {}, from.variance, from.axes, from.variances});
    }
    return out;
}

MixtureLaw random_law(Stream& stream) {
    const auto below = [&](int n) { return static_cast<Eigen::Index>(n * stream.uniform()); };
    const Eigen::Index dim = 1 + below(6);
    const Eigen::Index count = 1 + below(8);
    MixtureLaw law{Eigen::VectorXd(count), {}};
    for (Eigen::Index k = 0; k < count; ++k) {
        law.weights[k] = stream.uniform() < 0.1 ? 1e-300 : stream.uniform();
        GaussianComponent component = isotropic_component(3.0 * direction(static_cast<int>(dim), stream), 0.0);
        if (stream.uniform() < 0.5) component.variance = std::exp(2.0 * stream.normal());
        const Eigen::Index rank = below(static_cast<int>(dim) + 1);
        Eigen::MatrixXd random(dim, rank);
        for (Eigen::Index j = 0; j < rank; ++j) random.col(j) = direction(static_cast<int>(dim), stream);
        if (rank > 0) component.axes = singular_values(random).left;
        component.variances.resize(rank);
        for (auto& v : component.variances) v = stream.uniform() < 0.3 ? 0.0 : std::exp(2.0 * stream.normal());
        law.components.push_back(std::move(component));
    }
    return law;
}

TEST(Posterior, OfRandomMixturesAgreesWithTheWitness) {
    Worst worst;
    for (std::int64_t trial = 0; trial < 150; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        Stream stream(8, 9, trial, Purpose::test);
        const GaussianMixture law(random_law(stream));
        const auto components = components_of(law.law());
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(law, components, places(law, components, sigma, trial), sigma, worst);
            if (HasFatalFailure()) return;
        }
    }
    worst.record("mixtures");
}

TEST(Posterior, OfNormalizedMixturesAgreesWithTheWitness) {
    Worst worst;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        if (kind == "two_deltas" && law.label == "single") return;
        auto table = law.table;
        table.emplace_back("normalize", Value("identity"));
        const auto distribution = test::make(kind, table);
        const auto* mixture = dynamic_cast<const GaussianMixture*>(distribution.get());
        if (mixture == nullptr) return;
        const auto components = components_of(mixture->law());
        for (const double sigma : test::log_grid(1e-3, 1e2, 6)) {
            check(*mixture, components, places(*mixture, components, sigma, 5), sigma, worst);
        }
    });
    worst.record("normalized");
}

// One weight of 1 - 1e-30 and beyond: C of the faint component keeps its relative accuracy.
TEST(Posterior, FaintComponentsKeepRelativeAccuracy) {
    Worst worst;
    const std::vector<witness::Component> components{test::blob({0, 0}, 0.0), test::blob({1, 2}, 0.0)};
    const auto law = test::make("points", {{"values", test::rows({{0, 0}, {1, 2}})}});
    for (const double sigma : {0.5, 0.2, 0.1, 0.07, 0.06}) {
        check(*law, components, {Eigen::Vector2d(0.1, 0.0), Eigen::Vector2d(0.9, 2.0), Eigen::Vector2d(0.25, 0.5)},
              sigma, worst);
    }
    const witness::Posterior faint = witness::posterior(components, Eigen::Vector2d(0.1, 0.0), 0.06);
    EXPECT_LT(faint.covariance.maxCoeff(), 1e-200);
    EXPECT_GT(faint.covariance.maxCoeff(), 1e-300);
    worst.record("faint");
}

}  // namespace
}  // namespace sigmaflow
