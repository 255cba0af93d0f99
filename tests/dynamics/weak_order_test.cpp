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
