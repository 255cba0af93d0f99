#include "sigmaflow/run/forecast.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "small_study.hpp"

namespace sigmaflow {
namespace {

using testing_run::SmallStudy;

double largest_task(const Plan& plan) {
    double out = 0.0;
    for (const auto& task : plan.tasks) out = std::max(out, predicted_seconds(task.work));
    return out;
}

TEST(Forecast, WorkIsThatOfAllTasks) {
    const SmallStudy small;
    double sum = 0.0;
    for (const auto& task : small.plan.tasks) sum += predicted_seconds(task.work);
    EXPECT_NEAR(forecast(small.plan, small.layout, 3, 2).core_seconds, sum, 1e-12 * sum);
}

TEST(Forecast, OneCoreDoesOneThingAfterTheOther) {
    const SmallStudy small;
    const Forecast one = forecast(small.plan, small.layout, 1, 1);
    EXPECT_NEAR(one.makespan, one.core_seconds, 1e-12 * one.core_seconds);
    EXPECT_NEAR(one.efficiency, 1.0, 1e-12);
}

TEST(Forecast, MakespanLiesBetweenItsBounds) {
    const SmallStudy small;
    const double largest = largest_task(small.plan);
    for (const int ranks : {1, 2, 3, 5, 18, 100}) {
        const Forecast cost = forecast(small.plan, small.layout, ranks, 1);
        const double perfect = cost.core_seconds / ranks;
        EXPECT_GE(cost.makespan, std::max(perfect, largest) * (1 - 1e-12)) << ranks;
        EXPECT_LE(cost.makespan, (perfect + largest) * (1 + 1e-12)) << ranks << ": no list schedule is worse";
        EXPECT_NEAR(cost.efficiency, perfect / cost.makespan, 1e-12) << ranks;
    }
    EXPECT_NEAR(forecast(small.plan, small.layout, 100, 1).makespan, largest, 1e-12 * largest);
}

TEST(Forecast, ThreadsShareABlockByItsTiles) {
    const SmallStudy small;
    const double one = forecast(small.plan, small.layout, 1, 1).makespan;
    const double two = forecast(small.plan, small.layout, 1, 2).makespan;
    EXPECT_LT(two, one);
    EXPECT_GE(two, 0.5 * one * (1 - 1e-12));
    EXPECT_GT(two, 0.5 * one) << "the last blocks have one tile";
    EXPECT_EQ(forecast(small.plan, small.layout, 1, 3).makespan, two) << "no block has three tiles";
}

TEST(Forecast, BytesFollowTheLayout) {
    const SmallStudy small;
    const Forecast cost = forecast(small.plan, small.layout, 2, 4);
    EXPECT_EQ(cost.file_bytes, small.layout.data_bytes());
    // The largest block: 3 + 3 + 1 numbers at 5 levels of 64 particles.
    double states = 0.0;  // of each of the four threads
    for (const auto& model : small.plan.models) states = std::max(states, model.state_bytes());
    // Four threads on blocks of two tiles: two blocks, or three while one of them ends.
    const auto working = 7U * 5U * 64U * 8U * 3U + 4U * static_cast<std::uint64_t>(states);
    ASSERT_LT(cost.core_seconds, 5.0) << "over before the first write";
    EXPECT_EQ(cost.memory_bytes, working + cost.file_bytes / 2) << "the rows of a half wait for it";
    EXPECT_EQ(forecast(small.plan, small.layout, 1, 4).memory_bytes, working + cost.file_bytes);
}

TEST(Forecast, LongStudiesKeepTheRowsOfAnEpochOnly) {
    const SmallStudy small({"study.particles=4000000", "study.block=32768", "distribution.two.dim=3"});
    const Forecast cost = forecast(small.plan, small.layout, 1, 1);
    const Forecast more = forecast(small.plan, small.layout, 1, 2);
    const double share = 5.0 / cost.core_seconds;
    ASSERT_LT(share, 0.5);
    const double per_thread = static_cast<double>(more.memory_bytes - cost.memory_bytes);
    EXPECT_GE(per_thread, share * static_cast<double>(cost.file_bytes) * 0.99);
}

/// Three levels of two laws, about equally dear, without solvers.
const char* const kParts = R"(
[[distribution]]
kind = "ring"
count = [7, 8]
[[analysis]]
kind = "information"
levels = 3
)";

TEST(Forecast, APartOfAnAnalysisIsWorkForOneThread) {
    const SmallStudy parts({}, kParts);
    ASSERT_EQ(parts.plan.tasks.size(), 6U);
    const double one = forecast(parts.plan, parts.layout, 1, 1).makespan;
    const double largest = largest_task(parts.plan);
    EXPECT_NEAR(one, forecast(parts.plan, parts.layout, 1, 1).core_seconds, 1e-12 * one);
    const double three = forecast(parts.plan, parts.layout, 1, 3).makespan;
    EXPECT_GE(three, one / 3.0 * (1 - 1e-12)) << "threads share the parts";
    EXPECT_LE(three, one / 3.0 + largest);
    EXPECT_NEAR(forecast(parts.plan, parts.layout, 1, 100).makespan, largest, 0.1 * largest) << "but not one part";
    EXPECT_NEAR(forecast(parts.plan, parts.layout, 6, 1).makespan, largest, 1e-12 * largest);
}

TEST(Forecast, RecordsOfAnalysesTakeMemory) {
    const SmallStudy parts({}, kParts);
    std::size_t numbers = 0;
    for (const auto& field : parts.plan.analysis_groups.front().fields) numbers += field.size();
    const Forecast cost = forecast(parts.plan, parts.layout, 1, 2);
    const double share = std::min(1.0, 5.0 * 2 / cost.core_seconds);  // waits for the next write
    const auto waiting = static_cast<std::uint64_t>(share * static_cast<double>(cost.file_bytes));
    EXPECT_EQ(cost.memory_bytes, numbers * 8U * 2U + waiting);
}

}  // namespace
}  // namespace sigmaflow
