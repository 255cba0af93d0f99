#pragma once
/// \file
/// When the classes of a labelled law part along the probability flow.

#include <Eigen/Core>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/stability/mean_estimate.hpp"

namespace sigmaflow {

/// Commitment of two equal Gaussians, E(P_1^2 + P_2^2), where their centre loses its stability: integral of
/// (1 + tanh^2(1 + z))/2 over N(0, 1).
inline constexpr double kPitchforkCommitment = 0.7752002453966636;

/// Mean commitment of every pair of classes at every level, in blocks for errors.
class PairCommitments {
  public:
    /// Blocks whose scatter gives the errors.
    static constexpr int kBlocks = 16;

    PairCommitments(int classes, std::vector<double> levels);

    [[nodiscard]] static int pairs(int classes) { return classes * (classes - 1) / 2; }
    /// Number of the pair (a, b), a < b: (0, 1), (0, 2) .. (1, 2) ..
    [[nodiscard]] int pair(int a, int b) const;
    [[nodiscard]] int classes() const { return classes_; }
    [[nodiscard]] const std::vector<double>& levels() const { return levels_; }

    /// A particle that ends in class `end`: P(k | x) at every level (K x levels). Particles are dealt to the blocks in
    /// turn by `particle`.
    void add(std::int64_t particle, int end, const Eigen::Ref<const Eigen::MatrixXd>& probabilities);

    /// E (P_a^2 + P_b^2)/(P_a + P_b)^2 over the particles that end in a or b; NaN without any.
    [[nodiscard]] double commitment(int pair, int level) const;
    [[nodiscard]] std::int64_t ends(int k) const;
    /// Where the commitment first passes kPitchforkCommitment on the way down, linear in ln sigma between levels: the
    /// first level if it is passed there already, the last one if it never is. Leaves a block out, if one is named.
    [[nodiscard]] double splitting_sigma(int pair, int without_block = -1) const;
    /// Whether it is passed between the first level and the last one.
    [[nodiscard]] bool splits(int pair) const;
    /// splitting_sigma with its error by the jackknife over blocks (Efron and Tibshirani 1993, chapter 11); NaN for
    /// pairs that do not split between the levels.
    [[nodiscard]] MeanEstimate splitting_estimate(int pair) const;

  private:
    [[nodiscard]] double mean(int pair, int level, int without_block) const;

    int classes_;
    std::vector<double> levels_;
    Eigen::MatrixXd sums_[kBlocks];  ///< pairs x levels
    Eigen::VectorXd counts_[kBlocks];
    std::vector<std::int64_t> ends_;
};

/// A step of the tree of classes, from the leaves: two groups become one. As in scipy.cluster.hierarchy, 0 .. K - 1 are
/// the classes and K + i is what step i made.
struct ClassMerge {
    int first = 0;
    int second = 0;
    MeanEstimate sigma;
};

/// Joins the two groups of classes that part last, again and again: average linkage (Sokal and Michener 1958) of
/// ln splitting_sigma. K - 1 steps of rising sigma; errors by the jackknife over blocks, the groups being held.
[[nodiscard]] std::vector<ClassMerge> class_tree(const PairCommitments& pairs);

/// Takes the particles first .. first + count - 1, x0 + sigma n at the first level, down the flow; the class of a
/// particle is the most probable one at the last level. Returns what they say; `lost` counts particles that did not
/// arrive. The law must have classes (ClassPosterior).
[[nodiscard]] PairCommitments follow_classes(const Distribution& law, const StreamKey& key,
                                             const std::vector<double>& levels, double tolerance, std::int64_t first,
                                             int count, std::int64_t& lost);

}  // namespace sigmaflow
