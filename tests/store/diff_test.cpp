// Results are compared, provenance is not.
#include "sigmaflow/store/diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>

#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Diff : public testing::Test {
  protected:
    void SetUp() override { write_store(a, layout, artificial_tasks(layout)); }

    /// The row of a variable of a task.
    static std::vector<std::byte>& row(const Layout& of, FinishedTask& task, const std::string& name) {
        const auto variables = of.groups[of.tasks[task.task].group].task_variables();
        std::size_t i = 0;
        while (variables.at(i)->name != name) ++i;
        return task.rows[i];
    }

    static void set(std::vector<std::byte>& bytes, std::size_t index, double value) {
        std::memcpy(bytes.data() + index * sizeof value, &value, sizeof value);
    }

    static double get(const std::vector<std::byte>& bytes, std::size_t index) { return values<double>(bytes)[index]; }

    const Folder folder{"diff"};
    const std::string a = folder.file("a.h5");
    const std::string b = folder.file("b.h5");
    const Layout layout = artificial_layout();
};

TEST_F(Diff, EqualResultsOfAnotherMachineDoNotDiffer) {
    auto other = layout;
    other.provenance = {{"program", "another"}};
    other.fingerprint = {{"cpu", "neon"}};
    auto tasks = artificial_tasks(layout);
    for (auto& task : tasks) task.seconds = 77.0;
    write_store(b, other, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), IsEmpty());
}

TEST_F(Diff, NamesPointVariableIndexAndBothValues) {
    auto tasks = artificial_tasks(layout);
    set(row(layout, tasks[6], "spectrum_mean"), 3 * 2 + 1, 0.75);
    write_store(b, layout, tasks);
    auto mine = artificial_task(layout, 6);
    const auto value = get(row(layout, mine, "spectrum_mean"), 7);
    EXPECT_THAT(diff_stores(a, b, 0.0),
                ElementsAre(AllOf(HasSubstr("point 0000000000001007 block 2 spectrum_mean[level 3, rank 1]: "),
                                  HasSubstr(fmt::format("{:.17g} against 0.75", value)))));
}

TEST_F(Diff, KeptParticlesAreCountedFromTheFirstOfThePoint) {
    auto tasks = artificial_tasks(layout);
    set(row(layout, tasks[1], "energy"), 1 * 5 + 2, -3.0);  // block 1 keeps particles 4 and 5
    write_store(b, layout, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), ElementsAre(HasSubstr("energy[particle 5, level 2]: ")));
}

TEST_F(Diff, AToleranceForgivesNumbersAndLeavesHistogramsOut) {
    auto tasks = artificial_tasks(layout);
    auto& means = row(layout, tasks[0], "energy_mean");
    set(means, 0, get(means, 0) * (1.0 + 1e-9));
    row(layout, tasks[0], "energy_bins")[0] ^= std::byte{1};
    write_store(b, layout, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), SizeIs(2));
    EXPECT_THAT(diff_stores(a, b, 1e-8), IsEmpty());
    EXPECT_THAT(diff_stores(a, b, 1e-10), SizeIs(1));
}

TEST_F(Diff, SignsOfZeroAndNanAreBits) {
    auto tasks = artificial_tasks(layout);
    set(row(layout, tasks[0], "energy_mean"), 0, std::nan(""));
    set(row(layout, tasks[0], "energy_mean"), 1, 0.0);
    write_store(a, layout, tasks);
    write_store(b, layout, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), IsEmpty());
    set(row(layout, tasks[0], "energy_mean"), 1, -0.0);
    write_store(b, layout, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), SizeIs(1));
    EXPECT_THAT(diff_stores(a, b, 1e-15), IsEmpty());
}

TEST_F(Diff, DifferentNumericsComeFirst) {
    auto other = layout;
    other.fingerprint = {{"cpu", "avx2"}, {"backend", "openblas"}};
    auto tasks = artificial_tasks(layout);
    set(row(layout, tasks[6], "spectrum_mean"), 0, 0.75);
    write_store(b, other, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0),
                ElementsAre("numerics differ: backend 'eigen' against 'openblas'", HasSubstr("spectrum_mean")));
}

TEST_F(Diff, TasksDoneInOneFileAlone) {
    write_store(b, layout, artificial_tasks(layout, [](std::uint64_t i) { return i == 2; }));
    EXPECT_THAT(diff_stores(a, b, 0.0), ElementsAre("point 0000000000001000 block 2: done only in " + a));
    EXPECT_THAT(diff_stores(b, a, 0.0), ElementsAre("point 0000000000001000 block 2: done only in " + a));
}

// A grown study has its points elsewhere: other rows, other groups.
TEST_F(Diff, PointsAreMatchedByIdentity) {
    auto grown = artificial_layout({Shape{2, 2, 3, 1, 6, 0, 8}, Shape{}});
    auto& ids = std::get<std::vector<std::uint64_t>>(grown.tables[0].columns[0].values);
    const auto old = std::get<std::vector<std::uint64_t>>(layout.tables[0].columns[0].values);
    ids = {old[3], old[4], old[0], old[1], old[2]};
    std::vector<FinishedTask> tasks;
    for (std::uint64_t i = 0; i < grown.tasks.size(); ++i) {
        const std::uint64_t same = i < 4 ? 12 + i : i - 4;  // the task of the same point and block in `layout`
        tasks.push_back(artificial_task(layout, same));
        tasks.back().task = i;
    }
    write_store(b, grown, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0), IsEmpty());
    ids[4] = 0xabc;
    write_store(b, grown, tasks);
    EXPECT_THAT(diff_stores(a, b, 0.0),
                ElementsAre("point 000000000000100e: only in " + a, "point 0000000000000abc: only in " + b));
}

TEST_F(Diff, FixedNumbersAreResultsToo) {
    auto other = layout;
    set(other.groups[0].variables[0].content, 5 + 4, 0.5);
    write_store(b, other, artificial_tasks(layout));
    EXPECT_THAT(diff_stores(a, b, 0.0), ElementsAre("point 0000000000001007 sigma[level 4]: 8 against 0.5"));
}

TEST_F(Diff, LinesAreBounded) {
    const auto large = artificial_layout({Shape{40, 4, 3, 1, 4, 0, 4}});
    write_store(a, large, artificial_tasks(large));
    write_store(b, large, {});
    const auto lines = diff_stores(a, b, 0.0);
    ASSERT_THAT(lines, SizeIs(kMostDifferences + 1));
    EXPECT_EQ(lines.back(), "and 110 more differences");
}

}  // namespace
}  // namespace sigmaflow
