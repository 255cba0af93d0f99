// Detailed balance of the Metropolis-adjusted Langevin algorithm.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/kolmogorov.hpp"
#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::LineMixture;
using testing_support::make_model;

const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};
constexpr double kSigma = 0.7;
constexpr double kH = 1.3;

/// Noise that proposes wanted points and decides by wanted numbers.
class ScriptedNoise final : public Noise {
  public:
    void increment(NoiseClock, double, double, Tile& out) override { out = increments; }
    void decision(double, Row& out) override { out = decisions; }
    Tile increments = Tile::Zero(1, kTileWidth);
    Row decisions = Row::Zero();
};

/// Where the proposal from x is centred: x + (h/2) sigma^2 score.
double centre(double x) { return x + 0.5 * kH * (static_cast<double>(law.denoise(x, kSigma)) - x); }

double log_q(double to, double from) { return -std::pow(to - centre(from), 2) / (2.0 * kH * kSigma * kSigma); }

/// ln of the probability with which the solver itself takes the proposal from[c] -> to[c], by bisection on the number
/// that decides.
Row log_acceptance(const Row& from, const Row& to) {
    const PointModel model = make_model("gaussian_mixture", law.parameters(), "edm", {}, "mala", {},
                                        {{"h", kH}, {"steps", 1}, {"begin", "above"}});
    ProbabilityFlow flow(*model.distribution, {});
    State state(flow.layout());
    History history(4, 0, 0, 1);
    ScriptedNoise noise;
    for (int c = 0; c < kTileWidth; ++c) noise.increments(0, c) = (to[c] - centre(from[c])) / kSigma;
    Row low = Row::Constant(-60.0), high = Row::Constant(0.0);
    for (int i = 0; i < 60; ++i) {
        const Row middle = 0.5 * (low + high);
        for (int c = 0; c < kTileWidth; ++c) noise.decisions[c] = std::exp(middle[c]);
        state.x() = from.matrix();
        state.sigma.setConstant(1.0);
        state.accepted.setZero();
        history.clear();
        advance(*model.solver, flow, kSigma, history, state, {2, &noise});
        for (int c = 0; c < kTileWidth; ++c) {
            const bool taken = state.accepted[c] == 1.0;
            EXPECT_NEAR(state.x()(0, c), taken ? to[c] : from[c], 1e-14);
            (taken ? low : high)[c] = middle[c];
        }
    }
    return low;
}

// p(x) q(x'|x) a(x, x') = p(x') q(x|x') a(x', x) for pairs all over the line; 1e-12 is 1e-15 of logarithms up to 60, as
// the solver has q through differences of positions.
TEST(Mala, IsInDetailedBalance) {
    Stream stream(3, 1, 4, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 8; ++trial) {
        Row x, y;
        for (int c = 0; c < kTileWidth; ++c) {
            x[c] = 1.5 * stream.normal();
            y[c] = centre(x[c]) + std::sqrt(kH) * kSigma * stream.normal();
        }
        const Row forth = log_acceptance(x, y), back = log_acceptance(y, x);
        for (int c = 0; c < kTileWidth; ++c) {
            const auto log_p = [](double at) { return static_cast<double>(std::log(law.density(at, kSigma))); };
            const double left = log_p(x[c]) + log_q(y[c], x[c]) + forth[c];
            const double right = log_p(y[c]) + log_q(x[c], y[c]) + back[c];
            worst = std::max(worst, std::abs(left - right));
            EXPECT_NEAR(std::max(forth[c], back[c]), 0.0, 1e-12);  // and it accepts as much as balance allows
        }
    }
    claim("mala-detailed-balance", worst);
    EXPECT_LE(worst, 1e-12);
}

/// The probability of the ends of 4096 walks that began in p_sigma, if that is their law; the mean acceptance.
std::pair<double, double> walk(const char* solver) {
    constexpr double sigma = 1.5;
    PointModel model =
        make_model("gaussian_mixture", law.parameters(), "edm", {{"grid", "list"}, {"sigmas", Value::List{2.0, sigma}}},
                   solver, {"positions", "accepted"}, {{"h", 2.5}, {"steps", 30}});
    const BlockBuffer block = testing_support::run_block(model, 4096);
    std::vector<double> u;
    for (const double x : block.values(0, 1, 0)) u.push_back(static_cast<double>(law.below(x, sigma)));
    double accepted = 0.0;
    for (const double count : block.values(1, 1, 0)) accepted += count / (30.0 * 4096.0);
    return {testing_support::folded_kolmogorov_p(u), accepted};
}

// p_sigma stays what it is under MALA, and does not under the same steps without the decision: at h = 2.5 their
// variance on a Gaussian would be off by 1/(1 - h J/4), a factor of about 1.6.
TEST(Mala, KeepsTheLawThatUnadjustedStepsLeave) {
    const auto [adjusted, acceptance] = walk("mala");
    const auto [unadjusted, none] = walk("langevin");
    EXPECT_GE(adjusted, 1e-3);
    EXPECT_LE(unadjusted, 1e-9);
    EXPECT_GT(acceptance, 0.3);
    EXPECT_LT(acceptance, 0.9);
    EXPECT_EQ(none, 0.0);
    claim("mala-stationary", adjusted);
    claim("langevin-stationary", unadjusted);
}

/// Where 32 particles are after `walks` walks of `steps` steps on one level.
Tile after(int walks, int steps) {
    const PointModel model = make_model("gaussian_mixture", law.parameters(), "edm", {}, "mala", {},
                                        {{"h", kH}, {"steps", steps}, {"begin", "above"}});
    ProbabilityFlow flow(*model.distribution, {});
    State state(flow.layout());
    History history(4, 0, 0, 1);
    BrownianPaths paths(model.key, 1);
    paths.follow({0, kTileWidth});
    for (int c = 0; c < kTileWidth; ++c) state.z(0, c) = 0.1 * (c - 16);
    for (int i = 0; i < walks; ++i) {
        state.sigma.setConstant(1.0);
        advance(*model.solver, flow, kSigma, history, state, {2, &paths});
    }
    return state.z;
}

// What a walk carries from step to step (mean, density, time) is what the next walk finds anew.
TEST(Mala, OneWalkIsManyShortOnes) {
    EXPECT_EQ((after(1, 12) - after(12, 1)).norm(), 0.0);
    EXPECT_GT((after(1, 12) - after(1, 11)).norm(), 0.0);
}

}  // namespace
}  // namespace sigmaflow
