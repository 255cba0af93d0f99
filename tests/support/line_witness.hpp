#pragma once
/// \file
/// Folds of weighted points on the line in 50 digits, by Newton's method on closed formulas: for
/// tests/stability. Nothing here is shared with src.

#include <optional>
#include <vector>

namespace sigmaflow::witness {

struct LineAtoms {
    std::vector<double> places;
    std::vector<double> weights;
};

struct LineFold {
    double x = 0.0;
    double tau = 0.0;
};

/// x = m and Var[x0|x] = sigma^2, from a guess; nothing if Newton's method goes away from it.
[[nodiscard]] std::optional<LineFold> line_fold(const LineAtoms& atoms, double x, double tau);

/// All folds of sigma in a range: sign changes of p' are counted at places even in x, changes of the count are
/// bracketed to 1e-4 in tau and refined in 50 digits.
[[nodiscard]] std::vector<LineFold> all_line_folds(const LineAtoms& atoms, double sigma_min, double sigma_max);

}  // namespace sigmaflow::witness
