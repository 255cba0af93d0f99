#pragma once
/// \file
/// From result files to a summary: statistics per point.

#include <span>
#include <string>

namespace sigmaflow {

/// Merges the done blocks of every point, in block order, and carries the records of analyses over, into `output`
/// (format in docs/result-format.md; it grows as `output`.partial and replaces an older summary when it is whole).
/// Several inputs are parts of one study: they have the same study, numerics and layout, and no task done twice; an
/// InputError says what is not so. Every row is checked against its checksum first; InputError when one is damaged. The
/// same inputs give the same bytes.
void aggregate_stores(std::span<const std::string> inputs, const std::string& output);

}  // namespace sigmaflow
