#pragma once
/// \file
/// The tree of modes: where the modes of p_sigma at the least noise level become one another as sigma grows.

#include <limits>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/stability/gradient_system.hpp"

namespace sigmaflow {

/// A mode at the least sigma and what becomes of it on the way up. Its branch ends where it meets another one.
struct ModeBranch {
    Eigen::VectorXd leaf;  ///< place at the least sigma
    double mass = 0.0;     ///< p_sigma(x) (2 pi sigma^2)^(d/2) / sqrt(det J) there: that of its Gaussian
    /// Where it becomes its parent, to 1e-9 of itself; NaN for a branch that never does.
    double splitting_sigma = std::numeric_limits<double>::quiet_NaN();
    int parent = -1;          ///< the branch that it becomes; -1 for one that never does
    Eigen::VectorXd split_x;  ///< its last place, just below splitting_sigma
    bool is_lost = false;     ///< its ascent did not converge somewhere: nothing is known above
};

/// The modes of p_sigma, sigma > 0, that ascents from the components of the law and from draws of x0 find: by falling
/// mass, equal ones (to 1e-6) by their coordinates, so that the order depends on nothing else. Modes that are part of
/// a continuum are left out.
[[nodiscard]] std::vector<ModeBranch> find_modes(const Distribution& law, double sigma, const StreamKey& key);

/// Carries modes up `ladder` (ascending; the modes are those at its first sigma): at every step each is the start of an
/// ascent. Where ascents end in one mode, the sigma of their meeting is bisected to 1e-9 of itself; meetings that are
/// no further apart are one. The branch that moves on through the
/// meeting keeps its name; where all jump or meet alike (a symmetric pitchfork), the one that holds more mass with all
/// that has joined it, or the first one of equals. Work: ladder x modes x some 4 evaluations with C, and 40 x that per
/// meeting.
[[nodiscard]] std::vector<ModeBranch> grow_mode_tree(const Distribution& law, std::vector<ModeBranch> modes,
                                                     const std::vector<double>& ladder);

/// Which mode an ascent from a place ends in.
class ModeLabels {
  public:
    static constexpr int kNone = -1;

    /// The law must outlive this.
    ModeLabels(const Distribution& law, double sigma, const std::vector<ModeBranch>& modes);
    /// The numbers of the modes of the columns of x (d x n); kNone for columns that are not finite, whose ascent does
    /// not converge or ends elsewhere.
    [[nodiscard]] std::vector<int> of(const Eigen::MatrixXd& x);

  private:
    FrozenFlow flow_;
    double sigma_;
    Eigen::MatrixXd leaves_;
};

}  // namespace sigmaflow
