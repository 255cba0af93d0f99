// Damage of every sort is found, and only damaged tasks are computed again.
#include "sigmaflow/store/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <random>

#include "sigmaflow/core/error.hpp"
#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Everything that a reader of done tasks sees.
std::string seen(const std::string& path) {
    const StoreReader reader(path);
    std::string text = reader.layout().study_text;
    const auto tasks = reader.tasks();
    for (std::uint64_t i = 0; i < tasks.size(); ++i) {
        const auto& task = tasks[i];
        text += std::to_string(static_cast<int>(task.status)) + task.message + std::to_string(task.session) + "," +
                std::to_string(task.rank) + "," + std::to_string(task.start_seconds) + "," +
                std::to_string(task.seconds) + "," + std::to_string(task.wait_seconds) + ";";
        if (task.status != TaskStatus::done) continue;
        for (std::size_t v = 0; v < reader.checksums(i).size(); ++v) {
            const auto row = reader.read_row(i, v);
            text.append(reinterpret_cast<const char*>(row.data()), row.size());
        }
    }
    return text;
}

/// Offset and size of every stretch that a run may change.
std::vector<std::array<std::uint64_t, 2>> mutable_ranges(const std::string& path) {
    const auto file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const auto dataset = H5Dopen2(file, "mutable_ranges", H5P_DEFAULT);
    std::vector<std::array<std::uint64_t, 2>> ranges(H5Dget_storage_size(dataset) / 16);
    EXPECT_GE(H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, ranges.data()), 0);
    H5Dclose(dataset);
    H5Fclose(file);
    return ranges;
}

class Verify : public testing::Test {
  protected:
    void SetUp() override {
        auto tasks = artificial_tasks(layout, [](std::uint64_t i) { return i == 5 || i == 9; });
        tasks.push_back({5, TaskStatus::failed, "no convergence", 1.0, 2.0, 0.0, {}});
        write_store(path, layout, tasks);
    }

    const Folder folder{"verify"};
    const std::string path = folder.file("a.h5");
    const Layout layout = artificial_layout();
};

TEST_F(Verify, AWholeFileIsWhole) {
    const auto report = verify_store(path);
    EXPECT_THAT(report.damage, IsEmpty());
    EXPECT_EQ(report.tasks, layout.tasks.size());
    EXPECT_EQ(report.failed, 1U);
    EXPECT_EQ(report.pending, 1U);
    EXPECT_EQ(report.done, layout.tasks.size() - 2);
}

// Whatever byte is flipped: either verify tells, or no reader of results sees a difference. The one exception is the
// flag itself: a lost flag means that the task is computed again. Every column and variable gets its share of flips.
TEST_F(Verify, NoFlippedByteIsReadAsAResult) {
    const auto original = contents(path);
    const auto before = seen(path);
    std::mt19937_64 random(7);
    std::size_t found = 0, flips = 0;
    for (const auto& [first, size] : mutable_ranges(path)) {
        for (int i = 0; i < 12; ++i, ++flips) {
            const auto offset = first + random() % size;
            put_byte(path, offset, static_cast<char>(original[offset] ^ (1 << random() % 8)));
            const auto report = verify_store(path);
            if (!report.damage.empty()) {
                ++found;
            } else if (report.pending == 1) {
                ASSERT_EQ(seen(path), before) << "byte " << offset;
            }
            put_byte(path, offset, original[offset]);
        }
    }
    EXPECT_GT(found, flips / 2) << "most bytes matter";
    EXPECT_THAT(verify_store(path).damage, IsEmpty());
}

TEST_F(Verify, EveryFrozenByteCounts) {
    const auto original = contents(path);
    std::mt19937_64 random(8);
    std::uint64_t end = 0;  // of the mutable stretch before
    auto ranges = mutable_ranges(path);
    ranges.push_back({original.size(), 0});
    for (const auto& [first, size] : ranges) {
        std::vector<std::uint64_t> offsets;
        if (first > end) offsets = {end, first - 1, end + random() % (first - end), end + random() % (first - end)};
        for (const auto offset : offsets) {
            put_byte(path, offset, static_cast<char>(original[offset] ^ (1 << random() % 8)));
            EXPECT_THAT(verify_store(path).damage, SizeIs(1)) << offset;
            put_byte(path, offset, original[offset]);
        }
        end = first + size;
    }
}

TEST_F(Verify, EveryBitOfTheFirstKilobytesOfMetadata) {
    const auto original = contents(path);
    for (std::uint64_t offset = 0; offset < 2048; ++offset) {
        put_byte(path, offset, static_cast<char>(original[offset] ^ (1 << offset % 8)));
        EXPECT_THAT(verify_store(path).damage, SizeIs(1)) << offset;
        EXPECT_THROW(StoreReader{path}, InputError) << offset;
        put_byte(path, offset, original[offset]);
    }
}

TEST_F(Verify, TruncatedFilesAreReported) {
    const auto size = std::filesystem::file_size(path);
    for (const auto shorter : {size - 1, size / 2, std::uintmax_t{600}, std::uintmax_t{100}, std::uintmax_t{0}}) {
        std::filesystem::resize_file(path, shorter);
        EXPECT_THAT(verify_store(path).damage, SizeIs(1)) << shorter;
        EXPECT_THROW(StoreReader{path}, InputError) << shorter;
    }
}

TEST_F(Verify, ForeignAndMissingFiles) {
    EXPECT_THROW((void)verify_store(folder.file("none.h5")), InputError);
    std::ofstream(folder.file("text.h5")) << std::string(2000, 'x');
    EXPECT_THROW((void)verify_store(folder.file("text.h5")), InputError);
}

/// Flips a byte of the first row of that task and variable, found by its content.
void damage_row(const std::string& path, const std::vector<std::byte>& row) {
    const auto file = contents(path);
    const auto* first = reinterpret_cast<const char*>(row.data());
    const auto found = std::search(file.begin(), file.end(), first, first + row.size());
    ASSERT_NE(found, file.end());
    const auto offset = static_cast<std::uint64_t>(found - file.begin()) + row.size() / 2;
    put_byte(path, offset, static_cast<char>(file[offset] ^ 4));
}

TEST_F(Verify, RepairClearsTheFlagsOfDamagedTasksAlone) {
    damage_row(path, artificial_task(layout, 1).rows[1]);
    damage_row(path, artificial_task(layout, 4).rows[1]);
    const auto report = verify_store(path);
    ASSERT_THAT(report.damage, SizeIs(2));
    EXPECT_EQ(report.damage[0].task, 1);
    EXPECT_EQ(report.damage[0].where, "task 1, row energy");
    EXPECT_EQ(report.damage[1].task, 4);
    EXPECT_EQ(repair_store(path, report), 2U);
    const auto repaired = verify_store(path);
    EXPECT_THAT(repaired.damage, IsEmpty());
    EXPECT_EQ(repaired.pending, report.pending + 2);
    write_tasks(path, layout, {artificial_task(layout, 1), artificial_task(layout, 4)});
    EXPECT_EQ(verify_store(path).pending, report.pending);
    EXPECT_THAT(verify_store(path).damage, IsEmpty());
}

TEST_F(Verify, DamagedMetadataCannotBeRepaired) {
    put_byte(path, 900, static_cast<char>(contents(path)[900] ^ 1));
    EXPECT_THROW(repair_store(path, verify_store(path)), InputError);
}

/// Damage found in a file whose task 0 has one row changed before it was written.
std::vector<Damage> damage_with(const Folder& folder, Layout layout, const std::string& variable, std::size_t byte) {
    auto task = artificial_task(layout, 0);
    const auto variables = layout.groups[0].task_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i]->name == variable) task.rows[i][byte] ^= std::byte{1};
    }
    write_store(folder.file("b.h5"), layout, {task});
    return verify_store(folder.file("b.h5")).damage;
}

TEST_F(Verify, InvariantsBetweenRows) {
    auto damage = damage_with(folder, layout, "count", 4);
    ASSERT_FALSE(damage.empty());
    EXPECT_EQ(damage[0].where, "task 0, row count");
    EXPECT_THAT(damage[0].what, HasSubstr("5 valid and 0 failed particles at level 1 do not make 4"));
    damage = damage_with(folder, layout, "failures", 3);
    ASSERT_THAT(damage, SizeIs(1));
    EXPECT_EQ(damage[0].where, "task 0, row failures");
    EXPECT_THAT(damage[0].what, HasSubstr("16777216 of 4 particles have failed"));
    const std::size_t last_bin = 2 * (5 * 2 * 8 - 1);
    damage = damage_with(folder, layout, "spectrum_bins", last_bin);
    ASSERT_THAT(damage, SizeIs(1));
    EXPECT_EQ(damage[0].where, "task 0, row spectrum_bins");
    EXPECT_THAT(damage[0].what, HasSubstr("level 4"));
    EXPECT_THAT(damage_with(folder, layout, "energy_mean", 3), IsEmpty()) << "any value is a mean";
}

/// Complaints about a task of four particles with that many valid ones per level and failed ones.
std::vector<std::string> complaints_about(const Folder& folder, Layout layout, const std::vector<std::uint32_t>& counts,
                                          std::uint32_t failures) {
    auto task = artificial_task(layout, 0);
    const auto variables = layout.groups[0].task_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i]->name == "count") task.rows[i] = bytes(counts);
        if (variables[i]->name == "failures") task.rows[i] = bytes(std::vector<std::uint32_t>{failures, 0});
    }
    write_store(folder.file("b.h5"), layout, {task});
    std::vector<std::string> out;
    for (const auto& damage : verify_store(folder.file("b.h5")).damage) {
        if (damage.where == "task 0, row count") out.push_back(damage.what);
    }
    return out;
}

TEST_F(Verify, ParticlesAreValidUntilTheyFail) {
    EXPECT_THAT(complaints_about(folder, layout, {4, 4, 3, 3, 2}, 2), IsEmpty());
    EXPECT_THAT(complaints_about(folder, layout, {4, 4, 4, 4, 4}, 1), IsEmpty()) << "after the last level";
    EXPECT_THAT(complaints_about(folder, layout, {4, 4, 3, 3, 2}, 1), SizeIs(1)) << "more are missing than failed";
    EXPECT_THAT(complaints_about(folder, layout, {4, 3, 4, 3, 3}, 1), SizeIs(1)) << "none comes back";
}

TEST_F(Verify, NoiseLevelsDecreaseAndMaskedOnesAreFree) {
    auto other = layout;
    auto& sigma = other.groups[0].variables[0].content;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::memcpy(sigma.data() + sizeof(double), &nan, sizeof nan);  // level 1 of point 0, which damage_with changes
    EXPECT_THAT(damage_with(folder, other, "count", 4), SizeIs(2)) << "bins of energy and spectrum, not the count";
    const double large = 1e6;
    std::memcpy(sigma.data() + 2 * sizeof(double), &large, sizeof large);
    const auto damage = damage_with(folder, other, "energy_mean", 0);
    ASSERT_THAT(damage, SizeIs(1));
    EXPECT_THAT(damage[0].where, HasSubstr("/results/shape_0/sigma, point 0"));
    EXPECT_EQ(damage[0].task, -1);
}

TEST_F(Verify, ClearedFlagsMakeFailedTasksPending) {
    const std::vector<std::uint64_t> tasks{5};
    clear_flags(path, tasks);
    EXPECT_EQ(verify_store(path).failed, 0U);
    EXPECT_EQ(verify_store(path).pending, 2U);
}

}  // namespace
}  // namespace sigmaflow
