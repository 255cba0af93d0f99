#include "write_metadata.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "columns.hpp"
#include "labelled.hpp"

namespace sigmaflow {
namespace {

class MetadataWriter {
  public:
    explicit MetadataWriter(hid_t file) : file_(file) {}

    /// A table with columns that change; `count` rows.
    void table(const Table& table, std::uint64_t count, const std::vector<MutableColumn>& mutable_columns) {
        const auto group = create_group(file_, table.name);
        Dimensions dimensions(group.id());
        dimensions.add(table.dimension, count);
        write_columns(group.id(), dimensions, table);
        for (const auto& column : mutable_columns) {
            std::vector<std::string> names{table.dimension};
            if (!column.dimension.empty()) {
                dimensions.add(column.dimension, column.width);
                names.push_back(column.dimension);
            }
            const auto dataset = create_dataset(group.id(), column.name, hdf5::type_of(column.element),
                                                dimensions.shape(names), Bytes::zero);
            dimensions.attach(dataset.id(), names);
            describe(dataset.id(), column.unit, column.meaning, column.flag_meanings);
            note_mutable(dataset.id(), count * column.row_bytes());
        }
    }

    void results(const Group& layout, hid_t parent) {
        const auto group = create_group(parent, layout.name);
        describe_analysis(group.id(), layout);
        Dimensions dimensions(group.id());
        for (const auto& dimension : layout.dimensions) {
            if (!has_coordinate(layout, dimension.name)) dimensions.add(dimension.name, dimension.size);
        }
        std::vector<std::pair<hdf5::Handle, const Variable*>> labelled;  // once all coordinates are there
        for (const auto& variable : layout.variables) {
            auto dataset = write_variable(layout, variable, group.id());
            if (variable.dimensions == std::vector{variable.name}) {
                const auto size = layout.size_of_dimension(variable.name);
                dimensions.add_coordinate(variable.name, size, std::move(dataset));
            } else {
                labelled.emplace_back(std::move(dataset), &variable);
            }
        }
        for (const auto& [dataset, variable] : labelled) dimensions.attach(dataset.id(), variable->dimensions);
    }

    [[nodiscard]] std::vector<MutableRange> ranges() {
        std::ranges::sort(ranges_, {}, &MutableRange::offset);
        return ranges_;
    }

  private:
    static bool has_coordinate(const Group& group, const std::string& dimension) {
        return std::ranges::any_of(group.variables, [&](const Variable& v) { return v.name == dimension; });
    }

    hdf5::Handle write_variable(const Group& layout, const Variable& variable, hid_t group) {
        std::vector<hsize_t> dims;
        for (const auto& name : variable.dimensions) dims.push_back(layout.size_of_dimension(name));
        const auto type = hdf5::type_of(variable.element);
        auto dataset = create_dataset(group, variable.name, type, dims, Bytes::undefined);
        describe(dataset.id(), variable.unit, variable.meaning, variable.flag_meanings);
        for (const auto& [name, value] : variable.numbers) hdf5::write_attribute(dataset.id(), name, value);
        static constexpr const char* kRows[] = {"fixed", "per_block", "per_particle"};
        hdf5::write_attribute(dataset.id(), "rows", kRows[static_cast<std::size_t>(variable.rows)]);
        const auto bytes =
            std::accumulate(dims.begin(), dims.end(), hsize_t{size_of(variable.element)}, std::multiplies{});
        if (variable.rows != Rows::fixed) {
            note_mutable(dataset.id(), bytes);
        } else if (bytes > 0) {
            hdf5::check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, variable.content.data()),
                        "write variable '" + variable.name + "'");
        }
        return dataset;
    }

    void note_mutable(hid_t dataset, std::uint64_t bytes) {
        if (bytes > 0) ranges_.push_back({hdf5::offset_in_file(dataset), bytes});
    }

    hid_t file_;
    std::vector<MutableRange> ranges_;
};

}  // namespace

std::vector<MutableRange> write_metadata(hid_t file, const Layout& layout) {
    MetadataWriter writer(file);
    write_origin(file, "sigmaflow-result", kFormatVersion, layout);
    if (!layout.part.is_whole()) hdf5::write_attribute(file, kPartAttribute, layout.part.text());
    for (const auto& table : layout.tables) write_table(file, table);
    writer.table(place_table(layout), layout.tasks.size(), task_columns(layout.max_task_variables()));
    writer.table({"sessions", "session", {}}, layout.max_sessions, session_columns());
    const auto results = create_group(file, "results");
    for (const auto& group : layout.groups) writer.results(group, results.id());
    return writer.ranges();
}

std::uint64_t write_ranges(hid_t file, const std::vector<MutableRange>& ranges) {
    static_assert(sizeof(MutableRange) == 2 * sizeof(std::uint64_t));
    Dimensions dimensions(file);
    dimensions.add("mutable_range", ranges.size());
    dimensions.add("offset_and_size", 2);
    const auto dataset = create_dataset(file, "mutable_ranges", H5T_STD_U64LE, {ranges.size(), 2}, Bytes::undefined);
    dimensions.attach(dataset.id(), {"mutable_range", "offset_and_size"});
    describe(dataset.id(), "byte", "stretches of the file that a running job may change: offset and size", {});
    hdf5::check(H5Dwrite(dataset.id(), H5T_STD_U64LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ranges.data()),
                "write the table of mutable ranges");
    return hdf5::offset_in_file(dataset.id());
}

}  // namespace sigmaflow
