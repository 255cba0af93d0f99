#pragma once
/// \file
/// Gaussian mixtures of fewer components: how many Gaussians does p_sigma need?

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

/// Merges components two at a time, keeping moments, until `count` are left: always the pair whose merging raises the
/// bound (1/2) [w ln det P - w_i ln det P_i - w_j ln det P_j] on the divergence least (Runnalls 2007), P_k = S_k +
/// sigma^2 I. Merging commutes with adding noise: the result at sigma approximates the law at sigma. Work: O(K^2 d^3).
class MixtureReduction {
  public:
    MixtureReduction(const MixtureLaw& law, double sigma);
    ~MixtureReduction();
    MixtureReduction(MixtureReduction&&) noexcept;

    [[nodiscard]] int size() const;
    /// Merges the cheapest pair; size() > 1.
    void merge_once();
    /// The components that are left, as a law of x0.
    [[nodiscard]] MixtureLaw law() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The divergence KL(p_sigma || q) of the best such mixtures q of 1, 2, .. components. Part = a level.
class ApproximationAnalysis : public Analysis {
  public:
    explicit ApproximationAnalysis(const Parameters& parameters);

    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return static_cast<int>(sigma_.size()); }
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

    /// More components than that are not merged.
    static constexpr int kMostComponents = 512;

  private:
    std::vector<double> sigma_;
    int samples_;
    int components_;
    double tolerance_;
};
[[nodiscard]] Kind approximation_kind();

}  // namespace sigmaflow
