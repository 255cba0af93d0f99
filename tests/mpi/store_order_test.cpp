// The order in which bytes reach the file: no status flag before everything it vouches for was flushed, on any rank.
// This program's own pwrite and fsync stand in for the C library's and keep a log.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <mpi.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "sigmaflow/store/create.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/writer.hpp"
#include "store/artificial_layout.hpp"

namespace {

struct Event {
    double time;
    bool is_flush;
    std::uint64_t offset;
};

bool logging = false;
std::vector<Event>& events() {
    static std::vector<Event> log;
    return log;
}

void note(bool is_flush, std::int64_t offset) {
    if (!logging) return;
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);  // one clock for all processes of a machine
    events().push_back({static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec), is_flush,
                        static_cast<std::uint64_t>(offset)});
}

template <class Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
    static const auto call = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    note(false, offset);
    return call(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
    static const auto call = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    note(false, offset);
    return call(file, bytes, size, offset);
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) {
    static const auto call = real<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
    note(false, offset);
    return call(file, parts, count, offset);
}

ssize_t pwritev64(int file, const iovec* parts, int count, off64_t offset) {
    static const auto call = real<ssize_t (*)(int, const iovec*, int, off64_t)>("pwritev64");
    note(false, offset);
    return call(file, parts, count, offset);
}

int fsync(int file) {
    static const auto call = real<int (*)(int)>("fsync");
    const int result = call(file);
    note(true, 0);
    return result;
}
}

namespace sigmaflow {
namespace {

using namespace testing_store;

constexpr double kNever = std::numeric_limits<double>::infinity();

double over_ranks(double mine, MPI_Op operation) {
    MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, operation, MPI_COMM_WORLD);
    return mine;
}

TEST(StoreOrder, FlagsComeAfterTheFlushOfWhatTheyVouchFor) {
    int running = 0, rank = 0, size = 1;
    MPI_Initialized(&running);
    if (running == 0) GTEST_SKIP() << "needs mpirun";
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    long id = ::getpid();
    MPI_Bcast(&id, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    const auto path =
        (std::filesystem::temp_directory_path() / ("sigmaflow-order-" + std::to_string(id) + ".h5")).string();
    const auto layout = artificial_layout();
    if (rank == 0) create_store(path, layout);
    MPI_Barrier(MPI_COMM_WORLD);
    std::uint64_t status = 0;
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        writer.begin_session({size, 1, "", "", 1.0});
        status = StoreReader(path).status_offset();
        std::vector<FinishedTask> finished;
        for (auto task = static_cast<std::uint64_t>(rank); task < layout.tasks.size();
             task += static_cast<std::uint64_t>(size)) {
            finished.push_back(artificial_task(layout, task));
        }
        events().clear();
        logging = true;
        writer.write(finished);
        logging = false;
    }
    double first_flag = kNever, last_flag = 0.0, last_row = 0.0, first_flush_after_rows = kNever, last_flush = 0.0;
    for (const auto& event : events()) {
        const bool is_flag = event.offset >= status && event.offset < status + layout.tasks.size();
        if (event.is_flush) {
            last_flush = event.time;
        } else if (is_flag) {
            first_flag = std::min(first_flag, event.time);
            last_flag = event.time;
        } else {
            last_row = event.time;
        }
    }
    for (const auto& event : events()) {
        if (event.is_flush && event.time > last_row) {
            first_flush_after_rows = std::min(first_flush_after_rows, event.time);
        }
    }
    const double rows_written = over_ranks(last_row, MPI_MAX);
    const double flag_written = over_ranks(first_flag, MPI_MIN);
    EXPECT_GT(rows_written, 0.0) << "the log saw no write";
    EXPECT_LT(flag_written, kNever) << "the log saw no flag";
    EXPECT_LT(rows_written, flag_written);
    EXPECT_LT(over_ranks(first_flush_after_rows, MPI_MAX), flag_written) << "rows were not flushed before the flags";
    EXPECT_GT(over_ranks(last_flush, MPI_MIN), over_ranks(last_flag, MPI_MAX)) << "flags were not flushed";
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) std::filesystem::remove(path);
}

}  // namespace
}  // namespace sigmaflow
