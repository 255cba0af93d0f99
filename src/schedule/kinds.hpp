#pragma once
/// \file
/// The kinds of schedule, family by family, each with its parameters and defaults.

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

/// edm, ve, sqrt, vp, subvp, ou, rectified.
void add_analytic_kinds(Registry<ScheduleFactory>& registry);
/// ddpm, iddpm, cosine (which also has a continuous form).
void add_discrete_kinds(Registry<ScheduleFactory>& registry);
/// table, expression.
void add_given_kinds(Registry<ScheduleFactory>& registry);

}  // namespace sigmaflow
