#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/cli/one_point.hpp"
#include "sigmaflow/stability/high_dimension.hpp"
#include "sigmaflow/stability/stationary_points.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostDense = 512;  ///< dimensions in which every J is diagonalised

double log_density_at(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma) {
    const Needs needs{.log_density = true};
    PosteriorTile posterior(denoiser.dim(), needs);
    const auto workspace = denoiser.workspace();
    denoiser.evaluate(x.replicate(1, kTileWidth), Row::Constant(sigma), needs, *workspace, posterior);
    return posterior.log_density[0];
}

Json described(const StationaryPoint& point, const Denoiser& denoiser, double sigma) {
    Json out;
    out["x"] = json_of(point.x);
    out["index"] = point.index;
    out["jacobian_eigenvalues"] = json_of(point.eigenvalues);
    out["log_density"] = log_density_at(denoiser, point.x, sigma);
    out["residual"] = point.residual;
    out["zero_directions"] = json_of(Eigen::MatrixXd(point.zero_directions.transpose()));
    out["family"] = point.is_family;
    return out;
}

Json modes(const Distribution& law, double sigma, const StreamKey& key) {
    const StationarySet set = find_stationary_points(law, sigma, key);
    Json out;
    out["sigma"] = sigma;
    out["modes"] = set.modes();
    out["euler_sum"] = set.euler_sum;
    out["complete"] = set.complete;
    if (!set.complete) out["doubt"] = set.doubt;
    Json& points = out["stationary_points"] = Json::array();
    for (const auto& point : set.points) points.push_back(described(point, law.posterior(), sigma));
    return out;
}

/// From draws of x0, with the k softest eigenvalues.
Json sparse_modes(const Distribution& law, double sigma, const StreamKey& key, int k, int starts) {
    Eigen::MatrixXd from(law.dim(), starts);
    for (int i = 0; i < starts; ++i) {
        Stream stream = key.stream(i, Purpose::data);
        law.draw(stream, from.col(i));
    }
    const SparseStationarySet set = find_sparse_stationary_points(law, sigma, from, k);
    Json out;
    out["sigma"] = sigma;
    out["modes"] =
        std::count_if(set.points.begin(), set.points.end(), [](const auto& point) { return point.index == 0; });
    out["euler_sum"] = nullptr;
    out["complete"] = false;
    out["doubt"] =
        fmt::format("modes were sought from {} draws, saddles between them; {} searches were lost", starts, set.lost);
    Json& points = out["stationary_points"] = Json::array();
    for (const auto& point : set.points) points.push_back(described(point, law.posterior(), sigma));
    return out;
}

/// The number of eigenvalues asked for, 0 for all.
int softest_of(const Arguments& arguments, const Denoiser& denoiser) {
    const int dim = denoiser.dim();
    const int k = arguments.integer_or("softest", 0, 0);
    if (k == 0 && dim > kMostDense) {
        throw InputError(fmt::format("the distribution has dimension {}", dim),
                         fmt::format("all eigenvalues are computed in at most {} dimensions", kMostDense),
                         "ask for some of them: --softest 8");
    }
    if (k >= dim) {
        throw InputError(fmt::format("--softest is {}", k), fmt::format("the distribution has dimension {}", dim),
                         "leave it out to have all eigenvalues");
    }
    if (k > 0 && !denoiser.has_mean_derivatives()) {
        throw InputError("the distribution does not know products with C", {}, "leave --softest out");
    }
    return k;
}

}  // namespace

Command modes_command() {
    CommandSpec spec;
    spec.name = "modes";
    spec.summary = "stationary points of p_sigma of one distribution, as JSON";
    spec.description =
        "Finds the places x = m(x; sigma), where the frozen probability flow stands still: modes (index 0), saddles "
        "and\n"
        "minima of p_sigma. The index is the number of negative jacobian_eigenvalues (of J = I - C/sigma^2). euler_sum "
        "is\n"
        "the sum of (-1)^index, which is 1 when none is missing: complete says so, doubt why not. Points of a "
        "continuum, "
        "as on\n"
        "a round shell, have zero_directions and stand for their whole family.\n\n"
        "  sigmaflow modes toy.toml --distribution ring --set distribution.ring.count=4 --sigma 0.5";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    Option sigma{"sigma", "S", "noise level, > 0"};
    sigma.required = true;
    spec.options = {{"distribution", "NAME", "label of the distribution (default: the only one)"},
                    sigma,
                    {"softest", "K", "only the K least eigenvalues of J, without forming C"},
                    {"starts", "N", "with --softest: draws of x0 to start from (default: 32)"},
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true}};
    return {spec, [](const Arguments& arguments) {
                const double s = arguments.real_or("sigma", 0.0, 0.0);
                if (s == 0.0) throw InputError("--sigma is 0", "p_sigma is the data law there", "give a sigma > 0");
                const auto chosen = choose_distribution(arguments);
                const Distribution& law = *chosen.distribution;
                const StreamKey key{chosen.inputs.study.seed, chosen.choice.id};
                const int k = softest_of(arguments, law.posterior());
                const int starts = arguments.integer_or("starts", 32, 1);
                print_json(k > 0 ? sparse_modes(law, s, key, k, starts) : modes(law, s, key));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
