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

/// A file that all ranks write to, with the log of one call of write().
class StoreOrder : public testing::Test {
  protected:
    void SetUp() override {
        int running = 0;
        MPI_Initialized(&running);
        if (running == 0) GTEST_SKIP() << "needs mpirun";
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        long id = ::getpid();
        MPI_Bcast(&id, 1, MPI_LONG, 0, MPI_COMM_WORLD);
        path = (std::filesystem::temp_directory_path() / ("sigmaflow-order-" + std::to_string(id) + ".h5")).string();
        if (rank == 0) create_store(path, layout);
        MPI_Barrier(MPI_COMM_WORLD);
        status = StoreReader(path).status_offset();
    }

    void TearDown() override {
        if (path.empty()) return;
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0) std::filesystem::remove(path);
    }

    std::vector<FinishedTask> share() const {
        std::vector<FinishedTask> finished;
        const auto step = static_cast<std::uint64_t>(size);
        for (auto task = static_cast<std::uint64_t>(rank); task < layout.tasks.size(); task += step) {
            finished.push_back(artificial_task(layout, task));
        }
        return finished;
    }

    static void write_logged(StoreWriter& writer, const std::vector<FinishedTask>& finished) {
        events().clear();
        logging = true;
        writer.write(finished);
        logging = false;
    }

    [[nodiscard]] bool is_flag(const Event& event) const {
        return !event.is_flush && event.offset >= status && event.offset < status + layout.tasks.size();
    }
    [[nodiscard]] bool is_row(const Event& event) const { return !event.is_flush && !is_flag(event); }

    int rank = 0;
    int size = 1;
    std::string path;
    const Layout layout = artificial_layout();
    std::uint64_t status = 0;
};

TEST_F(StoreOrder, FlagsComeAfterTheFlushOfWhatTheyVouchFor) {
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        writer.begin_session({size, 1, "", "", 1.0});
        write_logged(writer, share());
    }
    double first_flag = kNever, last_flag = 0.0, last_row = 0.0, flush_after_rows = kNever, last_flush = 0.0;
    for (const auto& event : events()) {
        if (is_flag(event)) {
            first_flag = std::min(first_flag, event.time);
            last_flag = event.time;
        }
        if (is_row(event)) last_row = event.time;
        if (event.is_flush) last_flush = event.time;
    }
    for (const auto& event : events()) {
        if (event.is_flush && event.time > last_row) flush_after_rows = std::min(flush_after_rows, event.time);
    }
    // A rank that wrote nothing has nothing to flush: with MPICH only some ranks touch the file.
    if (last_row == 0.0) flush_after_rows = 0.0;
    if (last_flag == 0.0) last_flush = kNever;
    const double rows_written = over_ranks(last_row, MPI_MAX);
    const double flag_written = over_ranks(first_flag, MPI_MIN);
    EXPECT_GT(rows_written, 0.0) << "the log saw no write";
    EXPECT_LT(flag_written, kNever) << "the log saw no flag";
    EXPECT_LT(rows_written, flag_written);
    EXPECT_LT(over_ranks(flush_after_rows, MPI_MAX), flag_written) << "rows were not flushed before the flags";
    EXPECT_GT(over_ranks(last_flush, MPI_MIN), over_ranks(last_flag, MPI_MAX)) << "flags were not flushed";
}

TEST_F(StoreOrder, OldFlagsGoBeforeNewRowsCome) {
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        writer.begin_session({size, 1, "", "", 1.0});
        std::vector<FinishedTask> failed;
        if (rank == 0) failed.push_back({1, TaskStatus::failed, "no", 1.0, 2.0, 0.0, {}});
        writer.write(failed);
        write_logged(writer, share());
    }
    double first_row = kNever, last_cleared = 0.0, flush_of_cleared = kNever;
    for (const auto& event : events()) {
        if (is_row(event)) first_row = std::min(first_row, event.time);
    }
    first_row = over_ranks(first_row, MPI_MIN);
    for (const auto& event : events()) {
        if (is_flag(event) && event.time < first_row) last_cleared = event.time;
        if (event.is_flush && last_cleared > 0.0) flush_of_cleared = std::min(flush_of_cleared, event.time);
    }
    if (last_cleared == 0.0) flush_of_cleared = 0.0;  // nothing to flush on this rank
    EXPECT_GT(over_ranks(last_cleared, MPI_MAX), 0.0) << "no flag was cleared";
    EXPECT_LT(over_ranks(flush_of_cleared, MPI_MAX), first_row) << "cleared flags were not flushed";
    EXPECT_EQ(StoreReader(path).tasks()[1].status, TaskStatus::done);
    EXPECT_EQ(StoreReader(path).tasks()[1].message, "");
}

}  // namespace
}  // namespace sigmaflow
