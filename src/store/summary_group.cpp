#include "summary_group.hpp"

#include <algorithm>
#include <stdexcept>

namespace sigmaflow {
namespace {

constexpr std::size_t kChunkBytes = 1 << 18;

}  // namespace

void SummaryGroup::attach(const hdf5::Handle& dataset, const SummaryVariable& variable) {
    dimensions_.attach(dataset.id(), variable.dimensions);
    describe(dataset.id(), variable.unit, variable.meaning, variable.flag_meanings);
    for (const auto& [name, value] : variable.numbers) hdf5::write_attribute(dataset.id(), name, value);
}

void SummaryGroup::add_coordinate(const std::string& name, std::span<const double> values, const std::string& meaning) {
    auto dataset = create_dataset(group_.id(), name, H5T_IEEE_F64LE, {values.size()}, Bytes::undefined);
    hdf5::check(H5Dwrite(dataset.id(), H5T_IEEE_F64LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                "write '" + name + "'");
    describe(dataset.id(), "", meaning, {});
    dimensions_.add_coordinate(name, values.size(), std::move(dataset));
}

void SummaryGroup::add_values(const SummaryVariable& variable, std::span<const std::byte> bytes) {
    const auto type = hdf5::type_of(variable.element);
    const auto dataset =
        create_dataset(group_.id(), variable.name, type, dimensions_.shape(variable.dimensions), Bytes::undefined);
    attach(dataset, variable);
    if (bytes.empty()) return;
    hdf5::check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
                "write '" + variable.name + "'");
}

std::size_t SummaryGroup::add(const SummaryVariable& variable) {
    const auto shape = dimensions_.shape(variable.dimensions);
    std::size_t row_bytes = size_of(variable.element);
    for (std::size_t i = 1; i < shape.size(); ++i) row_bytes *= shape[i];
    const auto chunk_rows = std::max<std::size_t>(1, kChunkBytes / std::max<std::size_t>(1, row_bytes));
    auto dataset =
        create_packed_dataset(group_.id(), variable.name, hdf5::type_of(variable.element), shape, chunk_rows);
    attach(dataset, variable);
    growing_.push_back({std::move(dataset), variable.element, shape, chunk_rows, row_bytes});
    return growing_.size() - 1;
}

void SummaryGroup::append(std::size_t index, std::span<const std::byte> row) {
    auto& variable = growing_[index];
    if (row.size() != variable.row_bytes) throw std::logic_error("a row of the summary has the wrong size");
    variable.buffer.insert(variable.buffer.end(), row.begin(), row.end());
    if (variable.buffer.size() >= variable.chunk_rows * variable.row_bytes) flush(variable);
}

void SummaryGroup::finish() {
    for (auto& variable : growing_) flush(variable);
}

void SummaryGroup::flush(Growing& variable) {
    if (variable.buffer.empty()) return;
    auto count = variable.shape;
    count[0] = variable.buffer.size() / variable.row_bytes;
    std::vector<hsize_t> start(count.size(), 0);
    start[0] = variable.written;
    const hdf5::Handle space(H5Dget_space(variable.dataset.id()), H5Sclose, "read a dataspace");
    const hdf5::Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose,
                              "make a dataspace");
    hdf5::check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
                "select rows");
    hdf5::check(H5Dwrite(variable.dataset.id(), hdf5::type_of(variable.element), memory.id(), space.id(), H5P_DEFAULT,
                         variable.buffer.data()),
                "write the summary");
    variable.written += count[0];
    variable.buffer.clear();
}

}  // namespace sigmaflow
