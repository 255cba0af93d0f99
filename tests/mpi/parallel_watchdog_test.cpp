// Meetings under mpirun. What happens when a rank does not come ends the job: tests/end_to_end/test_watchdog.py.
#include <gmock/gmock.h>
#include <mpi.h>

#include <chrono>
#include <thread>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/parallel/epoch_agreement.hpp"
#include "sigmaflow/parallel/watchdog.hpp"

namespace sigmaflow {
namespace {

int world_rank() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int world_size() {
    int size = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

void rest(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

TEST(Watchdog, NobodyLeavesBeforeAllHaveCome) {
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    for (int late = 0; late < world_size(); ++late) {
        const double begin = steady_seconds();  // before: ranks leave a barrier one after the other
        MPI_Barrier(MPI_COMM_WORLD);
        if (world_rank() == late) rest(0.1);
        watchdog.gather("a meeting");
        EXPECT_GE(steady_seconds() - begin, 0.1 - 1e-3);
    }
}

TEST(Watchdog, ActsTogether) {
    Watchdog watchdog(MPI_COMM_WORLD, 60.0);
    int sum = 0;
    watchdog.together("adding up", [&] {
        const int one = 1;
        MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    });
    EXPECT_EQ(sum, world_size());
}

// Patience is over long before the rank comes, but it comes while the others look for it: nothing happens, and what
// was asked and answered does not disturb the next meeting.
TEST(Watchdog, ALateRankIsNotAccused) {
    Watchdog watchdog(MPI_COMM_WORLD, 0.05);
    for (int round = 0; round < 4; ++round) {
        if (world_rank() == round % world_size()) rest(0.4);
        watchdog.gather("a late meeting");
    }
    watchdog.gather("a meeting in time");
}

TEST(Watchdog, TheMeetingOfAnEpochIsWatchedToo) {
    Watchdog watchdog(MPI_COMM_WORLD, 0.05);
    EpochAgreement agreement(MPI_COMM_WORLD, watchdog);
    for (int round = 0; round < 3; ++round) {
        if (world_rank() == round % world_size()) rest(0.3);
        agreement.start({.stop = false, .busy = true, .finished = 1});
        std::optional<EpochState> agreed;
        while (!agreed) agreed = agreement.test();
        EXPECT_EQ(agreed->finished, world_size());
    }
    watchdog.gather("the end");
}

}  // namespace
}  // namespace sigmaflow
