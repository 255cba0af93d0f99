#pragma once
/// \file
/// Classes of points: what a labelled data set knows beyond positions.

#include <Eigen/Core>
#include <string>
#include <vector>

namespace sigmaflow {

/// The class of every point (or component) of a law.
struct Labels {
    std::vector<std::string> classes;  ///< names, ascending: as numbers if all are integers, else as text
    std::vector<int> of_point;         ///< index into classes

    [[nodiscard]] bool empty() const { return of_point.empty(); }
    [[nodiscard]] int class_count() const { return static_cast<int>(classes.size()); }
};

/// One name per point.
[[nodiscard]] Labels labels_from(const std::vector<std::string>& names);
/// The labels of some of the points; the classes stay as they are, even if one has no point left.
[[nodiscard]] Labels chosen_labels(const Labels& labels, const std::vector<Eigen::Index>& points);

/// Only the wanted classes, in the same order; points of the others get the index -1.
[[nodiscard]] Labels restricted_labels(const Labels& labels, const std::vector<bool>& wanted);

/// Weighted points with their labels, if they have any.
struct PointSet {
    Eigen::MatrixXd points;   ///< d x n, one per column
    Eigen::VectorXd weights;  ///< n positive numbers, any sum
    Labels labels;            ///< empty, or one per point
};

}  // namespace sigmaflow
