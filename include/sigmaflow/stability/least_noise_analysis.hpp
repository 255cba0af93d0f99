#pragma once
/// \file
/// Kind `least_noise`: the sigma that overfits N draws of a law least.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind least_noise_kind();

/// A part is a training set of its own, the first being that of `memorisation`. Recorded: sigma = argmin KL(p0 ||
/// p_{N,sigma}) with its standard error from the held-out draws, whether it lies inside the searched range, and there
/// the generalisation gap, the Fisher gap, the divergence and the effective number of training points that share an x,
/// with their errors.
class LeastNoiseAnalysis final : public Analysis {
  public:
    explicit LeastNoiseAnalysis(const Parameters& parameters);

    /// It needs ln p_sigma.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return sets_; }
    [[nodiscard]] std::string part_axis() const override { return "set"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    int points_;
    int samples_;
    int sets_;
};

}  // namespace sigmaflow
