#include "write_metadata.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "columns.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

/// When the bytes of a dataset get a place in the file, and what they are at first.
enum class Bytes { none, undefined, zero };

hdf5::Handle creation_list(hid_t kind) {
    hdf5::Handle list(H5Pcreate(kind), H5Pclose, "make a property list");
    H5Pset_attr_creation_order(list.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    return list;
}

hdf5::Handle create_group(hid_t parent, const std::string& name) {
    const auto list = creation_list(H5P_GROUP_CREATE);
    H5Pset_link_creation_order(list.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, list.id(), H5P_DEFAULT), H5Gclose,
            "create group '" + name + "'"};
}

hdf5::Handle create_dataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                            Bytes bytes) {
    const auto list = creation_list(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list.id(), false);
    H5Pset_layout(list.id(), H5D_CONTIGUOUS);
    H5Pset_alloc_time(list.id(), bytes == Bytes::none ? H5D_ALLOC_TIME_LATE : H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list.id(), bytes == Bytes::zero ? H5D_FILL_TIME_ALLOC : H5D_FILL_TIME_NEVER);
    const hdf5::Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose,
                             "make a dataspace");
    return {H5Dcreate2(parent, name.c_str(), type, space.id(), H5P_DEFAULT, list.id(), H5P_DEFAULT), H5Dclose,
            "create dataset '" + name + "'"};
}

/// The named dimensions of one group, as netCDF-4 keeps them: a dimension scale each, without values unless a variable
/// of the same name is its coordinate.
class Dimensions {
  public:
    explicit Dimensions(hid_t group) : group_(group) {}

    void add(const std::string& name, std::uint64_t size) {
        auto scale = create_dataset(group_, name, H5T_STD_U8LE, {size}, Bytes::none);
        // The wording is netCDF's: readers of that format know by it that there are no values.
        const auto note = "This is a netCDF dimension but not a netCDF variable. " + std::string(10, ' ');
        hdf5::check(H5DSset_scale(scale.id(), note.c_str()), "make dimension '" + name + "'");
        scales_.insert_or_assign(name, Scale{std::move(scale), size});
    }

    void add_coordinate(const std::string& name, std::uint64_t size, hdf5::Handle values) {
        hdf5::check(H5DSset_scale(values.id(), name.c_str()), "make dimension '" + name + "'");
        hdf5::write_attribute(values.id(), "dimensions", name);
        scales_.insert_or_assign(name, Scale{std::move(values), size});
    }

    [[nodiscard]] std::vector<hsize_t> shape(const std::vector<std::string>& names) const {
        std::vector<hsize_t> dims;
        for (const auto& name : names) dims.push_back(scales_.at(name).size);
        return dims;
    }

    void attach(hid_t dataset, const std::vector<std::string>& names) const {
        std::string list;
        for (std::size_t i = 0; i < names.size(); ++i) {
            hdf5::check(H5DSattach_scale(dataset, scales_.at(names[i]).dataset.id(), static_cast<unsigned>(i)),
                        "attach dimension '" + names[i] + "'");
            list += (i == 0 ? "" : " ") + names[i];
        }
        hdf5::write_attribute(dataset, "dimensions", list);
    }

  private:
    struct Scale {
        hdf5::Handle dataset;
        std::uint64_t size;
    };

    hid_t group_;
    std::map<std::string, Scale> scales_;
};

void describe(hid_t dataset, const std::string& unit, const std::string& meaning,
              const std::vector<std::string>& flag_meanings) {
    if (!unit.empty()) hdf5::write_attribute(dataset, "units", unit);
    if (!meaning.empty()) hdf5::write_attribute(dataset, "long_name", meaning);
    if (flag_meanings.empty()) return;
    std::vector<std::uint8_t> values(flag_meanings.size());
    std::iota(values.begin(), values.end(), std::uint8_t{0});
    std::string names;
    for (const auto& name : flag_meanings) names += (names.empty() ? "" : " ") + name;
    hdf5::write_attribute(dataset, "flag_values", values);
    hdf5::write_attribute(dataset, "flag_meanings", names);
}

template <class T>
inline constexpr Element kElement = Element::u8;
template <>
inline constexpr Element kElement<double> = Element::f64;
template <>
inline constexpr Element kElement<std::int64_t> = Element::i64;
template <>
inline constexpr Element kElement<std::uint64_t> = Element::u64;

hdf5::Handle write_column(hid_t group, const Column& column) {
    return std::visit(
        [&](const auto& values) {
            using T = typename std::decay_t<decltype(values)>::value_type;
            const std::vector<hsize_t> dims{values.size()};
            if constexpr (std::is_same_v<T, std::string>) {
                const auto type = hdf5::text_type();
                auto dataset = create_dataset(group, column.name, type.id(), dims, Bytes::zero);
                if (!values.empty()) hdf5::write_texts(dataset.id(), values);
                return dataset;
            } else {
                const auto type = hdf5::type_of(kElement<T>);
                auto dataset = create_dataset(group, column.name, type, dims, Bytes::undefined);
                if (values.empty()) return dataset;
                hdf5::check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                            "write column '" + column.name + "'");
                return dataset;
            }
        },
        column.values);
}

std::uint64_t length(const Table& table) {
    if (table.columns.empty()) return 0;
    return std::visit([](const auto& values) -> std::uint64_t { return values.size(); }, table.columns.front().values);
}

class MetadataWriter {
  public:
    explicit MetadataWriter(hid_t file) : file_(file) {}

    void attributes(const Layout& layout) {
        hdf5::write_attribute(file_, "format", "sigmaflow-result");
        hdf5::write_attribute(file_, "format_version", std::uint64_t{kFormatVersion});
        hdf5::write_attribute(file_, "study_hash", layout.study_hash);
        for (const auto& [name, value] : layout.provenance) hdf5::write_attribute(file_, name, value);
        for (const auto& [name, value] : layout.fingerprint) hdf5::write_attribute(file_, "fingerprint_" + name, value);
    }

    void study(const std::string& text) {
        Dimensions dimensions(file_);
        dimensions.add("study_byte", text.size());
        const auto dataset = create_dataset(file_, "study", H5T_STD_U8LE, {text.size()}, Bytes::undefined);
        dimensions.attach(dataset.id(), {"study_byte"});
        describe(dataset.id(), "", "text of the study file, UTF-8", {});
        if (text.empty()) return;
        hdf5::check(H5Dwrite(dataset.id(), H5T_STD_U8LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()),
                    "write the study");
    }

    void table(const Table& table, const std::vector<MutableColumn>& mutable_columns = {}) {
        rows(table, length(table), mutable_columns);
    }

    void rows(const Table& table, std::uint64_t count, const std::vector<MutableColumn>& mutable_columns) {
        const auto group = create_group(file_, table.name);
        Dimensions dimensions(group.id());
        dimensions.add(table.dimension, count);
        for (const auto& column : table.columns) {
            const auto dataset = write_column(group.id(), column);
            dimensions.attach(dataset.id(), {table.dimension});
            describe(dataset.id(), column.unit, column.meaning, column.flag_meanings);
        }
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
    writer.attributes(layout);
    writer.study(layout.study_text);
    for (const auto& table : layout.tables) writer.table(table);
    writer.table(place_table(layout), task_columns(layout.max_task_variables()));
    writer.rows({"sessions", "session", {}}, layout.max_sessions, session_columns());
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
