#include "sigmaflow/run/stop_request.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace sigmaflow {
namespace {

TEST(StopSignals, EachOfThemAsksForAStop) {
    for (const int number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) {
        const ScopedStopSignals signals;
        EXPECT_FALSE(signals.stop_requested());
        EXPECT_EQ(signals.signal_number(), 0);
        std::raise(number);
        EXPECT_TRUE(signals.stop_requested());
        EXPECT_EQ(signals.signal_number(), number);
    }
}

TEST(StopSignals, FormerHandlersComeBack) {
    static volatile std::sig_atomic_t mine = 0;
    std::signal(SIGUSR1, [](int) { mine = mine + 1; });
    {
        const ScopedStopSignals signals;
        std::raise(SIGUSR1);
        EXPECT_EQ(mine, 0);
    }
    std::raise(SIGUSR1);
    EXPECT_EQ(mine, 1);
    std::signal(SIGUSR1, SIG_DFL);
}

TEST(StopSignals, USRSignalsMayComeAgain) {
    const ScopedStopSignals signals;
    for (int i = 0; i < 3; ++i) std::raise(SIGUSR1);
    std::raise(SIGUSR2);
    EXPECT_TRUE(signals.stop_requested());
}

TEST(StopSignalsDeathTest, ASecondTermEndsTheProcess) {
    EXPECT_EXIT(
        {
            const ScopedStopSignals signals;
            std::raise(SIGTERM);
            std::raise(SIGTERM);
        },
        testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace sigmaflow
