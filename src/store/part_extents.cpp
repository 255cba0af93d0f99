#include "part_extents.hpp"

#include <algorithm>

namespace sigmaflow {
namespace {

/// The whole of every task variable.
std::vector<Extent> variable_extents(const Metadata& metadata) {
    std::vector<Extent> out;
    for (std::size_t g = 0; g < metadata.layout.groups.size(); ++g) {
        const auto& group = metadata.layout.groups[g];
        const auto variables = group.task_variables();
        for (std::size_t i = 0; i < variables.size(); ++i) {
            std::uint64_t bytes = size_of(variables[i]->element);
            for (const auto& dimension : variables[i]->dimensions) bytes *= group.size_of_dimension(dimension);
            if (bytes > 0) out.push_back({metadata.places.variables[g][i], bytes});
        }
    }
    std::ranges::sort(out, {}, &Extent::offset);
    return out;
}

/// What lies between `extents`.
std::vector<Extent> complement(const std::vector<Extent>& extents, std::uint64_t file_bytes) {
    std::vector<Extent> out;
    std::uint64_t from = 0;
    for (const auto& extent : extents) {
        if (extent.offset > from) out.push_back({from, extent.offset - from});
        from = extent.offset + extent.size;
    }
    if (file_bytes > from) out.push_back({from, file_bytes - from});
    return out;
}

/// Touching neighbours become one.
std::vector<Extent> joined_extents(std::vector<Extent> extents) {
    std::ranges::sort(extents, {}, &Extent::offset);
    std::vector<Extent> out;
    for (const auto& extent : extents) {
        if (extent.size == 0) continue;
        if (!out.empty() && out.back().offset + out.back().size >= extent.offset) {
            out.back().size = std::max(out.back().size, extent.offset + extent.size - out.back().offset);
        } else {
            out.push_back(extent);
        }
    }
    return out;
}

}  // namespace

std::vector<Extent> part_extents(const Metadata& metadata, std::uint64_t file_bytes) {
    const auto& layout = metadata.layout;
    if (layout.part.is_whole()) return {{0, file_bytes}};
    auto out = complement(variable_extents(metadata), file_bytes);
    const auto mine = layout.tasks_of_part();
    for (std::uint64_t task = 0; task < mine.size(); ++task) {
        if (!mine[task]) continue;
        const auto variables = layout.groups[layout.tasks[task].group].task_variables().size();
        for (std::size_t i = 0; i < variables; ++i) out.push_back(metadata.row(task, i));
    }
    return joined_extents(std::move(out));
}

std::uint64_t part_bytes(const Metadata& metadata, std::uint64_t file_bytes) {
    std::uint64_t bytes = 0;
    for (const auto& extent : part_extents(metadata, file_bytes)) bytes += extent.size;
    return bytes;
}

}  // namespace sigmaflow
