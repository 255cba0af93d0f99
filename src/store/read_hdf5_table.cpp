#include <fmt/format.h>

#include "hdf5.hpp"
#include "number_table.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

herr_t collect_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
    auto& text = *static_cast<std::string*>(names);
    constexpr std::size_t kEnough = 400;
    if (info->type == H5O_TYPE_DATASET && text.size() < kEnough) text += (text.empty() ? "" : ", ") + std::string(name);
    return 0;
}

std::string datasets_in(hid_t file) {
    std::string names;
    H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, collect_dataset, &names);
    return names.empty() ? "it has none" : "it has " + names;
}

NumberTable read(hid_t file, const std::string& path, const std::string& name) {
    const auto place = "dataset '" + name + "' of '" + path + "'";
    const auto id = name.empty() ? H5I_INVALID_HID : H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    if (id < 0) {
        throw InputError(name.empty() ? "a dataset of '" + path + "' must be named" : "there is no " + place,
                         datasets_in(file), "set dataset");
    }
    const hdf5::Handle dataset(id, H5Dclose, "open " + place);
    const hdf5::Handle type(H5Dget_type(id), H5Tclose, "read an element type");
    const auto kind = H5Tget_class(type.id());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) throw InputError(place + " holds no numbers");
    const auto dims = hdf5::shape(id);
    if (dims.size() != 2) {
        throw InputError(place + " is no table of points",
                         fmt::format("it has {} dimensions, points x coordinates are needed", dims.size()));
    }
    if (dims[0] > 0 && dims[1] > kMostNumbers / dims[0]) {
        throw InputError(place + " is too large", fmt::format("{} x {} numbers, at most 2^30", dims[0], dims[1]));
    }
    NumberTable table{dims[0], dims[1], std::vector<double>(dims[0] * dims[1])};
    if (table.values.empty()) return table;
    hdf5::check(H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, table.values.data()), "read " + place);
    return table;
}

}  // namespace

NumberTable read_hdf5_table(const std::string& path, const std::string& dataset) {
    try {
        const auto file = hdf5::open_file(path);
        return read(file.id(), path, dataset);
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw InputError("cannot read points from '" + path + "'", error.what());
    }
}

}  // namespace sigmaflow
