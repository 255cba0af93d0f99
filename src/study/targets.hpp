#pragma once
/// \file
/// What an address in [sweep] points at.

#include <vector>

#include "address.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

struct Target {
    const Entry* entry = nullptr;
    const Kind* kind = nullptr;
    const Parameter* parameter = nullptr;  ///< null for `name` and `kind`, which every object has
};

/// The objects whose parameter an address means; at least one, otherwise an InputError at `where` names the known
/// labels or keys.
[[nodiscard]] std::vector<Target> targets_of(const Address& address, const Study& study,
                                             const StudyRegistries& registries, const Location& where);

}  // namespace sigmaflow
