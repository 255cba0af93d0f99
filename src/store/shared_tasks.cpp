#include "sigmaflow/store/shared_tasks.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "point_table.hpp"
#include "read_metadata.hpp"
#include "row_values.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

bool same_record(const Group& a, const Variable& x, const Group& b, const Variable& y) {
    return x.element == y.element && x.rows == y.rows && x.unit == y.unit && x.meaning == y.meaning &&
           x.flag_meanings == y.flag_meanings && x.numbers == y.numbers &&
           std::ranges::equal(
               std::span(x.dimensions).subspan(2), std::span(y.dimensions).subspan(2), {},
               [&](const auto& name) { return std::pair(name, a.size_of_dimension(name)); },
               [&](const auto& name) { return std::pair(name, b.size_of_dimension(name)); });
}

/// For every task variable of `group` its position among those of `source`; empty when one is missing or another.
std::vector<std::size_t> positions_in(const Group& group, const Group& source) {
    std::vector<std::size_t> out;
    if (group.analysis != source.analysis || group.part_axis != source.part_axis) return out;
    const auto there = source.task_variables();
    for (const auto* variable : group.task_variables()) {
        const int position = find_task_variable(source, variable->name);
        if (position < 0) return {};
        const auto index = static_cast<std::size_t>(position);
        if (!same_record(group, *variable, source, *there[index])) return {};
        out.push_back(index);
    }
    return out;
}

/// The bytes of one point in a fixed variable.
std::span<const std::byte> of_point(const Group& group, const Variable& variable, std::uint64_t row) {
    const auto bytes = elements_per_point(group, variable) * size_of(variable.element);
    return std::span(variable.content).subspan(row * bytes, bytes);
}

/// Everything that is known of a point beforehand but its row in the table of points.
bool same_fixed(const Group& group, std::uint64_t row, const Group& source, std::uint64_t source_row) {
    return std::ranges::all_of(group.variables, [&](const Variable& variable) {
        const bool tells = variable.rows == Rows::fixed && variable.name != "point_index" &&
                           !variable.dimensions.empty() && variable.dimensions.front() == "point";
        if (!tells) return true;
        const Variable* there = find_variable(source, variable.name);
        return there != nullptr && there->rows == Rows::fixed &&
               std::ranges::equal(of_point(group, variable, row), of_point(source, *there, source_row));
    });
}

bool same_particles(const TaskPlace& place, const TaskPlace& source) {
    return place.first == source.first && place.count == source.count && place.kept_count <= source.kept_count;
}

/// Pairs of groups whose tasks have the same records, found once each.
class GroupPairs {
  public:
    GroupPairs(const Layout& layout, const Layout& source) : layout_(layout), source_(source) {}

    const std::vector<std::size_t>& positions(std::uint32_t group, std::uint32_t source) {
        const auto [entry, is_new] = known_.try_emplace({group, source});
        if (is_new) entry->second = positions_in(layout_.groups[group], source_.groups[source]);
        return entry->second;
    }

  private:
    const Layout& layout_;
    const Layout& source_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> known_;
};

}  // namespace

std::vector<SharedTask> shared_tasks(const Layout& layout, const StoreReader& source) {
    const auto& there = source.layout();
    const auto keys = tasks_by_key(there, source.path());
    const auto ids = point_ids(layout, "the study");
    const auto statuses = source.statuses();
    GroupPairs pairs(layout, there);
    std::vector<SharedTask> out;
    for (std::uint64_t task = 0; task < layout.tasks.size(); ++task) {
        const auto& place = layout.tasks[task];
        const auto found = keys.find({ids.at(static_cast<std::size_t>(place.point)), place.block});
        if (found == keys.end() || statuses[found->second] != TaskStatus::done) continue;
        const auto& origin = there.tasks[found->second];
        if (!same_particles(place, origin) || pairs.positions(place.group, origin.group).empty()) continue;
        if (!same_fixed(layout.groups[place.group], place.row, there.groups[origin.group], origin.row)) continue;
        out.push_back({task, found->second});
    }
    return out;
}

std::optional<FinishedTask> taken_over(const SharedTask& shared, const Layout& layout, const StoreReader& source) {
    const auto& place = layout.tasks[shared.task];
    const auto& group = layout.groups[place.group];
    const auto variables = group.task_variables();
    const auto positions = positions_in(group, source.layout().groups[source.layout().tasks[shared.source].group]);
    const auto checksums = source.checksums(shared.source);
    FinishedTask out;
    out.task = shared.task;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        auto row = source.read_row(shared.source, positions[i]);
        if (hash64(row) != checksums[positions[i]]) return std::nullopt;
        row.resize(row_in_variable(group, *variables[i], place).size);  // fewer particles may be kept
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace sigmaflow
