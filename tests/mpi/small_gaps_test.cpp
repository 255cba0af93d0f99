// Open MPI issue 12718: with more than one aggregator, collective writes of small rows with small gaps between them
// lose rows, before versions 4.1.7 and 5.0.6. Here MPI-IO is used as the store uses it, but with two aggregators. With
// the program's setting (OMPI_MCA_fbtl_posix_write_datasieving=0) no row is lost; tests/end_to_end/test_small_gaps.py
// runs the same without it.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr int kRows = 600;
constexpr int kParts = 3;  // a write takes every third row: the others are gaps

/// Never zero: a row that was lost is.
std::uint8_t value_at(int row, int byte) { return static_cast<std::uint8_t>(1 + (row * 131 + byte * 7) % 255); }

void create(const std::string& path, hsize_t row_bytes) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t shape[2] = {kRows, row_bytes};
    const hid_t space = H5Screate_simple(2, shape, nullptr);
    const hid_t early = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_alloc_time(early, H5D_ALLOC_TIME_EARLY);
    H5Dclose(H5Dcreate2(file, "rows", H5T_STD_U8LE, space, H5P_DEFAULT, early, H5P_DEFAULT));
    H5Pclose(early);
    H5Sclose(space);
    H5Fclose(file);
}

/// Opens with two aggregators.
hid_t open_together(const std::string& path) {
    MPI_Info info = MPI_INFO_NULL;
    MPI_Info_create(&info);
    MPI_Info_set(info, "cb_nodes", "2");
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_mpio(access, MPI_COMM_WORLD, info);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, access);
    H5Pclose(access);
    MPI_Info_free(&info);
    return file;
}

/// Writes this rank's rows of one part, as unions of hyperslabs; shares are uneven.
void write_part(hid_t dataset, hsize_t row_bytes, int part) {
    int rank = 0, size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const hid_t space = H5Dget_space(dataset);
    H5Sselect_none(space);
    std::vector<std::uint8_t> bytes;
    for (int row = part; row < kRows; row += kParts) {
        if ((row * row + row / 7) % size != rank) continue;
        const hsize_t start[2] = {static_cast<hsize_t>(row), 0}, count[2] = {1, row_bytes};
        H5Sselect_hyperslab(space, bytes.empty() ? H5S_SELECT_SET : H5S_SELECT_OR, start, nullptr, count, nullptr);
        for (int i = 0; i < static_cast<int>(row_bytes); ++i) bytes.push_back(value_at(row, i));
    }
    const hsize_t elements = std::max<hsize_t>(bytes.size(), 1);
    const hid_t memory = H5Screate_simple(1, &elements, nullptr);
    if (bytes.empty()) H5Sselect_none(memory);
    bytes.resize(elements);
    const hid_t together = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(together, H5FD_MPIO_COLLECTIVE);
    EXPECT_GE(H5Dwrite(dataset, H5T_STD_U8LE, memory, space, together, bytes.data()), 0);
    H5Pclose(together);
    H5Sclose(memory);
    H5Sclose(space);
}

int bad_rows(const std::string& path, hsize_t row_bytes) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, "rows", H5P_DEFAULT);
    std::vector<std::uint8_t> bytes(kRows * row_bytes);
    EXPECT_GE(H5Dread(dataset, H5T_STD_U8LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), 0);
    H5Dclose(dataset);
    H5Fclose(file);
    int bad = 0;
    for (int row = 0; row < kRows; ++row) {
        bool good = true;
        for (std::size_t i = 0; i < row_bytes; ++i) {
            good = good && bytes[static_cast<std::size_t>(row) * row_bytes + i] == value_at(row, static_cast<int>(i));
        }
        bad += good ? 0 : 1;
    }
    return bad;
}

/// Bad rows of one file, known to rank 0.
int write_and_count(const std::string& path, hsize_t row_bytes) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) create(path, row_bytes);
    MPI_Barrier(MPI_COMM_WORLD);
    const hid_t file = open_together(path);
    const hid_t dataset = H5Dopen2(file, "rows", H5P_DEFAULT);
    for (int part = 0; part < kParts; ++part) {
        write_part(dataset, row_bytes, part);
        H5Fflush(file, H5F_SCOPE_GLOBAL);
    }
    H5Dclose(dataset);
    H5Fclose(file);
    MPI_Barrier(MPI_COMM_WORLD);
    return rank == 0 ? bad_rows(path, row_bytes) : 0;
}

TEST(SmallGaps, TwoAggregatorsLoseNoRow) {
    int running = 0;
    MPI_Initialized(&running);
    if (running == 0) GTEST_SKIP() << "needs mpirun";
    long id = ::getpid();
    MPI_Bcast(&id, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    const auto path = (std::filesystem::temp_directory_path() / ("sigmaflow-gaps-" + std::to_string(id))).string();
    int bad = 0;
    for (int repetition = 0; repetition < 3; ++repetition) {
        for (const hsize_t row_bytes : {1, 8, 80, 400, 2000}) bad += write_and_count(path, row_bytes);
    }
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        std::filesystem::remove(path);
        testing_support::claim("small-gap-bad-rows", bad);
    }
    EXPECT_EQ(bad, 0);
}

}  // namespace
}  // namespace sigmaflow
