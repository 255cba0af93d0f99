#include <cmath>
#include <map>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"
#include "sigmaflow/stability/mixture_reduction.hpp"

namespace sigmaflow {
namespace {

/// ln p_sigma at all draws.
std::vector<Row> log_densities(const Distribution& law, const MarginalDraws& draws, double sigma) {
    const Denoiser& denoiser = law.posterior();
    const Needs needs{.log_density = true};
    PosteriorTile posterior(denoiser.dim(), needs);
    const auto workspace = denoiser.workspace();
    std::vector<Row> out;
    for (const auto& piece : draws.pieces()) {
        denoiser.evaluate(piece.x0 + sigma * piece.noise, Row::Constant(sigma), needs, *workspace, posterior);
        out.push_back(posterior.log_density);
    }
    return out;
}

MeanEstimate mean_difference(const std::vector<Row>& a, const std::vector<Row>& b, const MarginalDraws& draws) {
    SampleMean sum;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (int c = 0; c < draws.pieces()[i].columns; ++c) sum.add(a[i][c] - b[i][c]);
    }
    return estimate_of(sum);
}

}  // namespace

Kind approximation_kind() {
    Kind kind{"approximation", "KL(p_sigma || q) of mixtures q of 1, 2, .. Gaussians: how many p_sigma needs",
              level_parameters()};
    kind.parameters.push_back(samples_parameter(2048, "draws x0 + sigma n that the divergence is averaged over"));
    kind.parameters.push_back({.name = "components",
                               .type = Type::integer,
                               .fallback = 16,
                               .meaning = "most components of q that are recorded",
                               .least = 1,
                               .most = ApproximationAnalysis::kMostComponents});
    kind.parameters.push_back({.name = "tolerance",
                               .type = Type::real,
                               .fallback = 0.01,
                               .meaning = "divergence that `needed` allows",
                               .least = 0.0,
                               .least_excluded = true,
                               .unit = "nat"});
    return kind;
}

ApproximationAnalysis::ApproximationAnalysis(const Parameters& parameters)
    : sigma_(log_levels(parameters)),
      samples_(static_cast<int>(parameters.integer("samples"))),
      components_(static_cast<int>(parameters.integer("components"))),
      tolerance_(parameters.real("tolerance")) {}

std::string ApproximationAnalysis::mismatch(const Distribution& distribution) const {
    if (distribution.mixture(kMostComponents)) return {};
    return "the law is no mixture of at most " + std::to_string(kMostComponents) + " Gaussians";
}

std::vector<RecordField> ApproximationAnalysis::fields(const Distribution&) const {
    const RecordAxis components{"components", components_};
    std::vector<RecordField> out{real_field("sigma", "data", "noise level"),
                                 whole_field("needed",
                                             "least number of components within the tolerance; -1: more than "
                                             "the law was merged to")};
    add_estimate(out, "divergence", "nat", "KL(p_sigma || q), q of 1, 2, .. Gaussians");
    for (auto& field : out) {
        if (field.name.starts_with("divergence")) field.axes = {components};
    }
    return out;
}

Work ApproximationAnalysis::cost(const Distribution& distribution, int) const {
    const double dim = distribution.dim();
    const auto mixture = distribution.mixture(kMostComponents);
    const double count = mixture ? static_cast<double>(mixture->components.size()) : 1.0;
    Work work{1.5 * count * count * 12.0 * dim * dim * dim, 0.0};
    work += distribution.posterior().cost({.log_density = true}, kTileWidth).times(2.0 * samples_ / kTileWidth);
    return work;
}

void ApproximationAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = sigma_[static_cast<std::size_t>(part)];
    const MarginalDraws draws(subject.distribution, subject.key, 0, samples_);
    const auto exact = log_densities(subject.distribution, draws, sigma);
    MixtureReduction reduction(*subject.distribution.mixture(kMostComponents), sigma);
    std::int64_t needed = -1;
    const int whole = reduction.size();
    for (int size = whole; size >= 1; --size) {
        if (size <= components_) {
            const MeanEstimate divergence =
                size == whole
                    ? exactly(0.0)
                    : mean_difference(exact, log_densities(*distribution_of(reduction.law()), draws, sigma), draws);
            const auto place = static_cast<std::size_t>(size - 1);
            record.reals("divergence")[place] = divergence.mean;
            record.reals("divergence_error")[place] = divergence.error;
            if (divergence.mean <= tolerance_) needed = size;
        }
        if (size > 1) reduction.merge_once();
    }
    put(record, "sigma", sigma);
    record.integers("needed")[0] = needed;
}

}  // namespace sigmaflow
