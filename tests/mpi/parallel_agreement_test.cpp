#include <gmock/gmock.h>
#include <mpi.h>

#include <chrono>
#include <string>
#include <thread>

#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/parallel/epoch_agreement.hpp"

namespace sigmaflow {
namespace {

struct World {
    int rank = 0;
    int size = 1;
    World() {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    }
};

EpochState meet(EpochAgreement& agreement, const EpochState& mine) {
    agreement.start(mine);
    std::optional<EpochState> agreed;
    while (!agreed) agreed = agreement.test();
    return *agreed;
}

TEST(EpochAgreement, AnyRankStopsAndAnyRankIsBusy) {
    const World world;
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    EpochAgreement agreement(MPI_COMM_WORLD, watchdog);
    for (int chosen = 0; chosen < world.size; ++chosen) {
        const bool me = world.rank == chosen;
        EXPECT_TRUE(meet(agreement, {.stop = me, .busy = false, .finished = 0}).stop) << chosen;
        EXPECT_FALSE(meet(agreement, {.stop = me, .busy = false, .finished = 0}).busy) << chosen;
        EXPECT_TRUE(meet(agreement, {.stop = false, .busy = me, .finished = 0}).busy) << chosen;
        EXPECT_FALSE(meet(agreement, {.stop = false, .busy = me, .finished = 0}).stop) << chosen;
    }
    const auto all = meet(agreement, {.stop = true, .busy = true, .finished = 0});
    EXPECT_TRUE(all.stop && all.busy);
}

TEST(EpochAgreement, SumsWhatIsFinished) {
    const World world;
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    EpochAgreement agreement(MPI_COMM_WORLD, watchdog);
    const std::int64_t large = std::int64_t{1} << 53;
    EXPECT_EQ(meet(agreement, {.stop = false, .busy = true, .finished = world.rank + 1}).finished,
              world.size * (world.size + 1) / 2);
    EXPECT_EQ(meet(agreement, {.stop = false, .busy = true, .finished = large + 1}).finished, world.size * (large + 1))
        << "to the last digit";
    EXPECT_EQ(meet(agreement, {.stop = false, .busy = true, .finished = 0}).finished, 0);
}

TEST(EpochAgreement, SumsWhatAStopWaitsFor) {
    const World world;
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    EpochAgreement agreement(MPI_COMM_WORLD, watchdog);
    const auto all = meet(agreement, {.stop = true, .busy = false, .finished = 5, .kept = 1 + 2 * world.rank});
    EXPECT_EQ(all.kept, world.size * world.size) << "the sum of odd numbers";
    EXPECT_EQ(all.finished, 5 * world.size);
    EXPECT_EQ(meet(agreement, {.stop = true, .busy = true, .finished = 0, .kept = 0}).kept, 0);
}

TEST(EpochAgreement, NobodyWaitsForALateRank) {
    const World world;
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    EpochAgreement agreement(MPI_COMM_WORLD, watchdog);
    MPI_Barrier(MPI_COMM_WORLD);
    const auto begin = std::chrono::steady_clock::now();
    const auto milliseconds = [&] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
    };
    const bool late = world.rank == world.size - 1 && world.size > 1;
    if (late) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    agreement.start({.stop = late, .busy = true, .finished = 1});
    EXPECT_TRUE(agreement.is_under_way());
    int tests = 0;
    std::optional<EpochState> agreed;
    for (; !agreed; agreed = agreement.test()) ++tests;
    if (world.size > 1) {
        EXPECT_GE(milliseconds(), 290);
        EXPECT_TRUE(agreed->stop);
    }
    if (world.size > 1 && !late) {
        EXPECT_GT(tests, 10) << "test() came back again and again meanwhile";
    }
    EXPECT_FALSE(agreement.is_under_way());
    EXPECT_FALSE(agreement.test().has_value()) << "the agreed state comes once";
}

TEST(Agreement, AllAgree) {
    const World world;
    EXPECT_TRUE(all_agree(MPI_COMM_WORLD, true));
    EXPECT_FALSE(all_agree(MPI_COMM_WORLD, false));
    for (int chosen = 0; chosen < world.size; ++chosen) {
        EXPECT_FALSE(all_agree(MPI_COMM_WORLD, world.rank != chosen)) << chosen;
        EXPECT_EQ(all_agree(MPI_COMM_WORLD, world.rank == chosen), world.size == 1) << chosen;
    }
}

TEST(Agreement, GreatestOfAllRanks) {
    const World world;
    EXPECT_EQ(greatest(MPI_COMM_WORLD, world.rank), world.size - 1);
    EXPECT_EQ(greatest(MPI_COMM_WORLD, -world.rank - 5), -5);
}

TEST(Agreement, TextOfRankZero) {
    const World world;
    const auto of_rank_zero = [&](const std::string& text) {
        return broadcast_text(MPI_COMM_WORLD, world.rank == 0 ? text : std::string(7, 'x'));
    };
    EXPECT_EQ(of_rank_zero(""), "");
    EXPECT_EQ(of_rank_zero("short"), "short");
    const std::string with_zero("a\0b", 3);
    EXPECT_EQ(of_rank_zero(with_zero), with_zero);
    const std::string text(100000, 'q');
    EXPECT_EQ(of_rank_zero(text), text);
}

}  // namespace
}  // namespace sigmaflow
