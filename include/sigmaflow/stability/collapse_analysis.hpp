#pragma once
/// \file
/// Kind `collapse`: the sigma below which a number of draws of a law are told apart.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind collapse_kind();

/// A part is a definition of ln N = I: by the information within the components alone (`one_cluster`, the formula for
/// one Gaussian; NaN for laws that are no Gaussian mixture, 0 for points), and by the law's own (`law`). Recorded: the
/// definition, sigma, its standard error and the OU time.
class CollapseAnalysis final : public Analysis {
  public:
    explicit CollapseAnalysis(const Parameters& parameters);

    /// It needs ln p_sigma.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return 2; }
    [[nodiscard]] std::string part_axis() const override { return "part"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    double points_;
    int samples_;
};

}  // namespace sigmaflow
