// D^k m [v .. v] = kappa_{k+1}(v, .., v) / sigma^{2k} for every kind that knows cumulants, and the Taylor series that
// follows. (docs/theory.md, section 6)
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "distribution/witness_cases.hpp"
#include "sigmaflow/numerics/cumulants.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
constexpr double eps = std::numeric_limits<double>::epsilon();

/// kappa_1 .. of <v, x0> given x, and <v, m(x + h v)> for as many h as there are columns.
class AlongLine {
  public:
    AlongLine(const Distribution& law, Eigen::VectorXd x, double sigma, Eigen::VectorXd v)
        : law_(law), x_(std::move(x)), v_(std::move(v)), sigma_(sigma) {
        const int order = law.posterior().cumulant_order();
        Tile out(order, kTileWidth);
        const auto workspace = law.posterior().workspace();
        law.posterior().cumulants(x_.replicate(1, kTileWidth), Row::Constant(sigma), v_.replicate(1, kTileWidth), order,
                                  *workspace, out);
        cumulants_.assign(out.col(0).begin(), out.col(0).end());
    }

    [[nodiscard]] const std::vector<double>& cumulants() const { return cumulants_; }

    /// max_n |kappa_n|^{1/n}, n >= 2: the width of the posterior along v. The mean changes over sigma^2 / width.
    [[nodiscard]] double width() const {
        double out = 0.0;
        for (std::size_t n = 2; n <= cumulants_.size(); ++n) {
            out = std::max(out, std::pow(std::abs(cumulants_[n - 1]), 1.0 / static_cast<double>(n)));
        }
        return out;
    }

    [[nodiscard]] std::vector<double> means(const std::vector<double>& steps) const {
        Tile x = x_.replicate(1, kTileWidth);
        for (std::size_t c = 0; c < steps.size(); ++c) x.col(static_cast<Eigen::Index>(c)) += steps[c] * v_;
        const PosteriorTile tile = test::evaluate(law_, x, Row::Constant(sigma_), {});
        std::vector<double> out;
        for (std::size_t c = 0; c < steps.size(); ++c) {
            out.push_back(v_.dot(tile.mean.col(static_cast<Eigen::Index>(c))));
        }
        return out;
    }

  private:
    const Distribution& law_;
    Eigen::VectorXd x_, v_;
    double sigma_;
    std::vector<double> cumulants_;
};

/// Derivatives of order 0 .. 5 at 0 of the polynomial through values at the integers -8 .. 8: sums of weight[k][j]
/// value_j (B. Fornberg, Math. Comp. 51 (1988) 699).
constexpr int kReach = 8;
using Stencil = std::array<std::array<long double, 2 * kReach + 1>, 6>;

Stencil stencil() {
    Stencil w{};
    w[0][0] = 1.0L;
    long double before = 1.0L;
    for (int i = 1; i <= 2 * kReach; ++i) {
        const auto n = static_cast<std::size_t>(i);
        long double product = 1.0L;
        const Stencil old = w;
        for (int j = 0; j < i; ++j) {
            const auto m = static_cast<std::size_t>(j);
            const long double gap = i - j;
            product *= gap;
            for (std::size_t k = 0; k < 6; ++k) {
                const long double lower = k > 0 ? static_cast<long double>(k) * old[k - 1][m] : 0.0L;
                w[k][m] = (static_cast<long double>(i - kReach) * old[k][m] - lower) / gap;
            }
        }
        for (std::size_t k = 0; k < 6; ++k) {
            const long double lower = k > 0 ? static_cast<long double>(k) * old[k - 1][n - 1] : 0.0L;
            w[k][n] = before / product * (lower - static_cast<long double>(i - 1 - kReach) * old[k][n - 1]);
        }
        before = product;
    }
    return w;
}

/// What differences of the mean give for kappa_{k+1}: the stencil is exact to order h^{12} or better; an error of the
/// means is amplified by the sum of its weights.
struct Difference {
    double value = 0.0;
    double amplification = 0.0;
};

std::array<Difference, 6> differences(const AlongLine& line, double sigma, double step) {
    static const Stencil weights = stencil();
    std::vector<double> steps;
    for (int j = -kReach; j <= kReach; ++j) steps.push_back(j * step);
    const std::vector<double> means = line.means(steps);
    std::array<Difference, 6> out;
    for (std::size_t k = 0; k < 6; ++k) {
        long double sum = 0.0L;
        long double size = 0.0L;
        for (std::size_t j = 0; j < means.size(); ++j) {
            sum += weights[k][j] * means[j];
            size += std::abs(weights[k][j]);
        }
        const double scale = std::pow(sigma * sigma / step, static_cast<double>(k));
        out[k] = {scale * static_cast<double>(sum), scale * static_cast<double>(size)};
    }
    return out;
}

TEST(EveryLaw, HasCumulantsThatAreDerivativesOfItsMean) {
    double worst = 0.0;
    int compared = 0;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const int order = distribution->posterior().cumulant_order();
        ASSERT_GE(order, 4) << "a kind without cumulants";
        for (const double sigma : {0.2, 0.6, 2.0, 10.0}) {
            const auto places = test::places(*distribution, law.components, sigma, 77);
            for (std::size_t p = 0; p + 1 < places.size(); ++p) {
                Stream stream(6, 6, static_cast<std::int64_t>(p), Purpose::test);
                const Eigen::VectorXd v = test::normal_vector(distribution->dim(), stream).normalized();
                const AlongLine line(*distribution, places[p], sigma, v);
                const double width = line.width();
                // Where one point is nearly alone, faint ones decide how far the series reaches.
                if (width < 0.25 * std::min(sigma, test::size_of(*distribution))) continue;
                const double step = 0.03 * sigma * sigma / width;
                const auto found = differences(line, sigma, step);
                // x + h v is rounded, which moves m by C/sigma^2 times as much, and so are the numbers that make up m.
                const double reach = places[p].norm() + test::largest_mean(law.components);
                const double rounded = 8 * eps * reach * (1.0 + std::pow(width / sigma, 2));
                for (int k = 0; k < order; ++k) {
                    const auto& [value, amplification] = found[static_cast<std::size_t>(k)];
                    const double unit = std::pow(width, k + 1);
                    const double kappa = line.cumulants()[static_cast<std::size_t>(k)];
                    EXPECT_NEAR(value, kappa, 1e-6 * unit + rounded * amplification)
                        << "D^" << k << " m, sigma " << sigma << ", place " << p;
                    if (rounded * amplification > 1e-7 * unit) continue;
                    worst = std::max(worst, std::abs(value - kappa) / unit);
                    ++compared;
                }
            }
        }
    });
    EXPECT_GT(compared, 1000);
    claim("cumulants-derivatives", worst);
}

// The third derivative of m is kappa_4, and not the central moment mu_4 = kappa_4 + 3 kappa_2^2.
TEST(CumulantsOfPosteriors, FourthIsTheThirdDerivativeWhichTheCentralMomentIsNot) {
    double worst = 0.0;
    double least = 1e300;
    for (std::int64_t trial = 0; trial < 40; ++trial) {
        Stream stream(12, 3, trial, Purpose::test);
        const GaussianMixture law(test::random_mixture(stream));
        const double sigma = std::exp(stream.normal());
        const Eigen::VectorXd x = 2.0 * test::normal_vector(law.dim(), stream);
        const Eigen::VectorXd v = test::normal_vector(law.dim(), stream).normalized();
        const AlongLine line(law, x, sigma, v);
        if (line.width() < 0.05 * sigma) continue;
        const auto truth = witness::cumulants(test::components_of(law.law()), x, sigma, v);
        const double third = differences(line, sigma, 0.05 * sigma * sigma / line.width())[3].value;
        const double unit = std::pow(line.width(), 4);
        const double square = truth.values[1] * truth.values[1];
        EXPECT_NEAR(truth.central[3], truth.values[3] + 3.0 * square, 1e-12 * unit);
        worst = std::max(worst, std::abs(third - line.cumulants()[3]) / unit);
        least = std::min(least, std::abs(third - truth.central[3]) / (3.0 * square));
        std::array<double, 4> raw{};
        moments_from_cumulants(std::span<const double>(line.cumulants().data(), 4), raw);
        std::array<double, 4> central{};
        shift_moments(raw, line.cumulants()[0], central);
        EXPECT_NEAR(central[3], truth.central[3], 1e-10 * (unit + std::pow(std::abs(line.cumulants()[0]), 4)));
    }
    EXPECT_LT(worst, 1e-6);
    EXPECT_GT(least, 0.999);
    claim("fourth-cumulant-differences", worst);
    claim("fourth-central-moment-misses", least);
}

double polynomial(const std::vector<double>& coefficients, std::size_t count, double h) {
    double out = 0.0;
    for (std::size_t k = count; k > 0; --k) out = out * h + coefficients[k - 1];
    return out;
}

double median(std::vector<double> numbers) {
    std::nth_element(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2), numbers.end());
    return numbers[numbers.size() / 2];
}

// sum_{k<K} t_k h^k errs by order h^K; without the 1/k! in t_k it errs by order h^2 from K = 3 on. The median over
// random laws, because the first term left out may be small by chance.
TEST(CumulantsOfPosteriors, MakeATaylorSeriesWithItsFactorials) {
    std::array<std::vector<double>, 7> right, wrong;
    for (std::int64_t trial = 0; trial < 60; ++trial) {
        Stream stream(12, 4, trial, Purpose::test);
        const MixtureLaw mixture = test::random_mixture(stream);
        if (mixture.components.size() < 2) continue;
        const GaussianMixture law(mixture);
        const Eigen::VectorXd x = test::normal_vector(law.dim(), stream);
        const double sigma = 1.0 + stream.uniform();
        const AlongLine line(law, x, sigma, test::normal_vector(law.dim(), stream).normalized());
        if (line.width() < 0.3 * sigma) continue;
        std::vector<double> taylor(6);
        taylor_of_mean(line.cumulants(), sigma, taylor);
        std::vector<double> bare = taylor;
        for (std::size_t k = 2; k < 6; ++k) bare[k] *= std::tgamma(static_cast<double>(k + 1));
        const double h = 0.1 * sigma * sigma / line.width();
        const auto means = line.means({h, 0.5 * h});
        const auto slope = [&](const std::vector<double>& coefficients, std::size_t count) {
            return std::log2(std::abs(means[0] - polynomial(coefficients, count, h)) /
                             std::abs(means[1] - polynomial(coefficients, count, 0.5 * h)));
        };
        for (std::size_t order = 1; order <= 6; ++order) {
            right[order].push_back(slope(taylor, order));
            wrong[order].push_back(slope(bare, order));
        }
    }
    ASSERT_GT(right[6].size(), 25U);
    double worst = 0.0;
    for (std::size_t order = 1; order <= 6; ++order) {
        const double found = median(right[order]);
        EXPECT_NEAR(found, static_cast<double>(order), 0.15);
        worst = std::max(worst, std::abs(found - static_cast<double>(order)));
        if (order >= 3) {
            EXPECT_NEAR(median(wrong[order]), 2.0, 0.15);
        }
    }
    claim("taylor-slope", median(right[6]));
    claim("taylor-slope-without-factorial", median(wrong[6]));
}

}  // namespace
}  // namespace sigmaflow
