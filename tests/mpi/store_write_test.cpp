// Collective writes of uneven and empty ranks, at 1 to 5 ranks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <fstream>
#include <iterator>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/store/create.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/writer.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;

class StoreWrite : public testing::Test {
  protected:
    void SetUp() override {
        int running = 0;
        MPI_Initialized(&running);
        if (running == 0) GTEST_SKIP() << "needs mpirun";
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    }

    /// One file, made by rank 0, of that layout; all ranks know its path.
    std::string make(const Layout& layout) {
        long id = ::getpid();
        MPI_Bcast(&id, 1, MPI_LONG, 0, MPI_COMM_WORLD);
        const auto path =
            (std::filesystem::temp_directory_path() / ("sigmaflow-mpi-" + std::to_string(id) + ".h5")).string();
        if (rank == 0) create_store(path, layout);
        MPI_Barrier(MPI_COMM_WORLD);
        return path;
    }

    void remove(const std::string& path) const {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0) std::filesystem::remove(path);
    }

    /// Uneven shares: task i belongs to rank (i * i + i / 7) mod (size - 1), so that the last rank has none at all.
    [[nodiscard]] bool is_mine(std::uint64_t task) const {
        const auto owners = static_cast<std::uint64_t>(std::max(1, size - 1));
        return (task * task + task / 7) % owners == static_cast<std::uint64_t>(rank);
    }

    int rank = 0;
    int size = 1;
};

void expect_written(const StoreReader& reader, const Layout& layout, std::uint64_t task) {
    const auto expected = artificial_task(layout, task);
    const auto checksums = reader.checksums(task);
    ASSERT_EQ(checksums.size(), expected.rows.size());
    for (std::size_t i = 0; i < expected.rows.size(); ++i) {
        EXPECT_EQ(reader.read_row(task, i), expected.rows[i]) << "row " << i << " of task " << task;
        EXPECT_EQ(checksums[i], hash64(expected.rows[i]));
        EXPECT_TRUE(reader.row_intact(task, i));
    }
}

TEST_F(StoreWrite, SixHundredRowsOfUnevenRanks) {
    const auto layout = artificial_layout({Shape{60, 7, 5, 3, 16, 10, 4}, Shape{30, 6, 9, 1, 12, 0, 8}});
    ASSERT_EQ(layout.tasks.size(), 600U);
    const auto path = make(layout);
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        EXPECT_EQ(writer.begin_session({size, 2, "host \xCE\xB1", "job 7", 1234.5}), 0U);
        for (int part = 0; part < 3; ++part) {
            std::vector<FinishedTask> finished;
            for (std::uint64_t task = 0; task < layout.tasks.size(); ++task) {
                if (is_mine(task) && task % 3 == static_cast<std::uint64_t>(part)) {
                    finished.insert(finished.begin(), artificial_task(layout, task));  // in any order
                }
            }
            writer.write(finished);
        }
        writer.end_session(2345.5, 75);
        EXPECT_EQ(writer.independent_writes(), 0U) << "HDF5 fell back to independent writes";
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const StoreReader reader(path);  // also: writing with MPI-IO changed no frozen byte
    const auto tasks = reader.tasks();
    for (std::uint64_t task = 0; task < layout.tasks.size(); ++task) {
        ASSERT_EQ(tasks[task].status, TaskStatus::done) << task;
        EXPECT_TRUE(tasks[task].intact) << task;
        EXPECT_EQ(tasks[task].rank == static_cast<std::uint32_t>(rank), is_mine(task));
        EXPECT_EQ(tasks[task].wait_seconds, 0.25);
        expect_written(reader, layout, task);
    }
    const auto sessions = reader.sessions();
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].start_unix, 1234.5);
    EXPECT_EQ(sessions[0].end_unix, 2345.5);
    EXPECT_EQ(sessions[0].exit_code, 75);
    EXPECT_EQ(sessions[0].ranks, size);
    EXPECT_EQ(sessions[0].hosts, "host \xCE\xB1");
    EXPECT_EQ(sessions[0].job_id, "job 7");
    remove(path);
}

TEST_F(StoreWrite, FailedTasksHaveAMessageAndNoRows) {
    const auto layout = artificial_layout();
    const auto path = make(layout);
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        writer.begin_session({size, 1, "", "", 1.0});
        writer.begin_session({size, 1, "", "", 2.0});
        std::vector<FinishedTask> finished;
        if (rank == size - 1) {
            finished.push_back({3, TaskStatus::failed, std::string(158, 'x') + "\xC3\xA9", 1.0, 2.0, 0.0, {}});
            finished.push_back(artificial_task(layout, 1));
        }
        writer.write(finished);
        writer.write({});
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const StoreReader reader(path);
    const auto tasks = reader.tasks();
    EXPECT_EQ(tasks[3].status, TaskStatus::failed);
    EXPECT_EQ(tasks[3].message, std::string(158, 'x')) << "cut in front of the character that does not fit";
    EXPECT_EQ(tasks[3].session, 1U);
    EXPECT_TRUE(tasks[3].intact);
    EXPECT_EQ(tasks[1].status, TaskStatus::done);
    EXPECT_EQ(tasks[0].status, TaskStatus::pending);
    expect_written(reader, layout, 1);
    EXPECT_EQ(reader.sessions()[1].exit_code, -1) << "not ended";
    remove(path);
}

TEST_F(StoreWrite, ATaskThatDoesNotFitIsRefusedByAllRanks) {
    const auto layout = artificial_layout();
    const auto path = make(layout);
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        writer.begin_session({size, 1, "", "", 1.0});
        std::vector<FinishedTask> finished{artificial_task(layout, static_cast<std::uint64_t>(rank))};
        if (rank == size - 1) finished[0].rows[2].pop_back();
        EXPECT_THROW(writer.write(finished), std::logic_error);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    for (const auto status : StoreReader(path).statuses()) EXPECT_EQ(status, TaskStatus::pending);
    remove(path);
}

TEST_F(StoreWrite, AFullTableOfSessionsUsesItsLastRowAgain) {
    const auto layout = artificial_layout();
    const auto path = make(layout);
    {
        StoreWriter writer(path, layout, MPI_COMM_WORLD);
        for (std::uint32_t i = 0; i < layout.max_sessions; ++i) {
            EXPECT_EQ(writer.begin_session({size, 1, "", "", 1.0 + i}), i);
            writer.end_session(10.0 + i, 0);
        }
        EXPECT_EQ(writer.begin_session({size, 5, "", "", 99.0}), layout.max_sessions - 1);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const auto sessions = StoreReader(path).sessions();
    ASSERT_EQ(sessions.size(), layout.max_sessions);
    EXPECT_EQ(sessions.front().start_unix, 1.0);
    EXPECT_EQ(sessions.back().start_unix, 99.0);
    EXPECT_EQ(sessions.back().threads, 5);
    EXPECT_EQ(sessions.back().end_unix, 0.0) << "not the end of the one before";
    EXPECT_EQ(sessions.back().exit_code, -1);
    remove(path);
}

TEST_F(StoreWrite, AMissingOrDamagedFileIsAnErrorOnAllRanks) {
    const auto layout = artificial_layout();
    EXPECT_THROW(StoreWriter("/no/such/file.h5", layout, MPI_COMM_WORLD), InputError);
    const auto path = make(layout);
    if (rank == 0) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(700);
        const char byte = static_cast<char>(file.peek() ^ 1);
        file.seekp(700);
        file.write(&byte, 1);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    EXPECT_THROW(StoreWriter(path, layout, MPI_COMM_WORLD), InputError);
    remove(path);
}

}  // namespace
}  // namespace sigmaflow
