#include <fmt/format.h>

#include <span>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/cli/one_point.hpp"
#include "sigmaflow/numerics/cumulants.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {
namespace {

Json evaluate(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma) {
    const Needs needs = denoiser.capabilities();
    PosteriorTile posterior(denoiser.dim(), needs);
    const auto workspace = denoiser.workspace();
    denoiser.evaluate(x.replicate(1, kTileWidth), Row::Constant(sigma), needs, *workspace, posterior);
    const Eigen::VectorXd mean = posterior.mean.col(0);
    const Eigen::MatrixXd& covariance = posterior.covariance.front();
    SymmetricSpectrum spectrum(denoiser.dim());
    const Eigen::VectorXd c = spectrum.eigenvalues(covariance).reverse() / (sigma * sigma);
    Json out;
    out["x"] = json_of(x);
    out["sigma"] = sigma;
    out["log_density"] = posterior.log_density[0];
    out["mean"] = json_of(mean);
    out["score"] = json_of(Eigen::VectorXd((mean - x) / (sigma * sigma)));
    out["covariance"] = json_of(covariance);
    out["jacobian_eigenvalues"] = json_of(Eigen::VectorXd(1.0 - c.array()));
    return out;
}

/// The order asked for, 0 for none; InputError where the law does not know it or no direction belongs to it.
int cumulant_order_of(const Arguments& arguments, const Denoiser& denoiser) {
    if (!arguments.has("order")) {
        if (!arguments.has("direction")) return 0;
        throw InputError("--direction is given without --order", "it is the direction of cumulants",
                         "add --order K, or leave --direction out");
    }
    const int order = arguments.integer_or("order", 0, 1);
    const int known = denoiser.cumulant_order();
    if (order > known) {
        throw InputError(fmt::format("--order is {}", order),
                         known > 0 ? fmt::format("cumulants of this distribution are known to order {}", known)
                                   : "no cumulants of this distribution are known",
                         known > 0 ? fmt::format("give at most {}", known) : "leave --order out");
    }
    if (!arguments.has("direction")) {
        throw InputError(
            "--order is given without --direction", "cumulants are those of <direction, x0>",
            fmt::format("add --direction with {} number{}", denoiser.dim(), denoiser.dim() > 1 ? "s" : ""));
    }
    return order;
}

void add_cumulants(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma, const Eigen::VectorXd& direction,
                   int order, Json& out) {
    Tile values(order, kTileWidth);
    const auto workspace = denoiser.workspace();
    denoiser.cumulants(x.replicate(1, kTileWidth), Row::Constant(sigma), direction.replicate(1, kTileWidth), order,
                       *workspace, values);
    const Eigen::VectorXd cumulants = values.col(0);
    Eigen::VectorXd taylor(order);
    taylor_of_mean(std::span<const double>(cumulants.data(), static_cast<std::size_t>(order)), sigma, taylor);
    out["cumulants"] = json_of(cumulants);
    out["taylor"] = json_of(taylor);
}

/// By name of the class.
void add_class_probabilities(const Denoiser& denoiser, const Labels& labels, const Eigen::VectorXd& x, double sigma,
                             Json& out) {
    Tile probabilities(labels.class_count(), kTileWidth);
    const auto workspace = denoiser.workspace();
    denoiser.class_probabilities(x.replicate(1, kTileWidth), Row::Constant(sigma), *workspace, probabilities);
    Json& classes = out["class_probabilities"] = Json::object();
    for (int c = 0; c < labels.class_count(); ++c) {
        classes[labels.classes[static_cast<std::size_t>(c)]] = probabilities(c, 0);
    }
}

Option required(Option option) {
    option.required = true;
    return option;
}

}  // namespace

Command eval_command() {
    CommandSpec spec;
    spec.name = "eval";
    spec.summary = "the posterior of one distribution at one point, as JSON";
    spec.description =
        "Prints x, sigma, log_density (ln p_sigma), mean (m, the ideal denoiser), score, covariance (C of x0 given x) "
        "and\n"
        "jacobian_eigenvalues (of J = I - C/sigma^2, ascending: negative ones branch); of labelled points "
        "class_probabilities.\n\n"
        "With --order K and --direction V also cumulants (kappa_1..kappa_K of <V, x0> given x; kappa_2 = V^T C V, and\n"
        "kappa_4 is the central moment minus 3 kappa_2^2) and taylor, the coefficients t_0..t_{K-1} of the denoiser "
        "along "
        "V:\n"
        "<V, m(x + h V)> = sum_k t_k h^k with t_k = kappa_{k+1} / (k! sigma^{2k}). K goes up to 6 for mixtures and "
        "points,\n"
        "to 4 for shells.\n\n"
        "  sigmaflow eval toy.toml --distribution ring --set distribution.ring.count=4 --sigma 0.5 --at 0.1,0.2\n"
        "  sigmaflow eval digits.toml --sigma 1 --at @point.txt\n"
        "  sigmaflow eval toy.toml --distribution ring --sigma 0.5 --at 0.1,0.2 --order 6 --direction 1,0";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    spec.options = {{"distribution", "NAME", "label of the distribution (default: the only one)"},
                    required({"sigma", "S", "noise level, > 0"}),
                    required({"at", "X1,X2,..", "the point, or @FILE with its numbers"}),
                    {"order", "K", "cumulants and Taylor coefficients up to this order; needs --direction"},
                    {"direction", "V1,V2,..", "the direction of the cumulants, or @FILE with its numbers"},
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true}};
    return {spec, [](const Arguments& arguments) {
                const double s = arguments.real_or("sigma", 0.0, 0.0);
                if (s == 0.0) throw InputError("--sigma is 0", "the posterior is a point there", "give a sigma > 0");
                const auto chosen = choose_distribution(arguments);
                const Denoiser& denoiser = chosen.distribution->posterior();
                const auto x = read_position(arguments, "at", denoiser.dim());
                const int order = cumulant_order_of(arguments, denoiser);
                Json out = evaluate(denoiser, x, s);
                const Labels* labels = chosen.distribution->labels();
                if (labels != nullptr) add_class_probabilities(denoiser, *labels, x, s, out);
                if (order > 0) {
                    const auto direction = read_position(arguments, "direction", denoiser.dim());
                    add_cumulants(denoiser, x, s, direction, order, out);
                }
                print_json(out);
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
