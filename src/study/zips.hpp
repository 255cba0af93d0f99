#pragma once
/// \file
/// Axes that move together.

#include "sections.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// The zips with every address spelt out as room.label.key. Addresses that are no axes, axes in two zips and axes of
/// unequal lengths are InputErrors. An axis that a --set turned into a single value drops out of its zip.
[[nodiscard]] std::vector<Zip> read_zips(const Value::List& list, const Sections& sections,
                                         const StudyRegistries& registries, const Study& study);

}  // namespace sigmaflow
