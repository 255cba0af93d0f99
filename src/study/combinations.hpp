#pragma once
/// \file
/// How the axes of some objects combine: of one distribution, one schedule and one solver, as a rule.

#include <map>
#include <string>
#include <vector>

#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

using EntryGroup = std::vector<const Entry*>;

/// An axis of one object of a group.
struct AxisPlace {
    std::size_t member = 0;  ///< which of the group
    std::size_t axis = 0;    ///< which of its axes
};

/// Axes that move together: one alone, or those of a zip.
struct SweepDimension {
    std::vector<AxisPlace> axes;
    std::size_t length = 1;
};

class Combinations {
  public:
    explicit Combinations(const Study& study);

    /// The dimensions of the group's product, the slowest first. A zip acts on those of its axes that the group has.
    [[nodiscard]] std::vector<SweepDimension> dimensions(const EntryGroup& group) const;

  private:
    std::map<std::string, std::size_t> zip_of_;  ///< by address
};

/// A place in a product of dimensions, from the first one on, the last dimension fastest.
class Position {
  public:
    explicit Position(const std::vector<SweepDimension>& dimensions)
        : dimensions_(&dimensions), at_(dimensions.size(), 0) {}

    /// Goes on by one. False when all places were visited.
    [[nodiscard]] bool advance();
    /// The indices of the values on the axes of every member.
    [[nodiscard]] std::vector<std::vector<std::size_t>> indices(const EntryGroup& group) const;

  private:
    const std::vector<SweepDimension>* dimensions_;
    std::vector<std::size_t> at_;
};

}  // namespace sigmaflow
