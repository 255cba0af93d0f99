#pragma once
/// \file
/// The combinations of one entry's axes, each made once and shared by all points on it.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exclusions.hpp"
#include "sigmaflow/study/points.hpp"

namespace sigmaflow {

/// Fixes the axes of an entry at the values with these indices.
[[nodiscard]] Choice make_choice(const Entry& entry, const std::vector<std::size_t>& indices,
                                 const PointsCatalog& catalog, const StudyRegistries& registries);

/// A choice with what every point on it takes over.
struct SweptChoice {
    Choice choice;
    std::vector<std::pair<std::string, Value>> axes;
    std::vector<bool> excluded;  ///< by every exclusion, as far as it concerns this choice
};

class ChoiceTable {
  public:
    ChoiceTable(const Study& study, const PointsCatalog& catalog, const StudyRegistries& registries);

    /// The choice of an entry at the values with these indices; stays where it is.
    [[nodiscard]] const SweptChoice& at(const Entry& entry, const std::vector<std::size_t>& indices);
    [[nodiscard]] const Exclusions& exclusions() const { return exclusions_; }

  private:
    const PointsCatalog* catalog_;
    const StudyRegistries* registries_;
    Exclusions exclusions_;
    std::map<std::pair<const Entry*, std::vector<std::size_t>>, SweptChoice> made_;
};

}  // namespace sigmaflow
