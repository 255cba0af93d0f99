// A created file: complete, pending, readable by the reader, by xarray and by netCDF.
#include "sigmaflow/store/create.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/store/reader.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::HasSubstr;

void expect_equal(const Group& a, const Group& b) {
    EXPECT_EQ(a.name, b.name);
    ASSERT_EQ(a.variables.size(), b.variables.size());
    for (const auto& dimension : a.dimensions) {
        EXPECT_EQ(dimension.size, b.size_of_dimension(dimension.name)) << dimension.name;
    }
    for (std::size_t i = 0; i < a.variables.size(); ++i) {
        const auto& x = a.variables[i];
        const auto& y = b.variables[i];
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.element, y.element) << x.name;
        EXPECT_EQ(x.dimensions, y.dimensions) << x.name;
        EXPECT_EQ(x.rows, y.rows) << x.name;
        EXPECT_EQ(x.unit, y.unit) << x.name;
        EXPECT_EQ(x.meaning, y.meaning) << x.name;
        EXPECT_EQ(x.flag_meanings, y.flag_meanings) << x.name;
        EXPECT_EQ(x.numbers, y.numbers) << x.name;
        EXPECT_EQ(x.content, y.content) << x.name;
    }
}

void expect_equal(const Table& a, const Table& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.dimension, b.dimension);
    ASSERT_EQ(a.columns.size(), b.columns.size());
    for (std::size_t i = 0; i < a.columns.size(); ++i) {
        EXPECT_EQ(a.columns[i].name, b.columns[i].name);
        EXPECT_EQ(a.columns[i].meaning, b.columns[i].meaning);
        EXPECT_EQ(a.columns[i].unit, b.columns[i].unit);
        EXPECT_EQ(a.columns[i].values, b.columns[i].values);
    }
}

TEST(Create, LayoutComesBack) {
    const Folder folder("create");
    const auto path = folder.file("a.h5");
    const auto layout = artificial_layout();
    create_store(path, layout);
    const StoreReader reader(path);
    const auto& read = reader.layout();
    EXPECT_EQ(read.study_text, layout.study_text);
    EXPECT_EQ(read.study_hash, layout.study_hash);
    EXPECT_EQ(read.provenance, layout.provenance);
    EXPECT_EQ(read.fingerprint, layout.fingerprint);
    EXPECT_EQ(read.max_sessions, layout.max_sessions);
    ASSERT_EQ(read.groups.size(), layout.groups.size());
    for (std::size_t i = 0; i < layout.groups.size(); ++i) expect_equal(layout.groups[i], read.groups[i]);
    ASSERT_EQ(read.tables.size(), layout.tables.size());
    for (std::size_t i = 0; i < layout.tables.size(); ++i) expect_equal(layout.tables[i], read.tables[i]);
    ASSERT_EQ(read.tasks.size(), layout.tasks.size());
    for (std::size_t i = 0; i < layout.tasks.size(); ++i) {
        const auto &a = layout.tasks[i], &b = read.tasks[i];
        EXPECT_EQ(std::tie(a.point, a.group, a.row, a.block, a.first, a.count, a.kept_first, a.kept_count,
                           a.predicted_seconds),
                  std::tie(b.point, b.group, b.row, b.block, b.first, b.count, b.kept_first, b.kept_count,
                           b.predicted_seconds));
    }
}

TEST(Create, EverythingIsPendingAndNoSessionThere) {
    const Folder folder("create");
    const auto path = folder.file("a.h5");
    const auto layout = artificial_layout();
    create_store(path, layout);
    const StoreReader reader(path);
    EXPECT_EQ(reader.statuses(), std::vector<TaskStatus>(layout.tasks.size(), TaskStatus::pending));
    for (const auto& task : reader.tasks()) EXPECT_TRUE(task.intact);
    EXPECT_TRUE(reader.sessions().empty());
}

TEST(Create, SpaceIsReservedAndNoPartialFileIsLeft) {
    const Folder folder("create");
    const auto path = folder.file("a.h5");
    auto layout = artificial_layout({Shape{64, 16, 33, 4, 100, 0, 8}});
    create_store(path, layout);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_GE(status.st_blocks * 512, status.st_size);
    const auto size = static_cast<double>(status.st_size);
    EXPECT_NEAR(size / static_cast<double>(layout.data_bytes()), 1.0, 0.25) << "the forecast of the size";
    EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
}

std::uint64_t placed_bytes(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

TEST(Create, APartReservesItsOwnRowsOnly) {
    const Folder folder("create");
    auto layout = artificial_layout({Shape{64, 16, 33, 4, 100, 0, 8}});
    create_store(folder.file("whole.h5"), layout);
    const auto whole = placed_bytes(folder.file("whole.h5"));
    layout.part = {2, 8};
    create_store(folder.file("part.h5"), layout);
    EXPECT_LT(placed_bytes(folder.file("part.h5")), 0.6 * static_cast<double>(whole)) << "rows of 1 kB share pages";
    EXPECT_GE(placed_bytes(folder.file("part.h5")), layout.data_bytes()) << "all that it will hold";
    EXPECT_EQ(StoreReader(folder.file("part.h5")).layout().part.text(), "2/8");
    EXPECT_TRUE(StoreReader(folder.file("whole.h5")).layout().part.is_whole());
}

TEST(Create, PartsTogetherAreTheWhole) {
    auto layout = artificial_layout({Shape{64, 16, 33, 4, 100, 0, 8}});
    std::vector<int> seen(layout.tasks.size(), 0);
    const auto whole = layout.data_bytes();
    std::uint64_t rows = 0;
    std::uint64_t all_rows = 0;
    for (const auto& task : layout.tasks) all_rows += layout.row_bytes(task);
    for (int index = 1; index <= 8; ++index) {
        layout.part = {index, 8};
        const auto mine = layout.tasks_of_part();
        for (std::size_t task = 0; task < seen.size(); ++task) seen[task] += mine[task] ? 1 : 0;
        rows += layout.data_bytes() - (whole - all_rows);
    }
    EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
    EXPECT_EQ(rows, all_rows);
}

TEST(Create, WithoutPointsOrStudyText) {
    const Folder folder("create");
    Layout layout;
    layout.tables = {{"points", "point", {{"id", "", "", std::vector<std::uint64_t>{}, {}}}}};
    create_store(folder.file("a.h5"), layout);
    EXPECT_TRUE(StoreReader(folder.file("a.h5")).tasks().empty());
}

TEST(Create, RefusesTooManyShapes) {
    const Folder folder("create");
    const auto layout = artificial_layout(std::vector<Shape>(300, Shape{1, 1, 1, 1, 1, 0, 1}));
    try {
        create_store(folder.file("a.h5"), layout);
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("datasets, at most 5000"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder.file("a.h5")));
}

TEST(Create, RefusesLayoutsThatContradictThemselves) {
    const Folder folder("create");
    const auto refused = [&](const Layout& layout) {
        EXPECT_THROW(create_store(folder.file("a.h5"), layout), std::logic_error);
    };
    auto layout = artificial_layout();
    layout.tasks[1] = layout.tasks[0];
    refused(layout);
    layout = artificial_layout();
    layout.tasks.back().row = 99;
    refused(layout);
    layout = artificial_layout();
    layout.groups[0].variables[0].content.pop_back();
    refused(layout);
    layout = artificial_layout();
    layout.groups[0].variables[1].dimensions = {"point", "block", "no_such"};
    refused(layout);
    layout = artificial_layout();
    layout.tables[0].name = "tasks";
    refused(layout);
}

/// Runs Python with `script`; true when it ended well.
bool python(const Folder& folder, const std::string& script) {
    const auto file = folder.file("script.py");
    std::FILE* out = std::fopen(file.c_str(), "w");
    std::fputs(script.c_str(), out);
    std::fclose(out);
    return std::system(("/usr/bin/python3 -W error::UserWarning " + file + " >&2").c_str()) == 0;
}

TEST(Create, XarrayOpensEveryGroupWithNamedDimensions) {
    const Folder folder("create");
    const auto path = folder.file("a.h5");
    create_store(path, artificial_layout());
    EXPECT_TRUE(python(folder, "path = '" + path + "'\n" + R"(
import xarray
for engine in ['h5netcdf', 'netcdf4']:
    def opened(group):
        return xarray.open_dataset(path, group=group, engine=engine)
    points = opened('points')
    assert points['id'].dims == ('point',), points
    assert points['distribution'].values[2] == 'distribution \u03b1 2', points
    tasks = opened('tasks')
    assert tasks['checksum'].dims == ('task', 'task_variable'), tasks
    assert tasks['status'].attrs['flag_meanings'] == 'pending done failed', tasks['status']
    assert list(tasks['status'].attrs['flag_values']) == [0, 1, 2]
    assert opened('sessions')['hosts'].dims == ('session', 'hosts_byte')
    group = opened('results/shape_0')
    assert group['spectrum'].dims == ('point', 'particle', 'level', 'rank'), group
    assert group['spectrum_bins'].dims == ('point', 'block', 'level', 'rank', 'spectrum_bin')
    assert group['sigma'].attrs['units'] == '1'
    assert group['sigma'].attrs['long_name'] == 'the sigma'
    assert float(group['sigma'][1, 0]) == 40.0
    assert float(group['energy_bins'].attrs['relative_accuracy']) == 0.34
    assert xarray.open_dataset(path, engine=engine).attrs['format'] == 'sigmaflow-result'
)"));
}

}  // namespace
}  // namespace sigmaflow
