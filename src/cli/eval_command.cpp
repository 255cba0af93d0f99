#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/cli/one_point.hpp"
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

}  // namespace

Command eval_command() {
    CommandSpec spec;
    spec.name = "eval";
    spec.summary = "the posterior of one distribution at one point, as JSON";
    spec.description =
        "Prints x, sigma, log_density (ln p_sigma), mean (m, the ideal denoiser), score, covariance (C of x0 given x) "
        "and\n"
        "jacobian_eigenvalues (of J = I - C/sigma^2, ascending: negative ones branch).\n\n"
        "  sigmaflow eval toy.toml --distribution planes --set distribution.planes.dim=2 --sigma 0.5 --at 0.1,0.2\n"
        "  sigmaflow eval digits.toml --sigma 1 --at @point.txt";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    Option sigma{"sigma", "S", "noise level, > 0"};
    Option at{"at", "X1,X2,..", "the point, or @FILE with its numbers"};
    sigma.required = at.required = true;
    spec.options = {{"distribution", "NAME", "label of the distribution (default: the only one)"},
                    sigma,
                    at,
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true}};
    return {spec, [](const Arguments& arguments) {
                const double s = arguments.real_or("sigma", 0.0, 0.0);
                if (s == 0.0) throw InputError("--sigma is 0", "the posterior is a point there", "give a sigma > 0");
                const auto chosen = choose_distribution(arguments);
                const auto x = read_position(arguments, "at", chosen.distribution->dim());
                print_json(evaluate(chosen.distribution->posterior(), x, s));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
