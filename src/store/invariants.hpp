#pragma once
// What must hold between the rows of a task that hold statistics. Recognised by name; other variables are free.

#include <string>
#include <utility>
#include <vector>

#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/store/verify.hpp"

namespace sigmaflow {

/// Row and complaint for each broken invariant of a done task with these rows.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> broken_invariants(
    const Group& group, const TaskPlace& task, const std::vector<std::vector<std::byte>>& rows);

/// Appends a complaint for every point whose `sigma` does not decrease where it is finite.
void check_sigma(const Layout& layout, std::vector<Damage>& damage);

}  // namespace sigmaflow
