#include "sigmaflow/store/create.hpp"

#include <unistd.h>

#include <filesystem>

#include "byte_file.hpp"
#include "check_layout.hpp"
#include "file_header.hpp"
#include "hdf5.hpp"
#include "memory_file.hpp"
#include "part_extents.hpp"
#include "write_metadata.hpp"

namespace sigmaflow {
namespace {

hdf5::Handle create_file(const std::string& path) {
    hdf5::silence();
    const hdf5::Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "make a property list");
    H5Pset_userblock(creation.id(), kUserBlockBytes);
    H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(creation.id(), false);
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make a property list");
    constexpr hsize_t kMetadataBlock = 1 << 20;  // keeps metadata together: fewer, longer frozen stretches
    H5Pset_meta_block_size(access.id(), kMetadataBlock);
    return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose, "create '" + path + "'"};
}

/// Everything up to the rename.
void build(const std::string& path, const Layout& layout) {
    std::uint64_t table_offset = 0;
    std::size_t range_count = 0;
    const ByteFile file(path, ByteFile::Mode::create);
    const MemoryFile memory;
    {
        const auto hdf5_file = create_file(path);
        memory.stand_in_for(hdf5::descriptor_of(hdf5_file.id()));
        const auto ranges = write_metadata(hdf5_file.id(), layout);
        range_count = ranges.size();
        table_offset = write_ranges(hdf5_file.id(), ranges);
        hdf5::check(H5Fflush(hdf5_file.id(), H5F_SCOPE_GLOBAL), "flush '" + path + "'");
    }
    file.resize(memory.size());
    memory.copy_to(file);
    file.reserve(part_extents(read_metadata(path), file.size()));
    write_header(file, table_offset, range_count);
    file.sync();
}

}  // namespace

void create_store(const std::string& path, const Layout& layout) {
    check_layout(layout);
    const auto partial = path + ".partial";
    ::unlink(partial.c_str());  // what a link there points at must not be overwritten
    try {
        build(partial, layout);
        std::filesystem::rename(partial, path);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw;
    }
    sync_folder(path);
}

}  // namespace sigmaflow
