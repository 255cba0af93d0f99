#include "sigmaflow/stability/collapse_analysis.hpp"

#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/class_posterior.hpp"
#include "sigmaflow/stability/information_curve.hpp"
#include "sigmaflow/stability/speciation.hpp"

namespace sigmaflow {

Kind collapse_kind() {
    return {"collapse",
            "the sigma below which N draws are told apart, ln N = I, by one cluster and by the law itself",
            {training_parameter(), samples_parameter(4096, "draws x0 + sigma n where I has no closed form")}};
}

CollapseAnalysis::CollapseAnalysis(const Parameters& parameters)
    : points_(static_cast<double>(parameters.integer("points"))),
      samples_(static_cast<int>(parameters.integer("samples"))) {}

std::string CollapseAnalysis::mismatch(const Distribution& distribution) const {
    return density_mismatch(distribution);
}

std::vector<RecordField> CollapseAnalysis::fields(const Distribution&) const {
    return {flag_field("definition", "whose information I is", {"one_cluster", "law"}),
            real_field("sigma", "data", "where ln N = I(x0; x_sigma); NaN if I never reaches it"),
            real_field("sigma_error", "data", "standard error of sigma"),
            real_field("ou_time", "1", "ln(1 + sigma^2)/2")};
}

Work CollapseAnalysis::cost(const Distribution& distribution, int part) const {
    const auto mixture = distribution.mixture(ClassPosterior::kMostComponents);
    const double dim = distribution.dim();
    const bool is_known = distribution.gaussian() != nullptr || (mixture && collinear_mixture(*mixture));
    if (part == 0 || is_known) return {1e5 + 4.0 * dim * dim, 1e4};
    const Needs needs{.log_density = true, .entropy = distribution.posterior().capabilities().entropy};
    return distribution.posterior().cost(needs, kTileWidth).times(60.0 * samples_ / kTileWidth);
}

void CollapseAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const Distribution& law = subject.distribution;
    InformationCurve curve(law, subject.key, samples_);
    const double width = std::sqrt(law.moments().covariance.trace());
    const Collapse found =
        part == 0 ? within_collapse(curve, std::log(points_), width) : collapse_point(curve, std::log(points_), width);
    record.integers("definition")[0] = part;
    put(record, "sigma", MeanEstimate{found.sigma, found.error});
    put(record, "ou_time", ou_time(found.sigma));
}

}  // namespace sigmaflow
