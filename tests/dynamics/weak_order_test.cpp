// Weak orders of the stochastic solvers, by the exact variance of what they make of a Gaussian.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/linear_response.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::regression_slope;
using testing_support::VarianceOf;

// The one table: laws N(0, c^2), sigma range, grids and steps are the same for all solvers. sigma ends at 1 and c <= 1,
// because further down the leading error of Euler-Maruyama and sde_heun at eta = 1 changes its sign. dpmpp_sde with r =
// 1/2 and eta = 1 has order 3 on Gaussians, by symmetry, so its order 2 shows at other r and eta. churn = 10 is below
// the bound on gamma from n = 25 on.
struct WeakOrder {
    const char* solver;
    Value::Table choices;
    int order;
};
const std::vector<WeakOrder> kOrders = {{"euler_maruyama", {{"eta", 1.0}}, 1},
                                        {"euler_maruyama", {{"eta", 0.5}}, 1},
                                        {"ancestral", {{"eta", 1.0}}, 1},
                                        {"ancestral", {{"eta", 0.5}}, 1},
                                        {"sde_heun", {{"eta", 1.0}}, 2},
                                        {"sde_heun", {{"eta", 0.5}}, 2},
                                        {"dpmpp_sde", {{"eta", 1.0}}, 3},
                                        {"dpmpp_sde", {{"eta", 0.5}}, 2},
                                        {"dpmpp_sde", {{"eta", 1.0}, {"r", 0.7}}, 2},
                                        {"dpmpp_2m_sde", {{"eta", 1.0}}, 2},
                                        {"dpmpp_2m_sde", {{"eta", 0.5}}, 2},
                                        {"dpmpp_2m_sde", {{"eta", 1.0}, {"solver_type", "heun"}}, 2},
                                        {"edm_churn", {{"churn", 10.0}, {"churn_min", 0.0}, {"churn_max", 100.0}}, 2}};
const std::vector<int> kSteps = {64, 128, 256, 512};
const std::vector<double> kVariances = {1.0, 0.3};
constexpr double kTolerance = 0.15;

Value::Table clock_of(const char* grid, int n) {
    return {{"steps", n + 1}, {"grid", grid}, {"sigma_min", 1.0}, {"sigma_max", 10.0}};
}

TEST(WeakOrders, OfTheVarianceOfAGaussian) {
    double worst = 0.0;
    for (const auto& [solver, choices, order] : kOrders) {
        for (const char* grid : {"log", "rho"}) {
            for (const double variance : kVariances) {
                std::vector<double> errors;
                for (const int n : kSteps) {
                    errors.push_back(
                        std::abs(VarianceOf(variance, clock_of(grid, n), solver, choices).relative_error()));
                }
                const double slope = regression_slope(kSteps, errors);
                EXPECT_NEAR(slope, -order, kTolerance) << solver << " " << grid << " " << variance;
                worst = std::max(worst, std::abs(slope + order));
            }
        }
    }
    claim("weak-orders", worst);
}

// Up to sigma the forward process is exact at any step, and so is the family's own at eta = 1, where the drift is gone.
TEST(WeakOrders, NoneOnTheWayUpWithoutDrift) {
    double worst = 0.0;
    for (const char* solver : {"forward_sde", "euler_maruyama", "sde_heun"}) {
        Value::Table clock = clock_of("rho", 16);
        clock.emplace_back("direction", "up");
        worst = std::max(worst, std::abs(VarianceOf(0.3, clock, solver, {}).relative_error()));
    }
    EXPECT_LE(worst, 1e-14);
    claim("forward-variance", worst);
}

// With some drift left, the way up has the orders of the way down.
TEST(WeakOrders, OfTheWayUp) {
    for (const auto& [solver, order] :
         std::vector<std::pair<const char*, int>>{{"euler_maruyama", 1}, {"sde_heun", 2}}) {
        std::vector<double> errors;
        for (const int n : kSteps) {
            Value::Table clock = clock_of("log", n);
            clock.emplace_back("direction", "up");
            errors.push_back(std::abs(VarianceOf(1.0, clock, solver, {{"eta", 0.5}}).relative_error()));
        }
        EXPECT_NEAR(regression_slope(kSteps, errors), -order, kTolerance) << solver;
    }
}

// k-diffusion's get_ancestral_step and sample_euler_ancestral, in their own notation, on N(0, c2); eta = 50 is capped.
TEST(Published, AncestralStepOfKDiffusion) {
    const double c2 = 0.3, from = 1.5, to = 1.0;
    for (const double eta : {0.0, 0.4, 1.0, 50.0}) {
        const double root = std::sqrt(to * to * (from * from - to * to) / (from * from));
        const double sigma_up = std::min(to, eta * root);
        const double sigma_down = std::sqrt(to * to - sigma_up * sigma_up);
        const double d = (1.0 - c2 / (c2 + from * from)) / from;
        const double x = 1.0 + d * (sigma_down - from);
        const double expected = x * x * (c2 + from * from) + sigma_up * sigma_up;
        Value::Table clock = {{"steps", 2}, {"sigma_min", to}, {"sigma_max", from}};
        const double error = VarianceOf(c2, clock, "ancestral", {{"eta", eta}}).relative_error();
        EXPECT_NEAR((1.0 + error) * (c2 + to * to), expected, 1e-14) << eta;
    }
}

/// Variance after one step of algorithm 2 of Karras et al. (2022) on N(0, c2), in its own notation, t_i -> t_next of N.
double edm_algorithm_2(double c2, double t, double t_next, int n, double s_churn, double s_min, double s_max,
                       double s_noise) {
    const double gamma = t >= s_min && t <= s_max ? std::min(s_churn / n, std::sqrt(2.0) - 1.0) : 0.0;
    const double t_hat = t + gamma * t;
    const double variance = c2 + t * t + (t_hat * t_hat - t * t) * s_noise * s_noise;
    const auto d = [&](double x, double s) { return (x - c2 / (c2 + s * s) * x) / s; };
    const double d_hat = d(1.0, t_hat);
    const double trial = 1.0 + (t_next - t_hat) * d_hat;
    const double x = 1.0 + (t_next - t_hat) * (0.5 * d_hat + 0.5 * d(trial, t_next));
    return x * x * variance;
}

TEST(Published, StochasticSamplerOfEdm) {
    const Value::Table clock = {{"steps", 2}, {"sigma_min", 1.0}, {"sigma_max", 2.0}};
    const double noise = 1.003;
    for (const double churn : {0.3, 0.7, 5.0}) {
        for (const auto& [least, most] : {std::pair{0.0, 2.0}, std::pair{2.0, 9.0}, std::pair{2.1, 9.0}, {0.0, 1.9}}) {
            const Value::Table choices = {
                {"churn", churn}, {"churn_min", least}, {"churn_max", most}, {"noise", noise}};
            const double expected = edm_algorithm_2(0.3, 2.0, 1.0, 2, churn, least, most, noise);
            EXPECT_NEAR((1.0 + VarianceOf(0.3, clock, "edm_churn", choices).relative_error()) * 1.3, expected, 1e-14);
        }
    }
}

// Unadjusted Langevin is linear too: from V its variance goes towards (sigma^2/J)/(1 - h J/4) by (1 - h J/2)^2 a step.
TEST(Langevin, VarianceOfUnadjustedSteps) {
    const double c2 = 0.3, sigma2 = 1.0, h = 0.4;
    const double j = sigma2 / (c2 + sigma2);
    const double stationary = sigma2 / j / (1.0 - 0.25 * h * j);
    const double decay = std::pow(1.0 - 0.5 * h * j, 2 * 5);
    Value::Table clock = {{"steps", 2}, {"sigma_min", 1.0}, {"sigma_max", 3.0}};
    const double from_above = VarianceOf(c2, clock, "annealed_langevin", {{"h", h}, {"steps", 5}}).relative_error();
    EXPECT_NEAR((1.0 + from_above) * (c2 + sigma2), stationary + decay * (c2 + 9.0 - stationary), 1e-13);
}

// A predictor with corrections, all linear: the ancestral step, then n Langevin steps of length 4 snr^2.
TEST(Langevin, VarianceOfPredictorAndCorrector) {
    const double c2 = 0.3, sigma2 = 1.0, snr = 0.3, h = 4.0 * snr * snr;
    const double first2 = 1.44;
    const double a = (c2 + sigma2 / first2 * first2) / (c2 + first2);  // m + (sigma'^2/sigma^2) (x - m) on N(0, c2)
    const double predicted = a * a * (c2 + first2) + sigma2 / first2 * (first2 - sigma2);
    const double j = sigma2 / (c2 + sigma2);
    const double stationary = sigma2 / j / (1.0 - 0.25 * h * j);
    const double decay = std::pow(1.0 - 0.5 * h * j, 2 * 3);
    Value::Table clock = {{"steps", 2}, {"sigma_min", 1.0}, {"sigma_max", 1.2}};
    const double error =
        VarianceOf(c2, clock, "predictor_corrector", {{"corrections", 3}, {"snr", snr}}).relative_error();
    EXPECT_NEAR((1.0 + error) * (c2 + sigma2), stationary + decay * (predicted - stationary), 1e-13);
}

}  // namespace
}  // namespace sigmaflow
