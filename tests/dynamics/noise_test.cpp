// The Brownian paths that stochastic solvers share.
#include "sigmaflow/dynamics/noise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "dynamics/support.hpp"
#include "support/allocations.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;

constexpr StreamKey key{11, 22};
constexpr int kParticles = 16384;

/// W(to) - W(from), normalised to variance 1, of many particles.
std::vector<double> normalised(NoiseClock clock, double from, double to, int coordinate = 0) {
    BrownianPaths paths(key, coordinate + 1);
    Tile out(coordinate + 1, kTileWidth);
    std::vector<double> values;
    for (int first = 0; first < kParticles; first += kTileWidth) {
        paths.follow({first, kTileWidth});
        paths.increment(clock, from, to, out);
        for (int c = 0; c < kTileWidth; ++c) values.push_back(out(coordinate, c) / std::sqrt(std::abs(to - from)));
    }
    return values;
}

double mean_product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum / static_cast<double>(a.size());
}

struct Interval {
    NoiseClock clock;
    double from;
    double to;
};
// Inside an octave, over its end, over many, over a few last intervals and half of one, and on the other clocks.
const std::vector<Interval> intervals = {{NoiseClock::variance, 0.6, 0.7},
                                         {NoiseClock::variance, 0.9, 1.3},
                                         {NoiseClock::variance, 6400.0, 4e-6},
                                         {NoiseClock::variance, 1e-100, 1e100},
                                         {NoiseClock::variance, 3.0, 5.0},
                                         {NoiseClock::variance, 0.75, 0.75 * (1.0 + 3e-6)},
                                         {NoiseClock::variance, 0.75, 0.75 + 0x1p-22},
                                         {NoiseClock::variance, 1.3, 1.7},
                                         {NoiseClock::churn, 0.2, 0.3},
                                         {NoiseClock::langevin, 0.0, 0.25},
                                         {NoiseClock::langevin, 0.7, 12.4}};

// E W^2 = |to - from| with the standard error sqrt(2/N); five of them for 10 intervals, skewness and kurtosis likewise.
TEST(Noise, IncrementsAreStandardNormalOverTheRootOfTheirLength) {
    double worst = 0.0;
    for (const auto& [clock, from, to] : intervals) {
        const auto xi = normalised(clock, from, to);
        std::vector<double> squares;
        for (const double value : xi) squares.push_back(value * value);
        const std::vector<double> ones(xi.size(), 1.0);
        const double root = std::sqrt(static_cast<double>(kParticles));
        const double scores[] = {root * mean_product(xi, ones), root / std::sqrt(2.0) * (mean_product(xi, xi) - 1.0),
                                 root / std::sqrt(15.0) * mean_product(xi, squares),
                                 root / std::sqrt(96.0) * (mean_product(squares, squares) - 3.0)};
        for (const double score : scores) {
            EXPECT_LE(std::abs(score), 5.0) << from << " " << to;
            worst = std::max(worst, std::abs(score));
        }
    }
    claim("noise-moments", worst);
}

TEST(Noise, DisjointIntervalsCoordinatesAndClocksAreIndependent) {
    const double limit = 5.0 / std::sqrt(static_cast<double>(kParticles));
    const auto v = NoiseClock::variance;
    const std::vector<std::vector<double>> independent = {normalised(v, 0.6, 0.7),
                                                          normalised(v, 0.7, 0.71),
                                                          normalised(v, 0.71, 1.0),
                                                          normalised(v, 1.0, 1.5),
                                                          normalised(v, 1.5, 7.0),
                                                          normalised(v, 1.0, 1.5, 1),
                                                          normalised(v, 1.0, 1.5, 4),
                                                          normalised(v, 7.0, 7.0 * (1.0 + 3e-6)),
                                                          normalised(NoiseClock::churn, 1.0, 1.5),
                                                          normalised(NoiseClock::langevin, 1.0, 1.5)};
    for (std::size_t i = 0; i < independent.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            EXPECT_LE(std::abs(mean_product(independent[i], independent[j])), limit) << i << " " << j;
        }
    }
    // And overlapping ones are not: the correlation is the root of the share.
    EXPECT_NEAR(mean_product(normalised(v, 0.6, 0.9), normalised(v, 0.6, 0.7)), std::sqrt(1.0 / 3.0), limit);
    EXPECT_NEAR(mean_product(normalised(v, 0.6, 2.9), normalised(v, 1.5, 0.7)), -std::sqrt(0.8 / 2.3), limit);
}

// W(a, c) = W(a, b) + W(b, c) up to the rounding of values of the size of the cell.
TEST(Noise, IncrementsAdd) {
    BrownianPaths paths(key, 2);
    paths.follow({5, kTileWidth});
    Tile whole(2, kTileWidth), first(2, kTileWidth), second(2, kTileWidth);
    Stream stream(1, 2, 3, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 200; ++trial) {
        const auto time = [&] { return std::exp(20.0 * stream.uniform() - 10.0); };
        const double a = time(), b = time(), c = time();
        const auto clock = trial % 3 == 0 ? NoiseClock::langevin : NoiseClock::variance;
        if (clock == NoiseClock::langevin && std::max({a, b, c}) > 100.0) continue;
        paths.increment(clock, a, c, whole);
        paths.increment(clock, a, b, first);
        paths.increment(clock, b, c, second);
        worst = std::max(worst, (whole - first - second).cwiseAbs().maxCoeff() / std::sqrt(std::max({1.0, a, b, c})));
    }
    claim("noise-additivity", worst);
    EXPECT_LE(worst, 1e-14);  // 20 rounded midpoints of at most 4 standard deviations
}

// A path is a function of time: what was asked before, by which tile and in how many steps changes no bit.
TEST(Noise, AnswersDoNotDependOnQuestions) {
    BrownianPaths paths(key, 3), other(key, 3);
    Tile fresh(3, kTileWidth), again(3, kTileWidth), scratch(3, kTileWidth);
    for (const auto& [clock, from, to] : intervals) {
        paths.follow({64, kTileWidth});
        paths.increment(clock, from, to, fresh);
        for (const int columns : {32, 7}) {
            other.follow({64 + 20, columns});
            other.increment(clock, 0.5 * (from + to), from, scratch);
            other.increment(clock, to, 0.5 * (from + to), scratch);
            other.increment(clock, from, 3.0 * to, scratch);
            other.increment(clock, from, to, again);
            for (int c = 0; c < std::min(columns, 12); ++c) {
                EXPECT_EQ((fresh.col(20 + c) - again.col(c)).norm(), 0.0) << from << " " << to;
            }
            other.increment(clock, to, from, scratch);
            EXPECT_EQ((again + scratch).norm(), 0.0);
        }
    }
    Row here, there;
    other.follow({84, 7});
    for (const double time : {0.0, 0.2, 17.3}) {
        paths.decision(time, here);
        other.decision(time, there);
        for (int c = 0; c < 7; ++c) EXPECT_EQ(here[20 + c], there[c]);
        EXPECT_NE(here[0], here[1]);
    }
}

// Between two times in one last interval an increment is too small by design, and tends to 0 with their distance: grids
// that differ by rounding see the same path.
TEST(Noise, IsContinuousBelowItsDepth) {
    BrownianPaths paths(key, 1);
    paths.follow({0, kTileWidth});
    Tile out(1, kTileWidth);
    const double v = 1.37;
    const double last = 0x1p-20;
    double before = 1.0;
    for (const double part : {0.1, 1e-3, 1e-6, 1e-9}) {
        paths.increment(NoiseClock::variance, v, v + part * last, out);
        EXPECT_LE(out.cwiseAbs().maxCoeff(), 10.0 * part * std::sqrt(last) + 1e-15);
        EXPECT_LT(out.cwiseAbs().maxCoeff(), before);
        before = out.cwiseAbs().maxCoeff();
    }
}

TEST(Noise, AllocatesNothing) {
#if SIGMAFLOW_COUNTS_ALLOCATIONS
    BrownianPaths paths(key, 6);
    Tile out(6, kTileWidth);
    Row decisions;
    const long before = test::allocations;
    paths.follow({0, 9});
    for (const auto& [clock, from, to] : intervals) paths.increment(clock, from, to, out);
    paths.decision(0.3, decisions);
    EXPECT_EQ(test::allocations - before, 0);
#endif
}

TEST(Stochastic, SolversAllocateNothingOnTheirWay) {
#if SIGMAFLOW_COUNTS_ALLOCATIONS
    for (const auto& solver : solvers().names()) {
        const PointModel model =
            testing_support::make_model("ring", {{"count", 5}}, "edm", {{"steps", 6}}, solver.c_str(), {});
        const SolverTraits traits = model.solver->traits();
        if (!traits.stochastic || traits.ways == Ways::up) continue;
        ProbabilityFlow flow(*model.distribution, {});
        State state(flow.layout());
        state.x().setOnes();
        History history(traits.stages, traits.memory, traits.numbers, flow.layout().rows());
        BrownianPaths paths(key, 2);
        paths.follow({0, kTileWidth});
        long before = 0;
        for (std::size_t i = 1; i < model.grid.size(); ++i) {
            if (i == 2) before = test::allocations;  // what a denoiser makes room for in its first evaluation
            state.sigma.setConstant(model.grid[i - 1]);
            advance(*model.solver, flow, model.grid[i], history, state, {6, &paths});
        }
        EXPECT_EQ(test::allocations - before, 0) << solver;
    }
#endif
}

}  // namespace
}  // namespace sigmaflow
