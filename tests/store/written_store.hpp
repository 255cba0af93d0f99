#pragma once
// Files with results in them, for tests that run without mpirun.

#include <mpi.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "sigmaflow/store/create.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/writer.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow::testing_store {

/// MPI with one process, until the program ends.
inline void start_mpi() {
    int running = 0;
    MPI_Initialized(&running);
    if (running != 0) return;
    ::setenv("OMPI_MCA_fbtl_posix_write_datasieving", "0", 0);
    MPI_Init(nullptr, nullptr);
    std::atexit([] { MPI_Finalize(); });
}

inline void write_tasks(const std::string& path, const Layout& layout, const std::vector<FinishedTask>& tasks) {
    start_mpi();
    StoreWriter writer(path, layout, MPI_COMM_SELF);
    writer.begin_session({1, 1, "here", "", 1.0});
    writer.write(tasks);
    writer.end_session(2.0, 0);
}

/// All artificial tasks but those that `left_out` names.
inline std::vector<FinishedTask> artificial_tasks(const Layout& layout,
                                                  const std::function<bool(std::uint64_t)>& left_out = {}) {
    std::vector<FinishedTask> tasks;
    for (std::uint64_t i = 0; i < layout.tasks.size(); ++i) {
        if (!left_out || !left_out(i)) tasks.push_back(artificial_task(layout, i));
    }
    return tasks;
}

inline void write_store(const std::string& path, const Layout& layout, const std::vector<FinishedTask>& tasks) {
    create_store(path, layout);
    write_tasks(path, layout, tasks);
}

inline std::vector<char> contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void put_byte(const std::string& path, std::uint64_t offset, char byte) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(&byte, 1);
}

}  // namespace sigmaflow::testing_store
