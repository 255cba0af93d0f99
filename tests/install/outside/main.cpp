// The posterior of two narrow Gaussians at +-r on the line, whose closed form is
//   v = w^2 + sigma^2,  t = tanh(r x / v),
//   m = (w^2 x + sigma^2 r t) / v,  C = sigma^2 w^2 / v + (sigma^2 r / v)^2 (1 - t^2),
//   ln p = ln [N(x; r, v) + N(x; -r, v)] - ln 2.
// Prints what the library says, 17 digits each, and the largest relative distance to the closed form.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <sigmaflow/distribution/registry.hpp>
#include <sigmaflow/run/engine.hpp>  // MPI is part of it

int main() {
    using namespace sigmaflow;
    const double r = 1.5, w = 0.25, x = 0.4, sigma = 0.75;
    const auto& kind = distributions().at("two_deltas");
    const Parameters parameters(kind.kind, {{"dim", Value(1)}, {"radius", Value(r)}, {"width", Value(w)}}, {});
    const auto law = kind.make(parameters, {});
    const Denoiser& posterior = law->posterior();

    Needs needs;
    needs.log_density = needs.covariance = needs.entropy = true;
    PosteriorTile out(posterior.dim(), needs);
    const auto workspace = posterior.workspace();
    posterior.evaluate(Tile::Constant(1, kTileWidth, x), Row::Constant(sigma), needs, *workspace, out);
    const double m = out.mean(0, 7), c = out.covariance[7](0, 0), log_density = out.log_density[7];

    const double v = w * w + sigma * sigma, t = std::tanh(r * x / v), s2 = sigma * sigma;
    const double pi = std::acos(-1.0);
    const double exact_m = (w * w * x + s2 * r * t) / v;
    const double exact_c = s2 * w * w / v + std::pow(s2 * r / v, 2) * (1.0 - t * t);
    const double exact_log =
        std::log(0.5 * (std::exp(-0.5 * (x - r) * (x - r) / v) + std::exp(-0.5 * (x + r) * (x + r) / v))) -
        0.5 * std::log(2.0 * pi * v);
    const auto distance = [](double a, double b) { return std::abs(a - b) / std::abs(b); };
    const double worst = std::max({distance(m, exact_m), distance(c, exact_c), distance(log_density, exact_log)});
    std::printf("mean %.17g\ncovariance %.17g\nlog_density %.17g\nclosed_form %.3g\n", m, c, log_density, worst);
    return worst <= 1e-13 ? 0 : 1;
}
