#pragma once
/// \file
/// Kind `class_tree`: when the classes of a labelled law part, in independent sets of particles.

#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind class_tree_kind();

/// A part is a set of particles of its own (the halves of all particles, by default), with errors from within it:
/// that sets agree within them is then a test. Recorded: commitment of every pair of classes against sigma, their
/// splitting sigmas, and the tree by average linkage.
class ClassTreeAnalysis final : public Analysis {
  public:
    static constexpr int kMostClasses = 64;

    explicit ClassTreeAnalysis(const Parameters& parameters);

    /// It needs class labels or Gaussian components, 2 to 64 of them.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return sets_; }
    [[nodiscard]] std::string part_axis() const override { return "set"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> levels_;
    int sets_;
    int particles_;
    double tolerance_;
};

}  // namespace sigmaflow
