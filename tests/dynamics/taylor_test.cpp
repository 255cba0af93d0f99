// The derivatives that the Taylor methods take, against differences along the exact flow.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::LineMixture;
using testing_support::make_model;

const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};

/// N of the layout [x | ln |det|] at lambda, following the exact flow from (x, sigma) in extended precision.
struct Along {
    long double x, sigma;

    [[nodiscard]] long double m(long double lambda) const { return law.denoise(at(lambda), std::exp(-lambda)); }
    /// -tr J = -dm'/dx by the variance of the posterior: C/sigma^2 - 1.
    [[nodiscard]] long double n(long double lambda) const {
        const long double s = std::exp(-lambda), y = at(lambda);
        long double weights = 0, first = 0, second = 0;
        for (const auto& c : law.components) {
            const long double v = c.width * c.width + s * s, shrink = c.width * c.width / v;
            const long double weight = c.weight * std::exp(-0.5L * (y - c.mean) * (y - c.mean) / v) / std::sqrt(v);
            const long double mean = c.mean + shrink * (y - c.mean);
            weights += weight;
            first += weight * mean;
            second += weight * (mean * mean + shrink * s * s);
        }
        const long double mean = first / weights;
        return (second / weights - mean * mean) / (s * s) - 1.0L;
    }

  private:
    [[nodiscard]] long double at(long double lambda) const { return law.flow(x, sigma, std::exp(-lambda)); }
};

/// Central differences of order 4.
template <class Function>
long double first_difference(Function f, long double u, long double h) {
    return (8.0L * (f(u + h) - f(u - h)) - (f(u + 2 * h) - f(u - 2 * h))) / (12.0L * h);
}
template <class Function>
long double second_difference(Function f, long double u, long double h) {
    return (16.0L * (f(u + h) + f(u - h)) - (f(u + 2 * h) + f(u - 2 * h)) - 30.0L * f(u)) / (12.0L * h * h);
}

// Steps of 1e-3 leave h^4 = 1e-12 of the fourth derivatives beyond, and 1e-18/h^2 of rounding.
TEST(Taylor, DerivativesAreThoseAlongTheFlow) {
    const PointModel model = make_model("gaussian_mixture", law.parameters(), "edm", {}, "taylor3", {});
    Channels channels;
    channels.log_jacobian = true;
    ProbabilityFlow flow(*model.distribution, channels);
    double worst = 0.0;
    for (const double sigma : {3.0, 1.0, 0.4, 0.1}) {
        Tile z = Tile::Zero(2, kTileWidth), n = z, first = z, second = z;
        for (int c = 0; c < kTileWidth; ++c) z(0, c) = (1.0 + sigma) * (c - 15.3) / 10.0;
        flow.target_derivatives(z, sigma, 2, n, first, second);
        for (int c = 0; c < kTileWidth; ++c) {
            const Along along{z(0, c), sigma};
            const long double lambda = -std::log(static_cast<long double>(sigma)), h = 1e-3L;
            const auto m = [&](long double u) { return along.m(u); };
            const auto t = [&](long double u) { return along.n(u); };
            const auto note = [&](double found, long double exact) {
                worst = std::max(worst, static_cast<double>(std::abs(found - exact) / std::max(1.0L, std::abs(exact))));
            };
            note(n(0, c), m(lambda));
            note(n(1, c), t(lambda));
            note(first(0, c), first_difference(m, lambda, h));
            note(first(1, c), first_difference(t, lambda, h));
            note(second(0, c), second_difference(m, lambda, h));
            note(second(1, c), second_difference(t, lambda, h));
        }
    }
    claim("taylor-derivatives", worst);
    EXPECT_LE(worst, 1e-8);
}

// One step of each method from the derivatives, in extended precision.
TEST(Taylor, StepIsTheSeriesIntegrated) {
    for (const int order : {2, 3}) {
        const PointModel model =
            make_model("gaussian_mixture", law.parameters(), "edm", {}, order == 2 ? "taylor2" : "taylor3", {});
        ProbabilityFlow flow(*model.distribution, {});
        State state(flow.layout());
        History history(3, 0, 0, 1);
        for (int c = 0; c < kTileWidth; ++c) state.z(0, c) = 0.1 * (c - 15.3);
        const Tile start = state.z;
        Tile n(1, kTileWidth), first = n, second = n;
        flow.target_derivatives(start, 0.9, 2, n, first, second);
        state.sigma.setConstant(0.9);
        advance(*model.solver, flow, 0.6, history, state);
        const long double h = std::log(0.9L / 0.6L);
        const long double i0 = -std::expm1(-h), i1 = h - i0, i2 = h * h / 2 - i1;  // int e^-(h-s) s^k/k! ds
        for (int c = 0; c < kTileWidth; ++c) {
            long double exact = std::exp(-h) * start(0, c) + i0 * n(0, c) + i1 * first(0, c);
            if (order == 3) exact += i2 * second(0, c);
            EXPECT_NEAR(state.z(0, c), static_cast<double>(exact), 1e-14);
        }
    }
}

TEST(Taylor, NeedsTheMoments) {
    EXPECT_NE(make_model("ellipsoid_shell", {{"dim", 3}}, "edm", {}, "taylor2", {"positions"}).mismatch(), "");
    EXPECT_EQ(make_model("ring", {}, "edm", {}, "taylor3", {"positions"}).mismatch(), "");
}

}  // namespace
}  // namespace sigmaflow
