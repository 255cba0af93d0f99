#pragma once
/// \file
/// The analysis `relaxation`: how fast the flow approaches the data's surface and how fast it moves along it.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

/// Eigenvalues of J at draws of p_sigma are rates in ln sigma: distances along an eigenvector shrink as sigma^mu. Those
/// of at least 1/2 are normal (they tend to 1 at a surface), the others tangent (to 0). Part = a level.
class RelaxationAnalysis : public Analysis {
  public:
    explicit RelaxationAnalysis(const Parameters& parameters);

    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return static_cast<int>(sigma_.size()); }
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> sigma_;
    int samples_;
};
[[nodiscard]] Kind relaxation_kind();

}  // namespace sigmaflow
