#pragma once
/// \file
/// Kind `tree`: the modes carried up the sigma axis into a tree of branches, and their masses from the flow.

#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

[[nodiscard]] Kind tree_kind();

/// Part 0 is the tree: for every mode at sigma_min (a leaf) where its branch splits off, from which one, and where.
/// The other parts are blocks of particles: how many end in which leaf, followed from x0 + sigma_max n down to
/// sigma_min and from there up p_sigma_min. A leaf's mass is its share of all counts; a branch's that of its leaves.
class TreeAnalysis final : public Analysis {
  public:
    explicit TreeAnalysis(const Parameters& parameters);

    /// It needs the covariance of the posterior.
    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return 1 + (particles_ + block_ - 1) / block_; }
    [[nodiscard]] std::string part_axis() const override { return "block"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    void record_tree(const AnalysisSubject& subject, AnalysisRecord& record) const;
    void count_ends(const AnalysisSubject& subject, int first, int count, AnalysisRecord& record) const;

    std::vector<double> ladder_;  ///< ascending
    int leaves_;
    int particles_;
    int block_;
    double tolerance_;
};

}  // namespace sigmaflow
