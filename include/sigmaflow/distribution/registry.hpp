#pragma once
/// \file
/// Every kind of distribution with its parameters: what `sigmaflow list distributions` prints.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sigmaflow/core/registry.hpp"
#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// A non-owning table of points from a file: column i is point i. Whoever read it keeps it alive.
struct PointsView {
    const double* values = nullptr;  ///< dim x count, column-major
    int dim = 0;
    std::int64_t count = 0;
    const double* weights = nullptr;      ///< count numbers > 0, or nullptr for equal weights
    std::uint64_t digest = 0;             ///< hash of the contents
    const std::string* labels = nullptr;  ///< count names, or nullptr

    [[nodiscard]] Eigen::Map<const Eigen::MatrixXd> matrix() const { return {values, dim, count}; }
};

/// A table that a distribution wants read: a file and, for HDF5, the dataset inside; and the dataset (HDF5) or column
/// (CSV) of class labels, if any.
struct PointsSource {
    std::string path;
    std::string dataset;
    Location where;
    std::string labels = {};

    [[nodiscard]] std::string key() const { return path + "\n" + dataset + (labels.empty() ? "" : "\n" + labels); }
};

/// The tables that were read, by PointsSource::key().
using PointsCatalog = std::map<std::string, PointsView>;

using DistributionFactory = std::function<std::unique_ptr<Distribution>(const Parameters&, const PointsCatalog&)>;

[[nodiscard]] const Registry<DistributionFactory>& distributions();

/// The table that a `points` distribution with a `file` needs, or none.
[[nodiscard]] std::optional<PointsSource> points_source(const Parameters& parameters);

}  // namespace sigmaflow
