#pragma once
/// \file
/// The analyses `modes` and `branches`: stationary points of p_sigma at given levels, and their bifurcation diagram.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

/// Part = a level of sigma: every stationary point there, up to a capacity.
class ModesAnalysis : public Analysis {
  public:
    explicit ModesAnalysis(const Parameters& parameters);

    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return static_cast<int>(sigma_.size()); }
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> sigma_;
    int capacity_;
};
[[nodiscard]] Kind modes_kind();

/// One part: special points and branches, up to capacities.
class BranchesAnalysis : public Analysis {
  public:
    explicit BranchesAnalysis(const Parameters& parameters);

    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return 1; }
    [[nodiscard]] std::string part_axis() const override { return "diagram"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    double sigma_min_;
    double sigma_max_;
    int special_points_;
    int branches_;
    int points_;
};
[[nodiscard]] Kind branches_kind();

}  // namespace sigmaflow
