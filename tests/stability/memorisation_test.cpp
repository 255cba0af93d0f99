// The empirical law against the true one: quadrature on the line, closed limits, and de Bruijn's identity.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sigmaflow/stability/information_curve.hpp"
#include "sigmaflow/stability/memorisation.hpp"
#include "stability/laws_at_hand.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::standard_normal;

/// N(0, 1) against the kernel density of points on the line, by the trapezoidal rule.
class LineWitness {
  public:
    explicit LineWitness(const IsotropicCloud& cloud) : points_(cloud.points().row(0)) {}

    [[nodiscard]] double log_kernel(double x, double sigma) const {
        const Eigen::ArrayXd squares = -0.5 * ((points_.array() - x) / sigma).square();
        const double most = squares.maxCoeff();
        return most + std::log((squares - most).exp().mean()) - std::log(sigma * std::sqrt(2.0 * std::numbers::pi));
    }
    /// int N(x; 0, 1 + blur^2) (ln N(x; 0, 1 + blur^2) - ln p_{N,sigma}(x)) dx
    [[nodiscard]] double divergence(double blur, double sigma) const {
        const double width = std::sqrt(1.0 + blur * blur);
        constexpr double h = 0.004;
        double sum = 0.0;
        for (double z = -9.0; z <= 9.0; z += h) {
            const double log_density = -0.5 * z * z - std::log(width * std::sqrt(2.0 * std::numbers::pi));
            sum += h * width * std::exp(log_density) * (log_density - log_kernel(width * z, sigma));
        }
        return sum;
    }

  private:
    Eigen::ArrayXd points_;
};

TEST(Memorised, DivergenceIsThatOfQuadratureAndFalls) {
    const auto law = standard_normal(1);
    double worst = 0.0;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Memorisation memory(*law, {seed, 9}, 50, 4000);
        const LineWitness witness(memory.empirical());
        double before = std::numeric_limits<double>::infinity();
        for (const double sigma : {0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0}) {
            const MeanEstimate found = memory.at(sigma).divergence;
            const double exact = witness.divergence(sigma, sigma);
            worst = std::max(worst, std::abs(found.mean - exact) / found.error);
            EXPECT_LT(exact, before) << sigma;
            EXPECT_LT(found.mean, before) << sigma;
            before = std::min(exact, found.mean);
        }
    }
    EXPECT_LE(worst, 4.5);  // the largest of 21
    claim("divergence-quadrature", worst);
}

// Where the points are far from most of the law, p_N / p is 0 nearly everywhere and huge next to them: draws never show
// that its mean is 1. E ln p_sigma is known, E ln p_{N,sigma} is taken from draws of other streams.
TEST(Memorised, DivergenceHoldsWherePointsAreRare) {
    constexpr int dim = 10;
    constexpr int draws = 20000;
    const auto law = standard_normal(dim);
    Memorisation memory(*law, {14, 9}, 20, draws);
    const double sigma = 0.4;
    const double width = std::sqrt(1.0 + sigma * sigma);
    const auto points = memory.empirical().points();
    Stream stream(3, 1, 4, Purpose::test);
    SampleMean cross;
    for (int i = 0; i < draws; ++i) {
        Eigen::VectorXd x(dim);
        for (int j = 0; j < dim; ++j) x[j] = width * stream.normal();
        const Eigen::ArrayXd exponents = -0.5 / (sigma * sigma) * (points.colwise() - x).colwise().squaredNorm();
        const double most = exponents.maxCoeff();
        cross.add(most + std::log((exponents - most).exp().mean()) -
                  0.5 * dim * std::log(2.0 * std::numbers::pi * sigma * sigma));
    }
    const MeanEstimate found = memory.at(sigma).divergence;
    const double entropy = 0.5 * dim * std::log(2.0 * std::numbers::pi * std::numbers::e * width * width);
    const double error = std::hypot(found.error, cross.standard_error());
    EXPECT_LE(error, 0.2);  // a mean of r - 1 that is missed adds 1
    EXPECT_NEAR(found.mean, -entropy - cross.mean(), 4.0 * error);
}

// Monotone on a fine ladder too, in several dimensions, with the same draws at every sigma.
TEST(Memorised, DivergenceFallsWithSigma) {
    int rises = 0;
    for (const int dim : {1, 3, 8}) {
        const auto law = standard_normal(dim);
        Memorisation memory(*law, {4, 9}, 100, 500);
        double before = std::numeric_limits<double>::infinity();
        for (double sigma = 0.05; sigma < 30.0; sigma *= 1.25) {
            const double now = memory.at(sigma).divergence.mean;
            rises += now < before ? 0 : 1;
            before = now;
        }
    }
    EXPECT_EQ(rises, 0);
    claim("divergence-rises", rises);
}

// d KL(p_sigma || q_sigma)/d sigma^2 = -(1/2) E |score difference|^2.
TEST(Memorised, FisherIsTheSlopeOfTheDivergence) {
    const auto law = standard_normal(1);
    Memorisation memory(*law, {5, 9}, 60, 8000);
    const LineWitness witness(memory.empirical());
    double worst = 0.0;
    for (const double sigma : {0.3, 0.6, 1.0, 3.0}) {
        const double h = 1e-3 * sigma * sigma;
        const double up = std::sqrt(sigma * sigma + h);
        const double down = std::sqrt(sigma * sigma - h);
        const double slope = (witness.divergence(up, up) - witness.divergence(down, down)) / (2.0 * h);
        const MeanEstimate fisher = memory.at(sigma).fisher;
        worst = std::max(worst, std::abs(fisher.mean + 2.0 * slope) / fisher.error);
    }
    EXPECT_LE(worst, 4.0);
    claim("fisher-slope", worst);
}

// Far out only the means differ: KL sigma^2 -> |mean of the points - mean|^2 / 2, and scores differ by that / sigma^2.
TEST(Memorised, DivergenceFarOutIsThatOfTheMeans) {
    const auto law = standard_normal(5);
    Memorisation memory(*law, {6, 9}, 40, 2000);
    const double offset = memory.empirical().mean().squaredNorm();
    const MemorisationLevel level = memory.at(300.0);
    EXPECT_NEAR(level.divergence.mean * 9e4 / (0.5 * offset), 1.0,
                4.0 * level.divergence.error * 9e4 / (0.5 * offset) + 2e-3);
    EXPECT_LE(level.divergence.error, 0.05 * level.divergence.mean);  // r - 1 was taken off
    EXPECT_NEAR(level.fisher.mean * 81e8 / offset, 1.0, 0.01);
}

// 1-D, N = 200: near .4 to .5; against the maximum of the quadrature.
TEST(Memorised, LeastNoiseIsTheBestBandwidth) {
    const auto law = standard_normal(1);
    double worst = 0.0;
    double sum = 0.0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Memorisation memory(*law, {seed, 11}, 200, 4000);
        const LeastNoise found = memory.least_noise();
        EXPECT_TRUE(found.inside);
        const LineWitness witness(memory.empirical());
        double low = 0.1;
        double high = 1.5;
        while (high - low > 1e-4) {  // golden section
            const double a = high - 0.618033988749895 * (high - low);
            const double b = low + 0.618033988749895 * (high - low);
            (witness.divergence(0.0, a) < witness.divergence(0.0, b) ? high : low) =
                witness.divergence(0.0, a) < witness.divergence(0.0, b) ? b : a;
        }
        worst = std::max(worst, std::abs(found.sigma - 0.5 * (low + high)) / found.error);
        sum += found.sigma / 5.0;
        // It is a maximum of what it says.
        const double there = memory.held_out(found.sigma).mean;
        EXPECT_GE(there, memory.held_out(1.02 * found.sigma).mean);
        EXPECT_GE(there, memory.held_out(found.sigma / 1.02).mean);
    }
    EXPECT_LE(worst, 4.0);
    // By an independent program, 60 sets: mean .394, spread .061.
    EXPECT_NEAR(sum, 0.394, 3.0 * 0.061 / std::sqrt(5.0));
    claim("least-noise-200", sum);
    claim("least-noise-quadrature", worst);
}

TEST(Memorised, GapIsTrainingLessHeldOut) {
    const auto law = standard_normal(1);
    Memorisation memory(*law, {7, 9}, 30, 2000);
    const LineWitness witness(memory.empirical());
    const auto points = memory.empirical().points();
    const double entropy = 0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e);
    for (const double sigma : {0.02, 0.3, 2.0}) {
        double train = 0.0;
        for (int i = 0; i < 30; ++i) train += witness.log_kernel(points(0, i), sigma) / 30.0;
        const double held_out = -entropy - witness.divergence(0.0, sigma);
        const MemorisationLevel level = memory.at(sigma);
        EXPECT_NEAR(level.held_out.mean, held_out, 4.0 * level.held_out.error) << sigma;
        EXPECT_NEAR(level.gap.mean + level.held_out.mean, train, 1e-11) << sigma;
        EXPECT_EQ(level.gap.error, level.held_out.error);
    }
    EXPECT_GT(memory.at(0.05).gap.mean, 0.0);
}

// H(k|x) over p_{N,sigma} is ln N - I(x0; x_sigma) of the empirical law.
TEST(Memorised, WeightsCountThePointsThatShareAPlace) {
    const auto law = standard_normal(3);
    Memorisation memory(*law, {8, 9}, 64, 6400);
    InformationCurve curve(memory.empirical(), {12, 9}, 6400);
    for (const double sigma : {0.1, 0.4, 1.0, 3.0}) {
        const MemorisationLevel level = memory.at(sigma);
        const MeanEstimate information = curve(sigma);
        const double error = std::hypot(level.weight_entropy.error, information.error);
        EXPECT_NEAR(level.weight_entropy.mean, std::log(64.0) - information.mean, 4.0 * error) << sigma;
        EXPECT_NEAR(level.effective_number.mean, std::exp(level.weight_entropy.mean),
                    1e-12 * level.effective_number.mean);
        EXPECT_GE(level.max_weight.mean, 1.0 / level.effective_number.mean);  // -ln max <= H, and Jensen
    }
    EXPECT_NEAR(memory.at(1e-3).max_weight.mean, 1.0, 1e-12);
    EXPECT_NEAR(memory.at(1e-3).effective_number.mean, 1.0, 1e-10);
    EXPECT_NEAR(memory.at(1e5).max_weight.mean * 64.0, 1.0, 1e-3);
    EXPECT_NEAR(memory.at(1e5).effective_number.mean / 64.0, 1.0, 1e-6);
}

TEST(Memorised, SmallerTrainingSetsArePartOfLargerOnes) {
    const auto law = standard_normal(2);
    Memorisation small(*law, {9, 9}, 33, 10);
    Memorisation large(*law, {9, 9}, 100, 10);
    EXPECT_TRUE(small.empirical().points() == large.empirical().points().leftCols(33));
}

// More points need less noise and leave a smaller gap; more dimensions need more noise.
TEST(Memorised, LeastNoiseFallsWithNAndRisesWithD) {
    std::vector<double> by_count;
    std::vector<double> by_dim;
    const auto plane = standard_normal(2);
    for (const int n : {20, 200, 2000}) by_count.push_back(Memorisation(*plane, {10, 9}, n, 1000).least_noise().sigma);
    for (const int dim : {1, 4, 16}) {
        const auto law = standard_normal(dim);
        by_dim.push_back(Memorisation(*law, {10, 9}, 200, 1000).least_noise().sigma);
    }
    EXPECT_TRUE(by_count[0] > by_count[1] && by_count[1] > by_count[2]);
    EXPECT_TRUE(by_dim[0] < by_dim[1] && by_dim[1] < by_dim[2]);
}

}  // namespace
}  // namespace sigmaflow
