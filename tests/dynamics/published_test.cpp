// Numbers and formulas as others have printed them.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "sigmaflow/dynamics/adams_bashforth.hpp"
#include "support/claim.hpp"
#include "support/edm_witness.hpp"

namespace sigmaflow {
namespace {

using testing_support::LineMixture;
using testing_support::make_model;
using testing_support::run_block;

const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};

/// The update of k-diffusion's sample_dpmpp_3m_sde at eta = 0, in its own notation; third_factor = 2 corrects it. The
/// first two steps are exact.
long double sample_dpmpp_3m(long double x, const std::vector<double>& sigmas, long double third_factor) {
    long double denoised_1 = 0, denoised_2 = 0, h_1 = 0, h_2 = 0;
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const long double denoised = law.denoise(x, sigmas[i]);
        const long double h =
            std::log(static_cast<long double>(sigmas[i])) - std::log(static_cast<long double>(sigmas[i + 1]));
        if (i < 2) {
            x = law.flow(x, sigmas[i], sigmas[i + 1]);
        } else {
            const long double r0 = h_1 / h, r1 = h_2 / h;
            const long double d1_0 = (denoised - denoised_1) / r0;
            const long double d1_1 = (denoised_1 - denoised_2) / r1;
            const long double d1 = d1_0 + (d1_0 - d1_1) * r0 / (r0 + r1);
            const long double d2 = (d1_0 - d1_1) / (r0 + r1);
            const long double phi_2 = std::expm1(-h) / h + 1.0L;
            const long double phi_3 = phi_2 / h - 0.5L;
            x = std::exp(-h) * x - std::expm1(-h) * denoised + phi_2 * d1 - third_factor * phi_3 * d2;
        }
        denoised_2 = denoised_1;
        denoised_1 = denoised;
        h_2 = h_1;
        h_1 = h;
    }
    return x;
}

// One part in a hundred of any coefficient moves the result by more than 1e-5.
TEST(Published, DpmSolver3MIsKDiffusions) {
    for (const auto& [solver, factor] :
         std::vector<std::pair<const char*, long double>>{{"dpmpp_3m", 1.0L}, {"dpmpp_3m_corrected", 2.0L}}) {
        // The first two steps are short, so that it does not matter how they are taken: their error is of order
        // (0.05/8)^4.
        Value::List sigmas = {8.0, 7.95, 7.9};
        for (int i = 0; i < 12; ++i) sigmas.push_back(7.9 * std::pow(0.7, i + 1));
        const PointModel model = make_model("gaussian_mixture", law.parameters(), "edm",
                                            {{"grid", "list"}, {"sigmas", sigmas}}, solver, {"positions"});
        const BlockBuffer block = run_block(model, 32);
        const auto last = static_cast<int>(model.grid.size()) - 1;
        for (std::size_t p = 0; p < 32; ++p) {
            const auto expected = static_cast<double>(sample_dpmpp_3m(block.values(0, 0, 0)[p], model.grid, factor));
            EXPECT_NEAR(block.values(0, last, 0)[p], expected, 1e-8) << solver;
        }
    }
}

// Factors over the exact flow on N(0, 1), EDM's grid of 18 sigmas and a last 0 (theory: section 4).
TEST(Published, MidpointAndDpm2DifferOnTheNormalLaw) {
    for (const auto& [solver, factor] :
         std::vector<std::pair<const char*, double>>{{"midpoint", 0.99669}, {"dpm2", 1.02570}}) {
        const PointModel model = make_model("gaussian", {{"dim", 1}}, "edm", {}, solver, {"positions"});
        const BlockBuffer block = run_block(model, 32);
        for (std::size_t p = 0; p < 32; ++p) {
            const double sigma = model.grid.back();
            const double end = block.values(0, 17, 0)[p] / (1.0 + sigma * sigma);  // the step to 0 is x = m
            EXPECT_NEAR(end / block.values(0, 0, 0)[p] * std::sqrt(1.0 + 6400.0), factor, 1e-5) << solver;
        }
    }
}

TEST(Published, AdamsBashforthWeightsOfEvenSteps) {
    const std::vector<std::vector<double>> known = {
        {3.0 / 2, -1.0 / 2}, {23.0 / 12, -16.0 / 12, 5.0 / 12}, {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}};
    for (int order = 2; order <= 4; ++order) {
        const auto weights = adams_bashforth_weights({1.0, 0.5, 0.0, -0.5}, order, 0.5);
        for (int j = 0; j < order; ++j) {
            const auto i = static_cast<std::size_t>(j);
            EXPECT_NEAR(weights[i], 0.5 * known[static_cast<std::size_t>(order - 2)][i], 1e-14);
        }
    }
}

// For any nodes the weights integrate polynomials below the order exactly.
TEST(Published, AdamsBashforthWeightsIntegratePolynomials) {
    const std::array<double, kMostAdamsBashforth> nodes = {-0.3, 0.1, 0.9, 1.1};
    for (int order = 2; order <= 4; ++order) {
        for (int power = 0; power < order; ++power) {
            const auto weights = adams_bashforth_weights(nodes, order, -0.7);
            double sum = 0.0;
            for (int j = 0; j < order; ++j) {
                const auto i = static_cast<std::size_t>(j);
                sum += weights[i] * std::pow(nodes[i], power);
            }
            const double exact = (std::pow(-1.0, power + 1) - std::pow(-0.3, power + 1)) / (power + 1);
            EXPECT_NEAR(sum, exact, 1e-13) << order << " " << power;
        }
    }
}

// EDM's deterministic sampler on N(0, c^2): its grid, Heun's steps and Euler's last one to 0, in 50 digits.
TEST(Published, HeunOfEdmAgainstFiftyDigits) {
    double worst = 0.0;
    for (const double variance : {1.0, 0.25}) {
        for (const int n : {18, 40, 256}) {
            const PointModel model = make_model("gaussian", {{"dim", 1}, {"variances", Value::List{variance}}}, "edm",
                                                {{"steps", n}, {"final_zero", true}}, "heun", {"positions"});
            ProbabilityFlow flow(*model.distribution, {});
            State state(flow.layout());
            History history(3, 0, 0, 1);
            state.x().setConstant(3.7);
            state.sigma.setConstant(model.grid.front());
            for (std::size_t i = 1; i < model.grid.size(); ++i) {
                advance(*model.solver, flow, model.grid[i], history, state);
            }
            const double factor = witness::edm_heun_factor(variance, n);
            worst = std::max(worst, std::abs(state.z(0, 0) / 3.7 / factor - 1.0));
        }
    }
    testing_support::claim("edm-heun", worst);
    EXPECT_LE(worst, 1e-13);
}

}  // namespace
}  // namespace sigmaflow
