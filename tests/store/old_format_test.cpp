// A file of format version 1, kept since it was written: every later version of the program must load it.
#include <gtest/gtest.h>

#include <cstring>

#include "sigmaflow/store/diff.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/verify.hpp"

namespace sigmaflow {
namespace {

const std::string path = SIGMAFLOW_SOURCE_DIR "/tests/data/result-format-1.h5";

TEST(OldFormat, Version1Verifies) {
    const auto report = verify_store(path);
    EXPECT_EQ(report.done, 4U);
    EXPECT_EQ(report.damage.size(), 0U);
    EXPECT_TRUE(diff_stores(path, path, 0.0).empty());
}

TEST(OldFormat, Version1StillMeansTheSame) {
    const StoreReader reader(path);
    const Layout& layout = reader.layout();
    ASSERT_EQ(layout.groups.size(), 2U);
    EXPECT_EQ(layout.groups[0].name, "dim1_levels3");
    ASSERT_EQ(layout.tasks.size(), 4U);
    EXPECT_EQ(layout.tasks[1].first, 64);
    EXPECT_EQ(layout.tasks[1].count, 6);
    EXPECT_EQ(layout.tasks[0].kept_count, 4U);
    const auto variables = layout.groups[0].task_variables();
    ASSERT_EQ(variables[0]->name, "count");
    const auto row = reader.read_row(0, 0);
    std::uint32_t counts[3] = {};
    ASSERT_EQ(row.size(), sizeof counts);
    std::memcpy(counts, row.data(), sizeof counts);
    for (const auto count : counts) EXPECT_EQ(count, 64U);
    ASSERT_EQ(variables[3]->name, "spectrum");
    double kept[4][3] = {};  // [particle][level], one eigenvalue each
    const auto values = reader.read_row(0, 3);
    ASSERT_EQ(values.size(), sizeof kept);
    std::memcpy(kept, values.data(), sizeof kept);
    // At sigma = 80, J = 1 - (1 + 0.01) / 80^2 for two Gaussians of width 0.1 at +-1, up to the posterior's pull.
    for (const auto& particle : kept) EXPECT_NEAR(particle[0], 1.0 - 1.01 / 6400.0, 2e-5);
}

}  // namespace
}  // namespace sigmaflow
