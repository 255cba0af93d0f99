#include "sigmaflow/stability/commitment_analysis.hpp"

#include "analysis_fields.hpp"
#include "sigmaflow/stability/commitment.hpp"
#include "sigmaflow/stability/levels.hpp"

namespace sigmaflow {

Kind commitment_kind() {
    Kind kind{"commitment", "E sum_k P(k|x)^2 over classes or components against sigma", level_parameters()};
    kind.parameters.push_back(samples_parameter(4096, "draws x0 + sigma n at each level"));
    return kind;
}

CommitmentAnalysis::CommitmentAnalysis(const Parameters& parameters)
    : levels_(log_levels(parameters)), samples_(static_cast<int>(parameters.integer("samples"))) {}

std::string CommitmentAnalysis::mismatch(const Distribution& distribution) const {
    return ClassPosterior::mismatch(distribution);
}

std::vector<RecordField> CommitmentAnalysis::fields(const Distribution&) const {
    std::vector<RecordField> out{real_field("sigma", "data", "noise level")};
    add_estimate(out, "commitment", "1", "E sum_k P(k|x)^2");
    out.push_back(real_field("commitment_exact", "1", "the same by quadrature, for collinear mixtures"));
    return out;
}

int CommitmentAnalysis::parts(const Distribution&) const { return static_cast<int>(levels_.size()); }

Work CommitmentAnalysis::cost(const Distribution& distribution, int) const {
    Work work = distribution.posterior().cost({}, kTileWidth).times(samples_ / static_cast<double>(kTileWidth));
    return work += drawing_cost(distribution.dim(), samples_);
}

void CommitmentAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = levels_.at(static_cast<std::size_t>(part));
    Commitment commitment(subject.distribution, subject.key, samples_);
    put(record, "sigma", sigma);
    put(record, "commitment", commitment(sigma));
    put(record, "commitment_exact", commitment.exact(sigma));
}

}  // namespace sigmaflow
