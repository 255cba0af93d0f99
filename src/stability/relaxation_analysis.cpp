#include "sigmaflow/stability/relaxation_analysis.hpp"

#include <algorithm>

#include "analysis_fields.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {
namespace {

constexpr double kNormal = 0.5;  ///< rates from here on lead to the surface, lower ones along it

/// Means over draws; a draw without normal (tangent) directions has no normal (tangent) rate.
struct Rates {
    SampleMean dimension, normal, tangent, gap;

    void add(const Eigen::VectorXd& eigenvalues) {
        const auto split =
            std::partition_point(eigenvalues.begin(), eigenvalues.end(), [](double mu) { return mu < kNormal; });
        const auto tangents = split - eigenvalues.begin();
        const auto normals = eigenvalues.size() - tangents;
        dimension.add(static_cast<double>(tangents));
        if (tangents > 0) tangent.add(eigenvalues.head(tangents).mean());
        if (normals > 0) normal.add(eigenvalues.tail(normals).mean());
        if (tangents > 0 && normals > 0) gap.add(eigenvalues[tangents] - eigenvalues[tangents - 1]);
    }
};

}  // namespace

Kind relaxation_kind() {
    Kind kind{"relaxation", "rates at which the flow approaches the data's surface and moves along it, per ln sigma",
              level_parameters()};
    kind.parameters.push_back(samples_parameter(1024, "draws x0 + sigma n at each level"));
    return kind;
}

RelaxationAnalysis::RelaxationAnalysis(const Parameters& parameters)
    : sigma_(log_levels(parameters)), samples_(static_cast<int>(parameters.integer("samples"))) {}

std::string RelaxationAnalysis::mismatch(const Distribution& distribution) const {
    return distribution.posterior().capabilities().covariance ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> RelaxationAnalysis::fields(const Distribution&) const {
    std::vector<RecordField> out{real_field("sigma", "data", "noise level")};
    add_estimate(out, "tangent_dimension", "1", "directions with a rate below 1/2");
    add_estimate(out, "normal_rate", "1", "mean eigenvalue of J over the other directions: 1 onto a surface");
    add_estimate(out, "tangent_rate", "1", "mean eigenvalue of J over tangent directions: 0 within a surface");
    add_estimate(out, "gap", "1", "least normal rate less the greatest tangent one");
    return out;
}

Work RelaxationAnalysis::cost(const Distribution& distribution, int) const {
    const double dim = distribution.dim();
    Work work = distribution.posterior().cost({.covariance = true}, kTileWidth).times(samples_ / double{kTileWidth});
    work += {9.0 * dim * dim * dim * samples_, 0.0};
    return work;
}

void RelaxationAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = sigma_[static_cast<std::size_t>(part)];
    const Denoiser& denoiser = subject.distribution.posterior();
    const Needs needs{.covariance = true};
    PosteriorTile posterior(denoiser.dim(), needs);
    const auto workspace = denoiser.workspace();
    SymmetricSpectrum spectrum(denoiser.dim());
    Rates rates;
    const MarginalDraws draws(subject.distribution, subject.key, 0, samples_);
    for (const auto& piece : draws.pieces()) {
        denoiser.evaluate(piece.x0 + sigma * piece.noise, Row::Constant(sigma), needs, *workspace, posterior);
        for (int c = 0; c < piece.columns; ++c) {
            const auto& of_c = spectrum.eigenvalues(posterior.covariance[static_cast<std::size_t>(c)]);
            rates.add((1.0 - of_c.array() / (sigma * sigma)).reverse());
        }
    }
    put(record, "sigma", sigma);
    put(record, "tangent_dimension", estimate_of(rates.dimension));
    put(record, "normal_rate", estimate_of(rates.normal));
    put(record, "tangent_rate", estimate_of(rates.tangent));
    put(record, "gap", estimate_of(rates.gap));
}

}  // namespace sigmaflow
