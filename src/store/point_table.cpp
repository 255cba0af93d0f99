#include "point_table.hpp"

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

std::vector<std::uint64_t> point_ids(const Layout& layout, const std::string& path) {
    for (const auto& table : layout.tables) {
        if (table.name != "points") continue;
        for (const auto& column : table.columns) {
            const auto* ids = std::get_if<std::vector<std::uint64_t>>(&column.values);
            if (column.name == "id" && ids != nullptr) return *ids;
        }
    }
    throw InputError("cannot compare the points of '" + path + "'", "its table of points has no column id");
}

std::map<TaskKey, std::uint64_t> tasks_by_key(const Layout& layout, const std::string& path) {
    const auto ids = point_ids(layout, path);
    std::map<TaskKey, std::uint64_t> tasks;
    for (std::uint64_t i = 0; i < layout.tasks.size(); ++i) {
        const auto& place = layout.tasks[i];
        tasks.emplace(TaskKey{ids.at(static_cast<std::size_t>(place.point)), place.block}, i);
    }
    return tasks;
}

}  // namespace sigmaflow
