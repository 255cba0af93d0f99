#pragma once
/// \file
/// The analyses of a plan.

#include <map>
#include <memory>

#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// Distributions, each built once, however many points and analyses share it.
class BuiltLaws {
  public:
    explicit BuiltLaws(const PointsCatalog& catalog) : catalog_(&catalog) {}

    [[nodiscard]] std::shared_ptr<const Distribution> at(const Choice& choice) {
        auto& law = laws_[choice.id];
        if (!law) law = build_distribution(choice, *catalog_);
        return law;
    }

  private:
    const PointsCatalog* catalog_;
    std::map<std::uint64_t, std::shared_ptr<const Distribution>> laws_;
};

/// Builds the analyses of a study, groups them by shape and appends their parts to the tasks of `plan`. An InputError
/// says what cannot be done.
void plan_analyses(const Study& study, const PointsCatalog& catalog, BuiltLaws& laws, Plan& plan);

}  // namespace sigmaflow
