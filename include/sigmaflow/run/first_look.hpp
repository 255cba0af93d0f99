#pragma once
/// \file
/// A first result on the terminal: what `run --preview` ends with.

#include <string>

#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// A table with one line per point (the first `most` of them): every scalar quantity's mean at the last recorded sigma,
/// and the least eigenvalue of J averaged over particles at the sigma where it is lowest, which tells how strongly
/// trajectories branch; then what analyses found. Read from the finished file.
[[nodiscard]] std::string first_look(const StoreReader& reader, const Plan& plan, std::size_t most = 24);

}  // namespace sigmaflow
