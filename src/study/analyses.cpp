#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "choices.hpp"
#include "combinations.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/study/points.hpp"

namespace sigmaflow {
namespace {

/// The analyses of a study under construction, each once.
class AnalysisList {
  public:
    AnalysisList(const Study& study, const PointsCatalog& catalog, const StudyRegistries& registries)
        : combinations_(study),
          table_(study, catalog, registries),
          of_these_rooms_(table_.exclusions().within({"distribution", "analysis"})) {}

    void add_all(const Entry& distribution, const Entry& analysis) {
        const EntryGroup group{&distribution, &analysis};
        const auto dimensions = combinations_.dimensions(group);
        Position position(dimensions);
        do {
            const auto indices = position.indices(group);
            add(table_.at(distribution, indices[0]), table_.at(analysis, indices[1]));
        } while (position.advance());
    }

    [[nodiscard]] std::vector<AnalysisPoint> take() { return std::move(points_); }

  private:
    void add(const SweptChoice& distribution, const SweptChoice& analysis) {
        if (is_excluded(distribution, analysis)) return;
        AnalysisPoint point{hash64(hex(distribution.choice.id) + hex(analysis.choice.id)), distribution.choice,
                            analysis.choice, distribution.axes};
        point.axes.insert(point.axes.end(), analysis.axes.begin(), analysis.axes.end());
        const auto [first, is_new] = seen_.emplace(point.id, analysis.choice.label);
        if (is_new) {
            points_.push_back(std::move(point));
        } else if (first->second != analysis.choice.label) {
            throw InputError(analysis.choice.parameters.where(),
                             "the analyses '" + first->second + "' and '" + analysis.choice.label + "' are equal",
                             "both look at distribution '" + distribution.choice.label + "'",
                             "remove one, or restrict it with distributions = [...]");
        }
    }

    [[nodiscard]] bool is_excluded(const SweptChoice& distribution, const SweptChoice& analysis) const {
        for (std::size_t i = 0; i < of_these_rooms_.size(); ++i) {
            if (of_these_rooms_[i] && distribution.excluded[i] && analysis.excluded[i]) return true;
        }
        return false;
    }

    Combinations combinations_;
    ChoiceTable table_;
    std::vector<bool> of_these_rooms_;
    std::map<std::uint64_t, std::string> seen_;  ///< label of the analysis by id
    std::vector<AnalysisPoint> points_;
};

}  // namespace

std::vector<AnalysisPoint> expand_analyses(const Study& study, const PointsCatalog& catalog,
                                           const StudyRegistries& registries) {
    AnalysisList list(study, catalog, registries);
    for (const auto& distribution : study.distributions) {
        for (const auto& analysis : study.analyses) {
            if (analysis.looks_at(distribution)) list.add_all(distribution, analysis);
        }
    }
    auto points = list.take();
    if (points.empty() && !study.analyses.empty()) {
        throw InputError(Location{study.path, 0, 0}, "every analysis of the study is excluded");
    }
    return points;
}

}  // namespace sigmaflow
