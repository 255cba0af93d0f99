#include "check_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "columns.hpp"
#include "labelled.hpp"

namespace sigmaflow {
namespace {

const Dimension* find_dimension(const Group& group, const std::string& name) {
    const auto found = std::ranges::find_if(group.dimensions, [&](const Dimension& d) { return d.name == name; });
    return found == group.dimensions.end() ? nullptr : &*found;
}

std::uint64_t size_or_zero(const Group& group, const std::string& name) {
    const auto* dimension = find_dimension(group, name);
    return dimension == nullptr ? 0 : dimension->size;
}

/// Bytes of a whole variable, if its dimensions are known and their product is no more than `most`.
std::optional<std::uint64_t> bytes_of(const Group& group, const Variable& variable, std::uint64_t most) {
    std::uint64_t bytes = size_of(variable.element);
    for (const auto& name : variable.dimensions) {
        const auto* dimension = find_dimension(group, name);
        if (dimension == nullptr || (dimension->size > 0 && bytes > most / dimension->size)) return std::nullopt;
        bytes *= dimension->size;
    }
    return bytes;
}

bool fits(std::uint64_t offset, std::uint64_t rows, std::uint64_t row_bytes, std::uint64_t file_bytes) {
    return offset <= file_bytes && (row_bytes == 0 || rows <= (file_bytes - offset) / row_bytes);
}

class MetadataCheck {
  public:
    MetadataCheck(const Metadata& metadata, std::uint64_t file_bytes)
        : layout_(metadata.layout), places_(metadata.places), file_bytes_(file_bytes) {}

    std::string fault() const {
        if (auto found = tables(); !found.empty()) return found;
        for (std::size_t i = 0; i < layout_.groups.size(); ++i) {
            if (auto found = group(layout_.groups[i], places_.variables[i]); !found.empty()) return found;
        }
        for (std::size_t i = 0; i < layout_.tasks.size(); ++i) {
            if (!is_inside(layout_.tasks[i])) return fmt::format("task {} lies outside its group or table", i);
        }
        return mutable_columns();
    }

  private:
    std::string tables() const {
        if (layout_.tables.empty()) return "it has no table of points";
        for (const auto& table : layout_.tables) {
            for (const auto& column : table.columns) {
                const auto rows =
                    std::visit([](const auto& values) -> std::uint64_t { return values.size(); }, column.values);
                if (rows != length(table)) return "the columns of table '" + table.name + "' differ in length";
            }
        }
        return {};
    }

    std::string group(const Group& group, const std::vector<std::uint64_t>& offsets) const {
        std::size_t task_variable = 0;
        for (const auto& variable : group.variables) {
            const auto place = "variable '" + group.name + "/" + variable.name + "'";
            const auto bytes = bytes_of(group, variable, file_bytes_);
            if (variable.dimensions.empty() || !bytes) return place + " has impossible dimensions";
            if (variable.rows == Rows::fixed) {
                if (variable.content.size() != *bytes) return place + " has another size than its dimensions";
                continue;
            }
            const auto& dims = variable.dimensions;
            const std::string second = variable.rows == Rows::per_block ? group.part_axis : "particle";
            if (dims.size() < 2 || dims[0] != "point" || dims[1] != second) return place + " has no rows of tasks";
            if (!fits(offsets[task_variable++], 1, *bytes, file_bytes_)) return place + " lies outside the file";
        }
        return {};
    }

    bool is_inside(const TaskPlace& task) const {
        if (task.point < 0 || static_cast<std::uint64_t>(task.point) >= length(layout_.tables.front())) return false;
        if (task.first < 0 || task.count < 0 || task.group >= layout_.groups.size()) return false;
        const auto& group = layout_.groups[task.group];
        if (task.row >= size_or_zero(group, "point") || task.block >= size_or_zero(group, group.part_axis))
            return false;
        const auto kept = size_or_zero(group, "particle");
        return find_dimension(group, "particle") == nullptr ||
               (task.kept_first <= kept && task.kept_count <= kept - task.kept_first);
    }

    std::string mutable_columns() const {
        const auto tasks = task_columns(layout_.max_task_variables());
        const auto sessions = session_columns();
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (fits(places_.tasks[i], layout_.tasks.size(), tasks[i].row_bytes(), file_bytes_)) continue;
            return "column '" + tasks[i].name + "' of /tasks lies outside the file";
        }
        for (std::size_t i = 0; i < sessions.size(); ++i) {
            if (fits(places_.sessions[i], layout_.max_sessions, sessions[i].row_bytes(), file_bytes_)) continue;
            return "column '" + sessions[i].name + "' of /sessions lies outside the file";
        }
        return {};
    }

    const Layout& layout_;
    const Places& places_;
    std::uint64_t file_bytes_;
};

}  // namespace

std::string metadata_fault(const Metadata& metadata, std::uint64_t file_bytes) {
    return MetadataCheck(metadata, file_bytes).fault();
}

}  // namespace sigmaflow
