#pragma once
/// \file
/// Kind `speciation`: the sigma at which the generation of a law first has to choose, by every definition in use.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"
#include "sigmaflow/stability/speciation.hpp"

namespace sigmaflow {

[[nodiscard]] Kind speciation_kind();

/// A part is a definition (docs/theory.md, section 7): canonical, reverse_vp_sde, vp_flow, between_components and
/// covariance, the last two being Biroli et al.'s with the variance between the components and the whole one. Recorded:
/// the definition, its sigma (NaN: never; infinite: unstable at every sigma) and OU time, the variance that decides,
/// and the commitment there for laws with classes, by draws with its standard error, and exactly where it is known.
class SpeciationAnalysis final : public Analysis {
  public:
    explicit SpeciationAnalysis(const Parameters& parameters);

    /// It needs products with C.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution& distribution) const override;
    [[nodiscard]] std::string part_axis() const override { return "part"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    CentreRule rule_;
    int samples_;
};

}  // namespace sigmaflow
