#include "collective_file.hpp"

namespace sigmaflow {
namespace {

hdf5::Handle open_collectively(const std::string& path, MPI_Comm comm) {
    hdf5::silence();
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make a property list");
    hdf5::check(H5Pset_fapl_mpio(access.id(), comm, MPI_INFO_NULL), "choose MPI-IO");
    return {H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), H5Fclose, "open '" + path + "' with MPI-IO"};
}

hdf5::Handle collective_transfer() {
    hdf5::Handle list(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "make a property list");
    hdf5::check(H5Pset_dxpl_mpio(list.id(), H5FD_MPIO_COLLECTIVE), "choose collective transfer");
    return list;
}

/// Selects the boxes in the file and returns the number of elements.
hsize_t select(const hdf5::Handle& space, const std::vector<Box>& boxes) {
    hdf5::check(H5Sselect_none(space.id()), "select nothing");
    hsize_t elements = 0;
    for (const auto& box : boxes) {
        const auto how = elements == 0 ? H5S_SELECT_SET : H5S_SELECT_OR;
        hdf5::check(H5Sselect_hyperslab(space.id(), how, box.start.data(), nullptr, box.count.data(), nullptr),
                    "select rows");
        hsize_t size = 1;
        for (const auto count : box.count) size *= count;
        elements += size;
    }
    return elements;
}

hdf5::Handle packed_space(hsize_t elements) {
    const hsize_t extent = elements == 0 ? 1 : elements;
    hdf5::Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "make a dataspace");
    if (elements == 0) hdf5::check(H5Sselect_none(space.id()), "select nothing");
    return space;
}

}  // namespace

void Selection::add(Box box, std::span<const std::byte> data) {
    boxes.push_back(std::move(box));
    bytes.insert(bytes.end(), data.begin(), data.end());
}

CollectiveFile::CollectiveFile(const std::string& path, MPI_Comm comm)
    : file_(open_collectively(path, comm)), transfer_(collective_transfer()) {}

const hdf5::Handle& CollectiveFile::opened(const std::string& dataset) {
    auto found = datasets_.find(dataset);
    if (found == datasets_.end()) found = datasets_.emplace(dataset, hdf5::open_dataset(file_.id(), dataset)).first;
    return found->second;
}

void CollectiveFile::write(const std::string& dataset, const Selection& selection) {
    const auto& target = opened(dataset);
    const hdf5::Handle type(H5Dget_type(target.id()), H5Tclose, "read an element type");
    const hdf5::Handle space(H5Dget_space(target.id()), H5Sclose, "read a dataspace");
    const auto elements = select(space, selection.boxes);
    const auto memory = packed_space(elements);
    const std::byte nothing{};
    const void* bytes = elements == 0 ? &nothing : selection.bytes.data();
    hdf5::check(H5Dwrite(target.id(), type.id(), memory.id(), space.id(), transfer_.id(), bytes),
                "write '" + dataset + "'");
    auto mode = H5D_MPIO_NO_COLLECTIVE;
    hdf5::check(H5Pget_mpio_actual_io_mode(transfer_.id(), &mode), "ask for the transfer mode");
    if (mode == H5D_MPIO_NO_COLLECTIVE) ++independent_writes_;
}

void CollectiveFile::flush() { hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "flush the result file"); }

std::uint64_t CollectiveFile::offset_of(const std::string& dataset) {
    return hdf5::offset_in_file(opened(dataset).id());
}

}  // namespace sigmaflow
