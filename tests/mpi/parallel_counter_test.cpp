#include "sigmaflow/parallel/shared_counter.hpp"

#include <gmock/gmock.h>
#include <mpi.h>

#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace sigmaflow {
namespace {

using testing::Each;

int rank_of(MPI_Comm comm) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    return rank;
}

void sleep_milliseconds(int count) { std::this_thread::sleep_for(std::chrono::milliseconds(count)); }

/// Takes indices until there are none, `milliseconds` of work on each.
std::vector<std::int64_t> take_all(SharedCounter& counter, int milliseconds) {
    std::vector<std::int64_t> mine;
    while (!counter.is_exhausted()) {
        counter.ask();
        if (const auto index = counter.take()) {
            mine.push_back(*index);
            sleep_milliseconds(milliseconds);
        }
    }
    return mine;
}

/// How often every index was taken, over all ranks.
std::vector<int> times_taken(const std::vector<std::int64_t>& mine, std::size_t end) {
    std::vector<int> times(end, 0);
    for (const auto index : mine) {
        const auto i = static_cast<std::size_t>(index);
        if (i < end) {
            ++times[i];
        } else {
            ADD_FAILURE() << index << " is not below " << end;  // no exception: all ranks have to meet below
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, times.data(), static_cast<int>(end), MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    return times;
}

TEST(SharedCounter, HandsOutEveryIndexOnce) {
    constexpr std::size_t end = 300;
    SharedCounter counter(MPI_COMM_WORLD, end);
    const auto mine = take_all(counter, 0);
    EXPECT_THAT(times_taken(mine, end), Each(1));
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
}

TEST(SharedCounter, ASlowRankHoldsNobodyUp) {
    constexpr std::size_t end = 60;
    // Inside a node Open MPI's counter is memory that all share. MPICH's answers when its rank enters MPI: others may
    // have to keep step with a slow rank 0, no worse.
#if defined(OPEN_MPI)
    constexpr std::size_t most = end / 2 - 1;
#else
    constexpr std::size_t most = end / 2 + 1;
#endif
    const int rank = rank_of(MPI_COMM_WORLD);
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    for (const int slow : {0, ranks - 1}) {
        SharedCounter counter(MPI_COMM_WORLD, end);
        const auto mine = take_all(counter, rank == slow ? 10 : 0);
        EXPECT_THAT(times_taken(mine, end), Each(1));
        if (rank == slow && ranks > 1) {
            EXPECT_LE(mine.size(), most) << "the others took over";
        }
    }
}

TEST(SharedCounter, MoreRanksThanIndices) {
    for (const std::size_t end : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
        SharedCounter counter(MPI_COMM_WORLD, static_cast<std::int64_t>(end));
        EXPECT_THAT(times_taken(take_all(counter, 0), end), Each(1));
        counter.ask();  // after the end: nothing
        EXPECT_FALSE(counter.take().has_value());
        EXPECT_TRUE(counter.is_exhausted());
    }
}

TEST(SharedCounter, GivesAnIndexOnlyOnce) {
    SharedCounter counter(MPI_COMM_WORLD, 1000);
    EXPECT_FALSE(counter.take().has_value()) << "not asked";
    counter.ask();
    counter.ask();  // one is under way already
    std::optional<std::int64_t> first;
    while (!first) first = counter.take();
    EXPECT_FALSE(counter.take().has_value());
    MPI_Barrier(MPI_COMM_WORLD);
    counter.ask();
    std::optional<std::int64_t> next;
    while (!next) next = counter.take();
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    EXPECT_LT(*first, ranks);
    EXPECT_GE(*next, ranks);
    EXPECT_LT(*next, 2 * ranks) << "the second question of the first round asked for nothing";
}

TEST(SharedCounter, ClosedOnOneRankTakesNothingThere) {
    SharedCounter counter(MPI_COMM_WORLD, 50);
    const int rank = rank_of(MPI_COMM_WORLD);
    if (rank == 0) counter.ask();  // under way when it is closed
    MPI_Barrier(MPI_COMM_WORLD);   // before the others have taken all
    if (rank == 0) {
        counter.close();
        EXPECT_TRUE(counter.is_exhausted());
        for (int i = 0; i < 100; ++i) {  // time enough for the answer to come
            EXPECT_FALSE(counter.take().has_value());
            sleep_milliseconds(1);
        }
        counter.ask();
        EXPECT_FALSE(counter.take().has_value());
    }
    const auto mine = rank == 0 ? std::vector<std::int64_t>{} : take_all(counter, 0);
    const auto times = times_taken(mine, 50);
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    EXPECT_GE(std::accumulate(times.begin(), times.end(), 0), ranks == 1 ? 0 : 49);
}

TEST(SharedCounter, ClosedForAllRunsOutEverywhere) {
    SharedCounter counter(MPI_COMM_WORLD, 1000000000);
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (rank_of(MPI_COMM_WORLD) == ranks - 1) counter.close_for_all();
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < 10000 && !counter.is_exhausted(); ++i) {  // the news may take a moment
        counter.ask();
        (void)counter.take();
        if (i % 100 == 99) sleep_milliseconds(1);
    }
    EXPECT_TRUE(counter.is_exhausted());
}

}  // namespace
}  // namespace sigmaflow
