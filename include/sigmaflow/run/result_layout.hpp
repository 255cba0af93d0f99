#pragma once
/// \file
/// From the plan to the shape of its result file, and from a finished block to its rows: the two must agree, so they
/// stand together.

#include <cstddef>
#include <vector>

#include "sigmaflow/dynamics/block_buffer.hpp"
#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// The layout of the result file of a plan. docs/result-format.md describes every variable.
[[nodiscard]] Layout make_layout(const Study& study, const Plan& plan);

/// The rows of a finished block in the order of Group::task_variables(): counts, then the kept particles of every
/// field, then its statistics.
[[nodiscard]] std::vector<std::vector<std::byte>> task_rows(const TaskPlace& place, const BlockBuffer& block,
                                                            const PointModel& model);

/// The rows of a finished part of an analysis: its fields in their order.
[[nodiscard]] std::vector<std::vector<std::byte>> part_rows(const PlannedAnalysis& analysis,
                                                            const AnalysisRecord& record);

}  // namespace sigmaflow
