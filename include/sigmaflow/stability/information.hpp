#pragma once
/// \file
/// Kind `information`: what x says about x0 at every noise level, averaged over draws x = x0 + sigma n.

#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind information_kind();

/// A part is a noise level. The draws (x0, n) of all levels are the same, those of the solvers' exact start. Recorded,
/// each with its standard error `NAME_error` (docs/theory.md, section 5; C, m, J at (x, sigma) unless said otherwise):
/// - mmse: E tr C;
/// - local_dimension: E tr C / sigma^2 = d - E tr J;
/// - flipd: E (tr C + |y - m|^2) / sigma^2 at y = x0, a point of the data, which is d + d ln p_sigma/d ln sigma there
///   (Kamkari et al. 2024). At y = x its expectation would be d for every law;
/// - mutual_information: I(x0; x) = -E ln p_sigma(x) - (d/2) ln(2 pi e sigma^2), with the control |n|^2 / 2, whose
///   expectation is d/2;
/// - entropy, effective_number: E H and E exp H of the posterior weights, for laws that have weights;
/// - heat_capacity: E Var(|x - x0|^2 / (2 sigma^2) given x), for laws with contracted moments;
/// - branching_directions: mean number of negative eigenvalues of J, unless `spectrum` is false.
class InformationAnalysis final : public Analysis {
  public:
    explicit InformationAnalysis(const Parameters& parameters);

    /// It needs ln p_sigma and tr C, and C for the spectrum.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution& distribution) const override;
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> levels_;
    std::int64_t samples_;
    bool spectrum_;
};

}  // namespace sigmaflow
