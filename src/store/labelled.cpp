#include "labelled.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <numeric>

namespace sigmaflow {
namespace {

hdf5::Handle creation_list(hid_t kind) {
    hdf5::Handle list(H5Pcreate(kind), H5Pclose, "make a property list");
    H5Pset_attr_creation_order(list.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(list.id(), false);
    return list;
}

hdf5::Handle create_with(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                         const hdf5::Handle& list) {
    const hdf5::Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose,
                             "make a dataspace");
    return {H5Dcreate2(parent, name.c_str(), type, space.id(), H5P_DEFAULT, list.id(), H5P_DEFAULT), H5Dclose,
            "create dataset '" + name + "'"};
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

void write_study(hid_t file, const std::string& text) {
    Dimensions dimensions(file);
    dimensions.add("study_byte", text.size());
    const auto dataset = create_dataset(file, "study", H5T_STD_U8LE, {text.size()}, Bytes::undefined);
    dimensions.attach(dataset.id(), {"study_byte"});
    describe(dataset.id(), "", "text of the study file, UTF-8", {});
    if (text.empty()) return;
    hdf5::check(H5Dwrite(dataset.id(), H5T_STD_U8LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), "write the study");
}

}  // namespace

hdf5::Handle create_group(hid_t parent, const std::string& name) {
    const auto list = creation_list(H5P_GROUP_CREATE);
    H5Pset_link_creation_order(list.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, list.id(), H5P_DEFAULT), H5Gclose,
            "create group '" + name + "'"};
}

hdf5::Handle create_dataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                            Bytes bytes) {
    const auto list = creation_list(H5P_DATASET_CREATE);
    H5Pset_layout(list.id(), H5D_CONTIGUOUS);
    H5Pset_alloc_time(list.id(), bytes == Bytes::none ? H5D_ALLOC_TIME_LATE : H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list.id(), bytes == Bytes::zero ? H5D_FILL_TIME_ALLOC : H5D_FILL_TIME_NEVER);
    return create_with(parent, name, type, dims, list);
}

hdf5::Handle create_packed_dataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                                   hsize_t chunk_rows) {
    constexpr unsigned kDeflateLevel = 4;
    if (std::ranges::find(dims, hsize_t{0}) != dims.end()) {
        return create_dataset(parent, name, type, dims, Bytes::undefined);
    }
    auto chunk = dims;
    chunk[0] = std::clamp<hsize_t>(chunk_rows, 1, dims[0]);
    const auto list = creation_list(H5P_DATASET_CREATE);
    hdf5::check(H5Pset_chunk(list.id(), static_cast<int>(chunk.size()), chunk.data()), "choose chunks");
    hdf5::check(H5Pset_shuffle(list.id()), "choose a filter");
    hdf5::check(H5Pset_deflate(list.id(), kDeflateLevel), "choose a filter");
    return create_with(parent, name, type, dims, list);
}

void Dimensions::add(const std::string& name, std::uint64_t size) {
    auto scale = create_dataset(group_, name, H5T_STD_U8LE, {size}, Bytes::none);
    // The wording is netCDF's: readers of that format know by it that there are no values.
    const auto note = "This is a netCDF dimension but not a netCDF variable. " + std::string(10, ' ');
    hdf5::check(H5DSset_scale(scale.id(), note.c_str()), "make dimension '" + name + "'");
    scales_.insert_or_assign(name, Scale{std::move(scale), size});
}

void Dimensions::add_coordinate(const std::string& name, std::uint64_t size, hdf5::Handle values) {
    hdf5::check(H5DSset_scale(values.id(), name.c_str()), "make dimension '" + name + "'");
    hdf5::write_attribute(values.id(), "dimensions", name);
    scales_.insert_or_assign(name, Scale{std::move(values), size});
}

std::vector<hsize_t> Dimensions::shape(const std::vector<std::string>& names) const {
    std::vector<hsize_t> dims;
    for (const auto& name : names) dims.push_back(scales_.at(name).size);
    return dims;
}

void Dimensions::attach(hid_t dataset, const std::vector<std::string>& names) const {
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        hdf5::check(H5DSattach_scale(dataset, scales_.at(names[i]).dataset.id(), static_cast<unsigned>(i)),
                    "attach dimension '" + names[i] + "'");
        list += (i == 0 ? "" : " ") + names[i];
    }
    hdf5::write_attribute(dataset, "dimensions", list);
}

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

void describe_analysis(hid_t group, const Group& layout) {
    if (layout.analysis.empty()) return;
    hdf5::write_attribute(group, "analysis", layout.analysis);
    hdf5::write_attribute(group, "part_axis", layout.part_axis);
}

void write_columns(hid_t group, const Dimensions& dimensions, const Table& table) {
    for (const auto& column : table.columns) {
        const auto dataset = write_column(group, column);
        dimensions.attach(dataset.id(), {table.dimension});
        describe(dataset.id(), column.unit, column.meaning, column.flag_meanings);
    }
}

void write_table(hid_t file, const Table& table) {
    const auto group = create_group(file, table.name);
    Dimensions dimensions(group.id());
    dimensions.add(table.dimension, length(table));
    write_columns(group.id(), dimensions, table);
}

std::uint64_t length(const Table& table) {
    if (table.columns.empty()) return 0;
    return std::visit([](const auto& values) -> std::uint64_t { return values.size(); }, table.columns.front().values);
}

void write_origin(hid_t file, const std::string& format, std::uint64_t version, const Layout& layout) {
    hdf5::write_attribute(file, "format", format);
    hdf5::write_attribute(file, "format_version", version);
    hdf5::write_attribute(file, "study_hash", layout.study_hash);
    for (const auto& [name, value] : layout.provenance) hdf5::write_attribute(file, name, value);
    for (const auto& [name, value] : layout.fingerprint) hdf5::write_attribute(file, "fingerprint_" + name, value);
    write_study(file, layout.study_text);
}

}  // namespace sigmaflow
