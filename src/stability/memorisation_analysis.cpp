#include "sigmaflow/stability/memorisation_analysis.hpp"

#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/information_curve.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/memorisation.hpp"

namespace sigmaflow {

Kind memorisation_kind() {
    Kind kind{
        "memorisation",
        "the law of N draws against the true one: divergence, gap, effective number, excess entropy against sigma",
        level_parameters()};
    kind.parameters.push_back(training_parameter());
    kind.parameters.push_back(samples_parameter(1024, "held-out draws at each level"));
    return kind;
}

MemorisationAnalysis::MemorisationAnalysis(const Parameters& parameters)
    : levels_(log_levels(parameters)),
      points_(static_cast<int>(parameters.integer("points"))),
      samples_(static_cast<int>(parameters.integer("samples"))) {}

std::string MemorisationAnalysis::mismatch(const Distribution& distribution) const {
    return density_mismatch(distribution);
}

std::vector<RecordField> MemorisationAnalysis::fields(const Distribution&) const {
    std::vector<RecordField> out{real_field("sigma", "data", "noise level")};
    add_estimate(out, "divergence", "nat", "KL(p_sigma || p_{N,sigma})");
    add_estimate(out, "fisher", "data^-2", "E |score of p_sigma - score of p_{N,sigma}|^2 over p_sigma");
    add_estimate(out, "held_out", "nat", "E ln p_{N,sigma}(x0) over held-out x0");
    add_estimate(out, "gap", "nat", "mean of ln p_{N,sigma} over the training points less held_out");
    add_estimate(out, "weight_entropy", "nat", "entropy of the posterior weights over p_{N,sigma}");
    add_estimate(out, "effective_number", "1", "exp of weight_entropy: training points that share an x");
    add_estimate(out, "max_weight", "1", "largest posterior weight over p_{N,sigma}");
    add_estimate(out, "information", "nat", "I(x0; x_sigma) of the true law");
    add_estimate(out, "excess_entropy", "1", "1 - information/ln N");
    return out;
}

int MemorisationAnalysis::parts(const Distribution&) const { return static_cast<int>(levels_.size()); }

Work MemorisationAnalysis::cost(const Distribution& distribution, int) const {
    Work work = training_set_cost(distribution.dim(), points_, 2.0 * samples_ + 2.0 * samples_);
    work += distribution.posterior().cost({.log_density = true}, kTileWidth).times(2.0 * samples_ / kTileWidth);
    return work;
}

void MemorisationAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    const double sigma = levels_.at(static_cast<std::size_t>(part));
    Memorisation memory(subject.distribution, subject.key, points_, samples_);
    const MemorisationLevel level = memory.at(sigma);
    put(record, "sigma", sigma);
    put(record, "divergence", level.divergence);
    put(record, "fisher", level.fisher);
    put(record, "held_out", level.held_out);
    put(record, "gap", level.gap);
    put(record, "weight_entropy", level.weight_entropy);
    put(record, "effective_number", level.effective_number);
    put(record, "max_weight", level.max_weight);
    MeanEstimate information = InformationCurve(subject.distribution, subject.key, samples_)(sigma);
    put(record, "information", information);
    const double all = std::log(points_);
    put(record, "excess_entropy", MeanEstimate{1.0 - information.mean / all, information.error / all});
}

}  // namespace sigmaflow
