#pragma once
/// \file
/// Kind `memorisation`: the law that N draws leave against the true law, against sigma.

#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind memorisation_kind();

/// A part is a noise level. Recorded, with standard errors `NAME_error` of the draws given the training set: all of
/// MemorisationLevel, the information I(x0; x_sigma) of the true law and its excess entropy 1 - I/ln N.
class MemorisationAnalysis final : public Analysis {
  public:
    explicit MemorisationAnalysis(const Parameters& parameters);

    /// It needs ln p_sigma.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution& distribution) const override;
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> levels_;
    int points_;
    int samples_;
};

}  // namespace sigmaflow
