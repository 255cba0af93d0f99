#pragma once
/// \file
/// Which points a study leaves out.

#include <set>
#include <string>
#include <vector>

#include "address.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// Judges one exclusion: its addresses exist, and each of its values is one that some object has; otherwise it could
/// only be a slip of the pen. Addresses in `overridden` may have any value.
void check_exclusion(const Exclusion& exclusion, const Study& study, const StudyRegistries& registries,
                     const std::set<std::string>& overridden);

/// The exclusions of a study, ready to be asked of many objects.
class Exclusions {
  public:
    Exclusions(const Study& study, const StudyRegistries& registries);

    /// Of every exclusion, whether all its addresses of the object's room match. A point is left out if one exclusion
    /// matches all its objects and speaks of no other room.
    [[nodiscard]] std::vector<bool> matches(const Entry& entry, const Parameters& parameters) const;
    /// Of every exclusion, whether all its addresses are of these rooms.
    [[nodiscard]] std::vector<bool> within(const std::vector<std::string>& rooms) const;

  private:
    struct Term {
        Address address;
        Value value;
    };
    std::vector<std::vector<Term>> exclusions_;
    const StudyRegistries* registries_;
};

}  // namespace sigmaflow
