#pragma once
/// \file
/// Kind `commitment`: how far a noisy x has decided which class it will become, against sigma.

#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind commitment_kind();

/// A part is a noise level. Recorded: sigma, phi = E sum_k P(k|x)^2 from draws with its standard error, and exactly
/// (NaN for laws that are no collinear mixture).
class CommitmentAnalysis final : public Analysis {
  public:
    explicit CommitmentAnalysis(const Parameters& parameters);

    /// It needs class labels or Gaussian components.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution& distribution) const override;
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> levels_;
    int samples_;
};

}  // namespace sigmaflow
