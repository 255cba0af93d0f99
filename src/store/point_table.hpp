#pragma once
// The identity of points and tasks across files.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Column `id` of the points table; InputError naming `path` when there is none.
[[nodiscard]] std::vector<std::uint64_t> point_ids(const Layout& layout, const std::string& path);

/// Point id and block.
using TaskKey = std::pair<std::uint64_t, std::uint64_t>;
/// Index of every task by its key.
[[nodiscard]] std::map<TaskKey, std::uint64_t> tasks_by_key(const Layout& layout, const std::string& path);

}  // namespace sigmaflow
