#pragma once
// Libraries that do not stand damaged files are tried in a copy of the process first: HDF5 1.10 crashes on some flipped
// bits of a file and never comes back from others. Result files need none of this, their digest tells damage before.

#include <functional>
#include <string>

namespace sigmaflow {

/// Forks, and does `action` in the copy, which then ends, whatever the action throws. InputError about `path` if a
/// signal ends the copy or if it has not ended after `seconds`. Costs a millisecond, and the time of the action.
void try_in_a_copy(const std::string& path, double seconds, const std::function<void()>& action);

}  // namespace sigmaflow
