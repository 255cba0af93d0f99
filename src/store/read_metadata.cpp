#include "read_metadata.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "columns.hpp"
#include "file_header.hpp"
#include "hdf5.hpp"

namespace sigmaflow {
namespace {

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> found;
    for (std::string word; stream >> word;) found.push_back(word);
    return found;
}

/// A dimension without values: netCDF's note says so.
bool is_bare_dimension(hid_t dataset) {
    return H5Aexists(dataset, "CLASS") > 0 && !hdf5::has_attribute(dataset, "dimensions");
}

template <class T>
std::vector<T> as(const std::vector<std::byte>& bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

Column read_column(hid_t dataset, const std::string& name) {
    Column column{name,
                  hdf5::text_attribute(dataset, "long_name"),
                  hdf5::text_attribute(dataset, "units"),
                  {},
                  words(hdf5::text_attribute(dataset, "flag_meanings"))};
    const hdf5::Handle type(H5Dget_type(dataset), H5Tclose, "read an element type");
    if (H5Tis_variable_str(type.id()) > 0) {
        column.values = hdf5::read_texts(dataset);
        return column;
    }
    const auto element = hdf5::element_of(type.id());
    const auto bytes = hdf5::read_bytes(dataset);
    switch (element) {
        case Element::f64: column.values = as<double>(bytes); break;
        case Element::i64: column.values = as<std::int64_t>(bytes); break;
        case Element::u64: column.values = as<std::uint64_t>(bytes); break;
        case Element::u8: column.values = as<std::uint8_t>(bytes); break;
        default: throw std::runtime_error("column '" + name + "' has an unexpected element type");
    }
    return column;
}

/// Columns of a table but those named in `without`.
Table read_table(hid_t file, const std::string& name, const std::vector<MutableColumn>& without = {}) {
    const auto group = hdf5::open_group(file, name);
    Table table{name, {}, {}};
    for (const auto& link : hdf5::links(group.id())) {
        const auto dataset = hdf5::open_dataset(group.id(), link);
        if (is_bare_dimension(dataset.id())) {
            if (table.dimension.empty()) table.dimension = link;
        } else if (std::ranges::none_of(without, [&](const MutableColumn& c) { return c.name == link; })) {
            table.columns.push_back(read_column(dataset.id(), link));
        }
    }
    return table;
}

Rows rows_of(const std::string& text) {
    if (text == "fixed") return Rows::fixed;
    if (text == "per_block") return Rows::per_block;
    if (text == "per_particle") return Rows::per_particle;
    throw std::runtime_error("unknown kind of rows '" + text + "'");
}

Variable read_variable(hid_t dataset, const std::string& name) {
    const hdf5::Handle type(H5Dget_type(dataset), H5Tclose, "read an element type");
    Variable variable;
    variable.name = name;
    variable.element = hdf5::element_of(type.id());
    variable.dimensions = words(hdf5::text_attribute(dataset, "dimensions"));
    variable.rows = rows_of(hdf5::text_attribute(dataset, "rows"));
    variable.unit = hdf5::text_attribute(dataset, "units");
    variable.meaning = hdf5::text_attribute(dataset, "long_name");
    variable.flag_meanings = words(hdf5::text_attribute(dataset, "flag_meanings"));
    variable.numbers = hdf5::number_attributes(dataset);
    if (variable.rows == Rows::fixed) variable.content = hdf5::read_bytes(dataset);
    return variable;
}

void add_dimension(Group& group, const std::string& name, std::uint64_t size) {
    group.dimensions.push_back({name, size});
}

Group read_group(hid_t results, const std::string& name, std::vector<std::uint64_t>& offsets) {
    const auto opened = hdf5::open_group(results, name);
    Group group{name, {}, {}};
    if (hdf5::has_attribute(opened.id(), "analysis")) {
        group.analysis = hdf5::text_attribute(opened.id(), "analysis");
        group.part_axis = hdf5::text_attribute(opened.id(), "part_axis");
    }
    for (const auto& link : hdf5::links(opened.id())) {
        const auto dataset = hdf5::open_dataset(opened.id(), link);
        if (is_bare_dimension(dataset.id())) {
            add_dimension(group, link, hdf5::shape(dataset.id()).at(0));
            continue;
        }
        group.variables.push_back(read_variable(dataset.id(), link));
        const auto& variable = group.variables.back();
        if (variable.dimensions == std::vector{link}) add_dimension(group, link, hdf5::shape(dataset.id()).at(0));
        if (variable.rows != Rows::fixed) offsets.push_back(hdf5::offset_in_file(dataset.id()));
    }
    return group;
}

std::vector<std::uint64_t> offsets_of(hid_t file, const std::string& table, const std::vector<MutableColumn>& columns) {
    std::vector<std::uint64_t> offsets;
    for (const auto& column : columns) {
        const auto dataset = hdf5::open_dataset(file, table + "/" + column.name);
        offsets.push_back(hdf5::offset_in_file(dataset.id()));
    }
    return offsets;
}

void read_attributes(hid_t file, Layout& layout) {
    static const std::string kFingerprint = "fingerprint_";
    layout.study_hash = hdf5::integer_attribute(file, "study_hash");
    for (auto& [name, value] : hdf5::text_attributes(file)) {
        if (name.starts_with(kFingerprint)) {
            layout.fingerprint.emplace_back(name.substr(kFingerprint.size()), std::move(value));
        } else if (name == kPartAttribute) {
            layout.part = parse_part(value);
        } else if (name != "format") {
            layout.provenance.emplace_back(std::move(name), std::move(value));
        }
    }
}

}  // namespace

Extent row_in_variable(const Group& group, const Variable& variable, const TaskPlace& task) {
    const auto bytes = group.row_elements(variable) * size_of(variable.element);
    const auto second = group.size_of_dimension(variable.dimensions[1]);
    const bool per_block = variable.rows == Rows::per_block;
    const auto index = per_block ? task.block : task.kept_first;
    return {(task.row * second + index) * bytes, (per_block ? 1 : task.kept_count) * bytes};
}

Extent Metadata::row(std::uint64_t task, std::size_t variable) const {
    const auto& place = layout.tasks.at(task);
    const auto& group = layout.groups[place.group];
    auto extent = row_in_variable(group, *group.task_variables().at(variable), place);
    extent.offset += places.variables[place.group][variable];
    return extent;
}

Metadata read_metadata(const std::string& path) {
    const auto file = hdf5::open_file(path);
    Metadata metadata;
    auto& layout = metadata.layout;
    read_attributes(file.id(), layout);
    const auto study = hdf5::read_bytes(hdf5::open_dataset(file.id(), "study").id());
    layout.study_text.assign(reinterpret_cast<const char*>(study.data()), study.size());
    for (const auto& name : hdf5::links(file.id())) {
        if (name == "tasks" || name == "sessions" || name == "results" || !hdf5::is_group(file.id(), name)) continue;
        layout.tables.push_back(read_table(file.id(), name));
    }
    layout.tasks = places_of(read_table(file.id(), "tasks", task_columns(1)));
    const auto results = hdf5::open_group(file.id(), "results");
    for (const auto& name : hdf5::links(results.id())) {
        layout.groups.push_back(read_group(results.id(), name, metadata.places.variables.emplace_back()));
    }
    layout.max_sessions = hdf5::shape(hdf5::open_dataset(file.id(), "sessions/start").id()).at(0);
    metadata.places.tasks = offsets_of(file.id(), "tasks", task_columns(1));
    metadata.places.sessions = offsets_of(file.id(), "sessions", session_columns());
    return metadata;
}

}  // namespace sigmaflow
