#include "sigmaflow/run/progress.hpp"

#include <gmock/gmock.h>

namespace sigmaflow {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReadableSeconds, SecondsMinutesHours) {
    EXPECT_EQ(readable_seconds(0.0), "0 s");
    EXPECT_EQ(readable_seconds(0.2), "1 s");
    EXPECT_EQ(readable_seconds(9.0), "9 s");
    EXPECT_EQ(readable_seconds(59.0), "59 s");
    EXPECT_EQ(readable_seconds(59.5), "1:00");
    EXPECT_EQ(readable_seconds(61.0), "1:01");
    EXPECT_EQ(readable_seconds(3599.0), "59:59");
    EXPECT_EQ(readable_seconds(3600.0), "1:00:00");
    EXPECT_EQ(readable_seconds(3661.0), "1:01:01");
    EXPECT_EQ(readable_seconds(100 * 3600.0), "100:00:00");
}

TEST(ProgressLine, CountsRateAndTimeLeft) {
    ProgressState state;
    state.total = 400;
    state.done = 137;
    state.done_before = 37;
    state.elapsed = 10.0;
    state.cost_done = 1.0;
    state.cost_left = 2.0;
    EXPECT_EQ(progress_line(state), "137/400 tasks, 34 %, 10 tasks/s, about 20 s left");
}

TEST(ProgressLine, SaysOnlyWhatItKnows) {
    ProgressState state;
    state.total = 10;
    EXPECT_EQ(progress_line(state), "0/10 tasks, 0 %");
    state.done = state.done_before = 4;  // resumed, nothing new yet
    state.elapsed = 3.0;
    state.cost_left = 1.0;
    EXPECT_EQ(progress_line(state), "4/10 tasks, 40 %");
    state.done = 10;
    state.cost_done = 1.0;
    state.cost_left = 0.0;
    EXPECT_EQ(progress_line(state), "10/10 tasks, 100 %, 2 tasks/s");
    EXPECT_THAT(progress_line({}), HasSubstr("0/0 tasks, 100 %"));
}

TEST(Progress, QuietPrintsNothingAndPlainOutputHasNoControlCharacters) {
    testing::internal::CaptureStderr();
    {
        Progress quiet(true, true);
        quiet.show({});
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    testing::internal::CaptureStderr();
    {
        Progress plain(false, false);
        plain.show({});
        plain.show({});
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "0/0 tasks, 100 %\n0/0 tasks, 100 %\n");
}

TEST(Progress, ATerminalLineRenewsItselfAndEndsAtLast) {
    testing::internal::CaptureStderr();
    {
        Progress terminal(false, true);
        terminal.show({});
        terminal.show({});
    }
    const std::string shown = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 1);
    EXPECT_EQ(shown.back(), '\n');
    EXPECT_EQ(std::count(shown.begin(), shown.end(), '\r'), 2);
}

TEST(ReadableBytes, GrowsInStepsOfAThousand) {
    EXPECT_EQ(readable_bytes(0), "0.0 kB");
    EXPECT_EQ(readable_bytes(12'345), "12.3 kB");
    EXPECT_EQ(readable_bytes(45'600'000), "45.6 MB");
    EXPECT_EQ(readable_bytes(7'890'000'000), "7.89 GB");
}

}  // namespace
}  // namespace sigmaflow
