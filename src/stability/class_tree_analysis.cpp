#include "sigmaflow/stability/class_tree_analysis.hpp"

#include "analysis_fields.hpp"
#include "sigmaflow/stability/class_posterior.hpp"
#include "sigmaflow/stability/class_tree.hpp"
#include "sigmaflow/stability/flow_descent.hpp"
#include "sigmaflow/stability/levels.hpp"

namespace sigmaflow {
namespace {

RecordField along(std::vector<RecordAxis> axes, RecordField field) {
    field.axes = std::move(axes);
    return field;
}

void record_pairs(const PairCommitments& pairs, AnalysisRecord& record) {
    const auto levels = static_cast<int>(pairs.levels().size());
    const int classes = pairs.classes();
    const auto all = static_cast<std::size_t>(PairCommitments::pairs(classes));
    for (int a = 0; a < classes; ++a) {
        record.integers("ends")[static_cast<std::size_t>(a)] = pairs.ends(a);
        for (int b = a + 1; b < classes; ++b) {
            const int p = pairs.pair(a, b);
            const auto at = static_cast<std::size_t>(p);
            record.integers("first")[at] = a;
            record.integers("second")[at] = b;
            const MeanEstimate sigma = pairs.splitting_estimate(p);
            record.reals("splitting_sigma")[at] = sigma.mean;
            record.reals("splitting_sigma_error")[at] = sigma.error;
            for (int i = 0; i < levels; ++i) {
                record.reals("commitment")[static_cast<std::size_t>(i) * all + at] = pairs.commitment(p, i);
            }
        }
    }
}

void record_merges(const std::vector<ClassMerge>& merges, AnalysisRecord& record) {
    for (std::size_t i = 0; i < merges.size(); ++i) {
        record.integers("merge_first")[i] = merges[i].first;
        record.integers("merge_second")[i] = merges[i].second;
        record.reals("merge_sigma")[i] = merges[i].sigma.mean;
        record.reals("merge_sigma_error")[i] = merges[i].sigma.error;
    }
}

}  // namespace

Kind class_tree_kind() {
    Kind kind{"class_tree", "when classes part: pair commitment against sigma, splitting sigma of every pair, tree",
              level_parameters()};
    kind.parameters.push_back(samples_parameter(1024, "particles of a set that follow the flow down"));
    kind.parameters.push_back({.name = "sets",
                               .type = Type::integer,
                               .fallback = 2,
                               .meaning = "independent sets of particles",
                               .least = 1,
                               .most = 1000});
    kind.parameters.push_back(tolerance_parameter(1e-4));
    return kind;
}

ClassTreeAnalysis::ClassTreeAnalysis(const Parameters& parameters)
    : levels_(log_levels(parameters)),
      sets_(static_cast<int>(parameters.integer("sets"))),
      particles_(static_cast<int>(parameters.integer("samples"))),
      tolerance_(parameters.real("tolerance")) {}

std::string ClassTreeAnalysis::mismatch(const Distribution& distribution) const {
    const std::string why = ClassPosterior::mismatch(distribution);
    if (!why.empty()) return why;
    const int classes = ClassPosterior(distribution).count();
    if (classes < 2) return "the law has a single class";
    if (classes > kMostClasses) return "the law has more than 64 classes";
    return "";
}

std::vector<RecordField> ClassTreeAnalysis::fields(const Distribution& distribution) const {
    const int classes = ClassPosterior(distribution).count();
    const RecordAxis level{"level", static_cast<int>(levels_.size())};
    const RecordAxis pair{"pair", PairCommitments::pairs(classes)};
    const RecordAxis merge{"merge", classes - 1};
    return {along({level}, real_field("level_sigma", "data", "noise levels")),
            whole_field("failed", "particles that the solver lost"),
            whole_field("ends", "particles that end in a class", {{"class", classes}}),
            whole_field("first", "a class of the pair", {pair}),
            whole_field("second", "the other one", {pair}),
            along({level, pair}, real_field("commitment", "1", "E (P_a^2 + P_b^2)/(P_a + P_b)^2 over ends in a or b")),
            along({pair}, real_field("splitting_sigma", "data", "where that passes 0.7752002453966636")),
            along({pair}, real_field("splitting_sigma_error", "data", "standard error of splitting_sigma")),
            whole_field("merge_first", "a group that joins, from the leaves up: class, or classes + earlier merge",
                        {merge}),
            whole_field("merge_second", "the other one", {merge}),
            along({merge}, real_field("merge_sigma", "data", "geometric mean of splitting_sigma over their pairs")),
            along({merge}, real_field("merge_sigma_error", "data", "standard error of merge_sigma"))};
}

Work ClassTreeAnalysis::cost(const Distribution& distribution, int) const {
    Work work = FlowDescent::cost(distribution, tolerance_, levels_);
    work += distribution.posterior().cost({}, kTileWidth).times(static_cast<double>(levels_.size()));
    return work.times(particles_ / static_cast<double>(kTileWidth));
}

void ClassTreeAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    std::int64_t lost = 0;
    const auto pairs = follow_classes(subject.distribution, subject.key, levels_, tolerance_,
                                      std::int64_t{part} * particles_, particles_, lost);
    std::copy(levels_.begin(), levels_.end(), record.reals("level_sigma").begin());
    record.integers("failed")[0] = lost;
    record_pairs(pairs, record);
    record_merges(class_tree(pairs), record);
}

}  // namespace sigmaflow
