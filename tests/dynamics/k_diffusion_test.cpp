// Samplers of k-diffusion in its own notation, on the Brownian paths of particles, step by step in extended precision.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::LineMixture;
using testing_support::make_model;

const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};

/// One particle: noise(sigma, sigma_next) is a standard normal from its path, as a noise_sampler is.
struct Sampler {
    std::function<double(double, double)> noise;
    std::vector<double> sigmas;
    double eta;

    [[nodiscard]] static long double denoised(long double x, double sigma) { return law.denoise(x, sigma); }

    [[nodiscard]] std::pair<long double, long double> ancestral_step(long double from, long double to) const {
        const long double up = std::min(to, eta * std::sqrt(to * to * (from * from - to * to) / (from * from)));
        return {std::sqrt(to * to - up * up), up};
    }

    [[nodiscard]] long double euler_ancestral(long double x) const {
        for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
            const auto [down, up] = ancestral_step(sigmas[i], sigmas[i + 1]);
            const long double d = (x - denoised(x, sigmas[i])) / sigmas[i];
            x += d * (down - sigmas[i]) + noise(sigmas[i], sigmas[i + 1]) * up;
        }
        return x;
    }

    [[nodiscard]] long double dpmpp_sde_step(long double x, double sigma, double next, double r) const {
        const long double t = -std::log(static_cast<long double>(sigma));
        const long double t_next = -std::log(static_cast<long double>(next));
        const long double s = t + (t_next - t) * r;
        const long double fac = 1.0L / (2.0L * r);
        const auto sigma_s = static_cast<double>(std::exp(-s));
        const long double d = denoised(x, sigma);
        const auto [sd, su] = ancestral_step(sigma, std::exp(-s));
        const long double x_2 = sd / sigma * x - std::expm1(t + std::log(sd)) * d + noise(sigma, sigma_s) * su;
        const long double d_2 = denoised(x_2, sigma_s);
        const auto [sd_next, su_next] = ancestral_step(sigma, next);
        const long double mixed = (1.0L - fac) * d + fac * d_2;
        return sd_next / sigma * x - std::expm1(t + std::log(sd_next)) * mixed + noise(sigma, next) * su_next;
    }

    [[nodiscard]] long double dpmpp_sde(long double x, double r) const {
        for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) x = dpmpp_sde_step(x, sigmas[i], sigmas[i + 1], r);
        return x;
    }

    /// eta of k-diffusion is the square of ours. The first step is that of dpmpp_sde.
    [[nodiscard]] long double dpmpp_2m_sde(long double x, bool heun) const {
        const long double eta_k = static_cast<long double>(eta) * eta;
        long double old_denoised = 0.0L, h_last = 0.0L;
        for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
            const long double d = denoised(x, sigmas[i]);
            const long double h = std::log(static_cast<long double>(sigmas[i]) / sigmas[i + 1]);
            if (i == 0) {
                x = dpmpp_sde_step(x, sigmas[0], sigmas[1], 0.5);
            } else {
                const long double eta_h = eta_k * h, r = h_last / h;
                x = sigmas[i + 1] / sigmas[i] * std::exp(-eta_h) * x - std::expm1(-h - eta_h) * d;
                const long double factor =
                    heun ? -std::expm1(-h - eta_h) / (-h - eta_h) + 1.0L : -0.5L * std::expm1(-h - eta_h);
                x += factor / r * (d - old_denoised);
                x += noise(sigmas[i], sigmas[i + 1]) * sigmas[i + 1] * std::sqrt(-std::expm1(-2.0L * eta_h));
            }
            old_denoised = d;
            h_last = h;
        }
        return x;
    }
};

using Published = std::function<long double(const Sampler&, long double)>;

/// The largest difference of 32 particles after 16 uneven steps.
double difference(const char* solver, Value::Table choices, double eta, const Published& published) {
    choices.emplace_back("eta", eta);
    const PointModel model = make_model("gaussian_mixture", law.parameters(), "edm",
                                        {{"steps", 17}, {"sigma_min", 0.1}, {"sigma_max", 10.0}}, solver, {}, choices);
    ProbabilityFlow flow(*model.distribution, {});
    State state(flow.layout());
    const SolverTraits traits = model.solver->traits();
    History history(traits.stages, traits.memory, 0, 1);
    BrownianPaths paths(model.key, 1), others(model.key, 1);
    paths.follow({0, kTileWidth});
    others.follow({0, kTileWidth});
    for (int c = 0; c < kTileWidth; ++c) state.z(0, c) = 0.8 * (c - 15.5);
    const Tile start = state.z;
    state.sigma.setConstant(model.grid.front());
    for (std::size_t i = 1; i < model.grid.size(); ++i) {
        advance(*model.solver, flow, model.grid[i], history, state, {model.positive_sigmas(), &paths});
    }
    Tile increment(1, kTileWidth);
    double worst = 0.0;
    for (int c = 0; c < kTileWidth; ++c) {
        const auto noise = [&](double sigma, double next) {
            others.increment(NoiseClock::variance, sigma * sigma, next * next, increment);
            return increment(0, c) / std::sqrt(sigma * sigma - next * next);
        };
        const long double expected = published({noise, model.grid, eta}, start(0, c));
        worst = std::max(worst, std::abs(state.z(0, c) - static_cast<double>(expected)));
    }
    return worst;
}

// 1e-10: rounding of 16 steps, and of the node of dpmpp_sde, where the path has a slope of up to 2^10 in a last
// interval.
TEST(Published, SamplersOfKDiffusion) {
    double worst = 0.0;
    const auto expect = [&](const char* solver, const Value::Table& choices, double eta, const Published& published) {
        const double error = difference(solver, choices, eta, published);
        EXPECT_LE(error, 1e-10) << solver << " " << eta;
        worst = std::max(worst, error);
    };
    for (const double eta : {0.4, 1.0, 1.3}) {
        expect("ancestral", {}, eta, [](const Sampler& s, long double x) { return s.euler_ancestral(x); });
        expect("dpmpp_sde", {}, eta, [](const Sampler& s, long double x) { return s.dpmpp_sde(x, 0.5); });
        expect("dpmpp_sde", {{"r", 0.8}}, eta, [](const Sampler& s, long double x) { return s.dpmpp_sde(x, 0.8); });
        expect("dpmpp_2m_sde", {}, eta, [](const Sampler& s, long double x) { return s.dpmpp_2m_sde(x, false); });
        expect("dpmpp_2m_sde", {{"solver_type", "heun"}}, eta,
               [](const Sampler& s, long double x) { return s.dpmpp_2m_sde(x, true); });
    }
    claim("k-diffusion", worst);
}

}  // namespace
}  // namespace sigmaflow
