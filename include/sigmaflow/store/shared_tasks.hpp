#pragma once
/// \file
/// Tasks that two result files have in common, so that a grown study need not compute them again.

#include <cstdint>
#include <optional>
#include <vector>

#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/writer.hpp"

namespace sigmaflow {

/// A task of a layout, and the finished task of another file whose rows are its own.
struct SharedTask {
    std::uint64_t task = 0;
    std::uint64_t source = 0;
};

/// The tasks of `layout` that are done in the file of `source`, in the order of the layout: the same point by its id,
/// the same particles or part, at least as many of them kept, all variables there with the same shape, type, unit,
/// meaning and bins, and the fixed variables of the point (its sigmas) equal to the last bit. Whether equal names mean
/// equal numbers (seed, numerics, parameters of quantities) is for the caller to know.
[[nodiscard]] std::vector<SharedTask> shared_tasks(const Layout& layout, const StoreReader& source);

/// The task as if it had been computed, in no time; nothing when a row in the file does not fit its checksum.
[[nodiscard]] std::optional<FinishedTask> taken_over(const SharedTask& shared, const Layout& layout,
                                                     const StoreReader& source);

}  // namespace sigmaflow
