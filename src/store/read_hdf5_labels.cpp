#include <fmt/format.h>

#include <cstring>

#include "hdf5.hpp"
#include "number_table.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

std::vector<std::string> integers(hid_t dataset, std::size_t count) {
    std::vector<std::int64_t> numbers(count);
    hdf5::check(H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()), "read labels");
    std::vector<std::string> out;
    for (const auto number : numbers) out.push_back(fmt::format("{}", number));
    return out;
}

/// Texts of a fixed length end with their first NUL, or with their padding of spaces.
std::vector<std::string> fixed_texts(hid_t dataset, hid_t type, std::size_t count) {
    const std::size_t width = H5Tget_size(type);
    const bool padded = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    const auto bytes = hdf5::read_bytes(dataset);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
        const char* start = reinterpret_cast<const char*>(bytes.data()) + i * width;
        std::string text(start, strnlen(start, width));
        if (padded) text.erase(text.find_last_not_of(' ') + 1);
        out.push_back(std::move(text));
    }
    return out;
}

/// In the type of the file: a text in another character set would not convert.
std::vector<std::string> variable_texts(hid_t dataset, hid_t type, std::size_t count) {
    std::vector<char*> pointers(count, nullptr);
    hdf5::check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "read labels");
    std::vector<std::string> out;
    for (char* text : pointers) {
        out.emplace_back(text == nullptr ? "" : text);
        H5free_memory(text);
    }
    return out;
}

std::vector<std::string> read(hid_t file, const std::string& path, const std::string& name) {
    const auto place = "dataset '" + name + "' of '" + path + "'";
    const auto id = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    if (id < 0) throw InputError("there is no " + place, {}, "set labels");
    const hdf5::Handle dataset(id, H5Dclose, "open " + place);
    const hdf5::Handle type(H5Dget_type(id), H5Tclose, "read an element type");
    const auto dims = hdf5::shape(id);
    if (dims.size() != 1) {
        throw InputError(place + " is no list of labels",
                         fmt::format("it has {} dimensions instead of 1", dims.size()));
    }
    constexpr std::size_t kMostWidth = 4096;  // bytes of a text of fixed length
    if (dims[0] > kMostNumbers || H5Tget_size(type.id()) > kMostWidth) {
        throw InputError(place + " is too large for labels", fmt::format("{} of {} bytes, at most 2^30 of {}", dims[0],
                                                                         H5Tget_size(type.id()), kMostWidth));
    }
    const auto kind = H5Tget_class(type.id());
    if (kind == H5T_INTEGER) return integers(id, dims[0]);
    if (kind != H5T_STRING) throw InputError(place + " holds no labels", "labels are texts or integers");
    const bool variable = H5Tis_variable_str(type.id()) > 0;
    return variable ? variable_texts(id, type.id(), dims[0]) : fixed_texts(id, type.id(), dims[0]);
}

}  // namespace

std::vector<std::string> read_hdf5_labels(const std::string& path, const std::string& dataset) {
    try {
        const auto file = hdf5::open_file(path);
        return read(file.id(), path, dataset);
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw InputError("cannot read labels from '" + path + "'", error.what());
    }
}

}  // namespace sigmaflow
