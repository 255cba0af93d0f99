#pragma once
/// \file
/// What the sections of a study file that are no objects take, described by the same schema as kinds.

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

/// [study]
[[nodiscard]] const Kind& study_section();
/// [observe]; `levels` and `quantities` take more than one type, so that src/study/observe.cpp checks their values.
[[nodiscard]] const Kind& observe_section();
/// [sweep]; src/study/sweep.cpp checks the values.
[[nodiscard]] const Kind& sweep_section();

}  // namespace sigmaflow
