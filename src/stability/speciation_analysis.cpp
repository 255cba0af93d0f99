#include "sigmaflow/stability/speciation_analysis.hpp"

#include <array>
#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/commitment.hpp"

namespace sigmaflow {
namespace {

const std::vector<std::string>& definitions() {
    static const std::vector<std::string> names{"canonical", "reverse_vp_sde", "vp_flow", "between_components",
                                                "covariance"};
    return names;
}

constexpr std::array kFrames{SpeciationFrame::canonical, SpeciationFrame::reverse_vp_sde, SpeciationFrame::vp_flow};

struct Threshold {
    double sigma;
    double variance;
};

Threshold threshold(const Distribution& law, int part, CentreRule rule) {
    const auto index = static_cast<std::size_t>(part);
    if (index < kFrames.size()) {
        const SpeciationPoint point = speciation(law, kFrames[index], rule);
        return {point.sigma, point.variance};
    }
    const double variance = index == kFrames.size() ? top_between_covariance(law) : top_covariance(law);
    return {std::isnan(variance) ? kNotKnown : biroli_sigma(variance), variance};
}

}  // namespace

Kind speciation_kind() {
    return {"speciation",
            "the sigma at which generation first has to choose, by every definition in use, and the commitment there",
            {{.name = "centre",
              .type = Type::text,
              .fallback = Value("stationary"),
              .meaning = "stationary: the mode from which all others part; mean: E[x0] at every sigma",
              .allowed = {"stationary", "mean"}},
             samples_parameter(4096, "draws x0 + sigma n for the commitment")}};
}

SpeciationAnalysis::SpeciationAnalysis(const Parameters& parameters)
    : rule_(parameters.text("centre") == "mean" ? CentreRule::mean : CentreRule::stationary),
      samples_(static_cast<int>(parameters.integer("samples"))) {}

std::string SpeciationAnalysis::mismatch(const Distribution& distribution) const {
    return distribution.posterior().has_mean_derivatives() ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> SpeciationAnalysis::fields(const Distribution&) const {
    std::vector<RecordField> out{
        flag_field("definition", "what counts as speciation", definitions()),
        real_field("sigma", "data", "where it happens; NaN: never; infinite: unstable at every sigma"),
        real_field("ou_time", "1", "ln(1 + sigma^2)/2"),
        real_field("variance", "data^2", "top eigenvalue of Cov[x0|x] at the centre there, or of the covariance")};
    add_estimate(out, "commitment", "1", "E sum_k P(k|x)^2 there");
    out.push_back(real_field("commitment_exact", "1", "the same by quadrature, for collinear mixtures"));
    return out;
}

int SpeciationAnalysis::parts(const Distribution&) const { return static_cast<int>(definitions().size()); }

Work SpeciationAnalysis::cost(const Distribution& distribution, int part) const {
    const Denoiser& denoiser = distribution.posterior();
    const double dim = denoiser.dim();
    Work work = denoiser.cost({}, kTileWidth).times(samples_ / static_cast<double>(kTileWidth));
    work += drawing_cost(denoiser.dim(), samples_);
    if (static_cast<std::size_t>(part) >= kFrames.size()) return work += Work{4.0 * dim * dim, 0.0};
    // About 250 spectra on the way down; beyond 32 dimensions a Krylov space of two blocks is made orthonormal in each.
    Work spectrum = denoiser.mean_derivatives_cost({}, 1, kTileWidth);
    if (dim > kTileWidth) spectrum = spectrum.times(2.0) += Work{6e4 * dim, 0.0};
    return work += spectrum.times(250.0);
}

void SpeciationAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const Distribution& law = subject.distribution;
    const auto [sigma, variance] = threshold(law, part, rule_);
    record.integers("definition")[0] = part;
    put(record, "sigma", sigma);
    put(record, "ou_time", ou_time(sigma));
    put(record, "variance", variance);
    if (!std::isfinite(sigma) || !(sigma > 0.0) || !ClassPosterior::mismatch(law).empty()) return;
    Commitment commitment(law, subject.key, samples_);
    put(record, "commitment", commitment(sigma));
    put(record, "commitment_exact", commitment.exact(sigma));
}

}  // namespace sigmaflow
