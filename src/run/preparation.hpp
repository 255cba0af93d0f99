#pragma once
// What a rank of `run` makes of its options before the ranks do anything together.

#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/run/fault.hpp"
#include "sigmaflow/run/inputs.hpp"
#include "sigmaflow/run/session.hpp"
#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

struct Prepared {
    StudyInputs inputs;
    Plan plan;
    Layout layout;
    FaultPlan faults{""};
    RunOptions options;  ///< with the output's name settled
};

/// Reads and plans the study. InputError for whatever is wrong with it or the options.
void prepare(const RunOptions& options, int rank, Prepared& out);

/// A study that would need more memory or disk than is there is refused with the numbers. Collective; InputError.
void require_room(const MpiEnvironment& mpi, const Prepared& prepared);

/// All ranks must compute the same bits: same build, same CPU features. Collective; InputError where they differ.
void require_equal_numerics(const MpiEnvironment& mpi, const Layout& layout);

}  // namespace sigmaflow
