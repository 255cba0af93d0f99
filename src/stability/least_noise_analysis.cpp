#include "sigmaflow/stability/least_noise_analysis.hpp"

#include "analysis_fields.hpp"
#include "sigmaflow/stability/memorisation.hpp"

namespace sigmaflow {

Kind least_noise_kind() {
    return {"least_noise",
            "the sigma that overfits N draws least, argmin KL(p0 || p_{N,sigma}), and the gaps there",
            {training_parameter(),
             samples_parameter(1024, "held-out draws"),
             {.name = "sets",
              .type = Type::integer,
              .fallback = Value(1),
              .meaning = "training sets, each a part of its own",
              .least = 1,
              .most = 100'000}}};
}

LeastNoiseAnalysis::LeastNoiseAnalysis(const Parameters& parameters)
    : points_(static_cast<int>(parameters.integer("points"))),
      samples_(static_cast<int>(parameters.integer("samples"))),
      sets_(static_cast<int>(parameters.integer("sets"))) {}

std::string LeastNoiseAnalysis::mismatch(const Distribution& distribution) const {
    return density_mismatch(distribution);
}

std::vector<RecordField> LeastNoiseAnalysis::fields(const Distribution&) const {
    std::vector<RecordField> out;
    add_estimate(out, "sigma", "data", "argmin KL(p0 || p_{N,sigma})");
    out.push_back(flag_field("inside", "whether it lies inside the searched range", {"no", "yes"}));
    add_estimate(out, "held_out", "nat", "E ln p_{N,sigma}(x0) over held-out x0 there");
    add_estimate(out, "gap", "nat", "mean of ln p_{N,sigma} over the training points less held_out there");
    add_estimate(out, "fisher", "data^-2", "E |score of p_sigma - score of p_{N,sigma}|^2 there");
    add_estimate(out, "divergence", "nat", "KL(p_sigma || p_{N,sigma}) there");
    add_estimate(out, "effective_number", "1", "training points that share an x there");
    return out;
}

/// 43 levels of a search, 30 bisections.
Work LeastNoiseAnalysis::cost(const Distribution& distribution, int) const {
    return training_set_cost(distribution.dim(), points_, 80.0 * samples_);
}

void LeastNoiseAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    Memorisation memory(subject.distribution, subject.key, points_, samples_, part);
    const LeastNoise found = memory.least_noise();
    const MemorisationLevel level = memory.at(found.sigma);
    put(record, "sigma", MeanEstimate{found.sigma, found.error});
    record.integers("inside")[0] = found.inside ? 1 : 0;
    put(record, "held_out", level.held_out);
    put(record, "gap", level.gap);
    put(record, "fisher", level.fisher);
    put(record, "divergence", level.divergence);
    put(record, "effective_number", level.effective_number);
}

}  // namespace sigmaflow
