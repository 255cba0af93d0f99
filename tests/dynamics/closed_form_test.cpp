// Gaussian data, where flow, spectrum and likelihood have closed forms.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::make_model;
using testing_support::run_block;

const Value::Table gaussian3 = {{"dim", 3}, {"variances", Value::List{4.0, 1.0, 0.01}}};
const std::vector<double> variances = {4.0, 1.0, 0.01};

/// prod_i cos(phi_i - phi_{i+1}), phi = atan(sigma / c): Euler's error factor on N(0, c^2) for any grid, in long
/// double.
long double euler_factor(const std::vector<double>& grid, long double c) {
    long double product = 1.0L;
    for (std::size_t i = 1; i < grid.size(); ++i) {
        product *= std::cos(std::atan(grid[i - 1] / c) - std::atan(static_cast<long double>(grid[i]) / c));
    }
    return product;
}

TEST(ClosedForm, ExactSolverFollowsTheFlow) {
    const PointModel model = make_model("gaussian", gaussian3, "edm", {{"steps", 12}}, "exact", {"positions"});
    const BlockBuffer block = run_block(model, 64);
    const double first = model.grid.front();
    double worst = 0.0;
    for (std::size_t level = 0; level < model.grid.size(); ++level) {
        const double sigma = model.grid[level];
        for (int i = 0; i < 3; ++i) {
            const double v = variances[static_cast<std::size_t>(i)];
            const double factor = std::sqrt((sigma * sigma + v) / (first * first + v));
            for (int p = 0; p < 64; ++p) {
                const double start = block.values(0, 0, i)[static_cast<std::size_t>(p)];
                const double x = block.values(0, static_cast<int>(level), i)[static_cast<std::size_t>(p)];
                worst = std::max(worst, std::abs(x - factor * start) / std::abs(start));
            }
        }
    }
    claim("exact-flow", worst);
    EXPECT_LE(worst, 1e-12);
}

TEST(ClosedForm, SpectrumIsThatOfTheGaussian) {
    const PointModel model = make_model("gaussian", gaussian3, "edm", {{"steps", 12}}, "heun", {"spectrum"});
    const BlockBuffer block = run_block(model, 40);
    double worst = 0.0;
    for (std::size_t level = 0; level < model.grid.size(); ++level) {
        const double s2 = model.grid[level] * model.grid[level];
        for (int k = 0; k < 3; ++k) {
            const double v = variances[static_cast<std::size_t>(k)];  // descending, so J ascends
            for (const double j : block.values(0, static_cast<int>(level), k)) {
                worst = std::max(worst, std::abs(j - s2 / (v + s2)));
            }
        }
    }
    claim("gaussian-spectrum", worst);
    EXPECT_LE(worst, 1e-12);
}

TEST(ClosedForm, ExactLikelihoodIsTheLogDeterminant) {
    const PointModel model =
        make_model("gaussian", gaussian3, "edm", {{"steps", 12}}, "exact", {"likelihood", "log_density"});
    const BlockBuffer block = run_block(model, 64);
    double worst = 0.0;
    for (int level = 0; level < 12; ++level) {
        for (std::size_t p = 0; p < 64; ++p) {
            const double expected = block.values(1, level, 0)[p];
            const double error = std::abs(block.values(0, level, 0)[p] - expected);
            worst = std::max(worst, error / std::max(1.0, std::abs(expected)));
        }
    }
    claim("exact-likelihood", worst);
    EXPECT_LE(worst, 1e-12);
}

// The factor holds on any grid; tolerance 1e-13: n = 1024 steps of a few rounding errors each, which add like a random
// walk (32 eps = 7e-15), and the products of the witness in long double.
TEST(ClosedForm, EulersErrorIsTheProductOfCosines) {
    double worst = 0.0;
    for (const char* rule : {"rho", "log", "own"}) {
        for (const int n : {16, 128, 1024}) {
            const PointModel model = make_model("gaussian", {{"dim", 1}, {"variances", Value::List{0.25}}}, "edm",
                                                {{"steps", n}, {"grid", rule}}, "euler", {"positions"});
            const BlockBuffer block = run_block(model, 32);
            const auto last = static_cast<int>(model.grid.size()) - 1;
            const double s0 = model.grid.front();
            const double s1 = model.grid.back();
            const double flow = std::sqrt((s1 * s1 + 0.25) / (s0 * s0 + 0.25));
            for (std::size_t p = 0; p < 32; ++p) {
                const double ratio = block.values(0, last, 0)[p] / (flow * block.values(0, 0, 0)[p]);
                worst = std::max(worst, std::abs(ratio - static_cast<double>(euler_factor(model.grid, 0.5L))));
            }
        }
    }
    claim("euler-cosines", worst);
    EXPECT_LE(worst, 1e-13);
}

// A last step to sigma = 0 lands on the denoiser's mean, for every solver that has no closed form of its own.
TEST(ClosedForm, LastStepToZeroIsTheMean) {
    for (const auto& solver : solvers().names()) {
        const PointModel model =
            make_model("gaussian", gaussian3, "edm", {{"steps", 9}, {"final_zero", true}}, solver.c_str(), {});
        const SolverTraits traits = model.solver->traits();
        if (traits.reaches_zero) continue;
        ProbabilityFlow flow(*model.distribution, {});
        State state(flow.layout());
        History history(traits.stages, traits.memory, traits.numbers, flow.layout().rows());
        BrownianPaths paths(model.key, 3);
        paths.follow({0, kTileWidth});
        Tile before;
        model.distribution->sample(model.key, {0, 32}, before);
        state.x() = 5.0 * before;
        state.sigma.setConstant(model.grid.front());
        for (std::size_t i = 1; i < model.grid.size(); ++i) {
            before = state.x();
            advance(*model.solver, flow, model.grid[i], history, state, {9, &paths});
        }
        const double s2 = model.grid[8] * model.grid[8];
        for (int k = 0; k < 3; ++k) {
            const double v = variances[static_cast<std::size_t>(k)];
            for (int p = 0; p < kTileWidth; ++p) {
                EXPECT_NEAR(state.x()(k, p), v / (v + s2) * before(k, p), 1e-14 * std::abs(before(k, p))) << solver;
            }
        }
    }
}

// The likelihood channel has the solver's order: on Gaussian data tr J does not depend on x, so its error is that of
// the solver's quadrature alone.
TEST(ClosedForm, OrdersOfEulerAndHeun) {
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{{"euler", 1.0}, {"heun", 2.0}}) {
        std::vector<double> errors;
        for (const int n : {129, 257, 513}) {
            const PointModel model = make_model(
                "gaussian", gaussian3, "edm", {{"steps", n}, {"grid", "log"}, {"sigma_min", 0.05}, {"sigma_max", 20.0}},
                solver, {"likelihood", "log_density"});
            const BlockBuffer block = run_block(model, 32);
            double error = 0.0;
            for (std::size_t p = 0; p < 32; ++p) {
                double exact = 0.0;
                for (const double v : variances) exact += 0.5 * std::log((0.05 * 0.05 + v) / (400.0 + v));
                const double found = block.values(1, 0, 0)[p] - block.values(0, n - 1, 0)[p];
                error = std::max(error, std::abs(found - exact));
            }
            errors.push_back(error);
        }
        EXPECT_NEAR(std::log2(errors[0] / errors[1]), order, 0.1) << solver;
        EXPECT_NEAR(std::log2(errors[1] / errors[2]), order, 0.1) << solver;
        claim((std::string(solver) + "-order").c_str(), std::log2(errors[1] / errors[2]));
    }
}

}  // namespace
}  // namespace sigmaflow
