// Groups of analyses beside blocks of particles: kept, checked, compared and carried over, without any physics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cmath>
#include <filesystem>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/store/aggregate.hpp"
#include "sigmaflow/store/diff.hpp"
#include "sigmaflow/store/verify.hpp"
#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kBlocks = 12;  // of the artificial group
constexpr std::uint64_t kDistributions = 2, kParts = 3, kModes = 4;

Variable recorded(const std::string& name, Element element, std::vector<std::string> dimensions) {
    Variable out;
    out.name = name;
    out.element = element;
    out.dimensions = std::move(dimensions);
    out.meaning = "the " + name;
    return out;
}

/// One group of particles and one of analyses, whose fields carry names that mean something elsewhere.
Layout layout_with_analyses() {
    Layout layout = artificial_layout({Shape{.bins = 11}});  // as many as its scale has
    Group group;
    group.name = "modes_dim2";
    group.analysis = "modes";
    group.part_axis = "level";
    group.dimensions = {{"point", kDistributions}, {"level", kParts}, {"mode", kModes}};
    auto index = recorded("point_index", Element::i64, {"point"});
    index.rows = Rows::fixed;
    index.content = bytes(std::vector<std::int64_t>{3, 4});
    auto sort = recorded("sort", Element::i64, {"point", "level", "mode"});
    sort.flag_meanings = {"peak", "saddle"};
    group.variables = {index,
                       recorded("sigma", Element::f64, {"point", "level"}),
                       recorded("count", Element::i64, {"point", "level"}),
                       recorded("failures", Element::i64, {"point", "level"}),
                       recorded("height", Element::f64, {"point", "level", "mode"}),
                       sort};
    layout.groups.push_back(group);
    auto& ids = std::get<std::vector<std::uint64_t>>(layout.tables[0].columns[0].values);
    auto& names = std::get<std::vector<std::string>>(layout.tables[0].columns[1].values);
    for (std::uint64_t row = 0; row < kDistributions; ++row) {
        for (std::uint64_t part = 0; part < kParts; ++part) {
            TaskPlace place;
            place.point = static_cast<std::int64_t>(ids.size());
            place.group = 1;
            place.row = row;
            place.block = part;
            place.predicted_seconds = 0.5;
            layout.tasks.push_back(place);
        }
        ids.push_back(0x9000 + row);
        names.push_back("analysed");
    }
    return layout;
}

FinishedTask part(std::uint64_t task) {
    FinishedTask out{task, TaskStatus::done, "", 1.0, 2.0, 0.25, {}};
    const auto number = static_cast<double>(task);
    const auto count = static_cast<std::int64_t>(task % kModes);
    std::vector<double> height(kModes, std::nan(""));
    std::vector<std::int64_t> sort(kModes, -1);
    for (std::int64_t i = 0; i < count; ++i) {
        height[static_cast<std::size_t>(i)] = number + 0.1 * static_cast<double>(i);
        sort[static_cast<std::size_t>(i)] = i % 2;
    }
    // Rising sigmas, negative counts: no invariant of particles holds here.
    out.rows = {bytes(std::vector{number}), bytes(std::vector{-count}), bytes(std::vector{std::int64_t{1} << 60}),
                bytes(height), bytes(sort)};
    return out;
}

std::vector<FinishedTask> tasks(const Layout& layout, const std::function<bool(std::uint64_t)>& left_out = {}) {
    std::vector<FinishedTask> out;
    for (std::uint64_t i = 0; i < layout.tasks.size(); ++i) {
        if (!left_out || !left_out(i)) out.push_back(i < kBlocks ? artificial_task(layout, i) : part(i));
    }
    return out;
}

template <class T>
std::vector<T> read_dataset(const std::string& path, const std::string& name, hid_t type) {
    const auto file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const auto dataset = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    const auto space = H5Dget_space(dataset);
    std::vector<T> out(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    EXPECT_GE(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()), 0) << name;
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    return out;
}

class AnalysisGroups : public testing::Test {
  protected:
    Folder folder{"analyses"};
    Layout layout = layout_with_analyses();
    std::string path = folder.file("a.h5");
};

TEST_F(AnalysisGroups, ComeBackWithKindAndAxis) {
    create_store(path, layout);
    const StoreReader reader(path);
    const auto& groups = reader.layout().groups;
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].analysis, "");
    EXPECT_EQ(groups[0].part_axis, "block");
    EXPECT_EQ(groups[1].analysis, "modes");
    EXPECT_EQ(groups[1].part_axis, "level");
    ASSERT_EQ(groups[1].variables.size(), layout.groups[1].variables.size());
    EXPECT_EQ(groups[1].variables[5].element, Element::i64);
    EXPECT_THAT(groups[1].variables[5].flag_meanings, ElementsAre("peak", "saddle"));
    EXPECT_THAT(groups[1].variables[5].dimensions, ElementsAre("point", "level", "mode"));
}

TEST_F(AnalysisGroups, RowsComeBackToTheByte) {
    write_store(path, layout, tasks(layout));
    const StoreReader reader(path);
    for (std::uint64_t task = kBlocks; task < layout.tasks.size(); ++task) {
        const auto expected = part(task);
        for (std::size_t i = 0; i < expected.rows.size(); ++i) EXPECT_EQ(reader.read_row(task, i), expected.rows[i]);
    }
}

TEST_F(AnalysisGroups, VerifyAsksNothingOfThemButTheirChecksums) {
    write_store(path, layout, tasks(layout));
    EXPECT_THAT(verify_store(path).damage, IsEmpty());
    const auto whole = contents(path);
    const double wanted = 13.0;  // sigma of task 13, which no other row holds
    const auto* raw = reinterpret_cast<const char*>(&wanted);
    const auto found = std::search(whole.begin(), whole.end(), raw, raw + sizeof wanted);
    ASSERT_NE(found, whole.end());
    put_byte(path, static_cast<std::uint64_t>(found - whole.begin()), 1);
    const auto report = verify_store(path);
    ASSERT_EQ(report.damage.size(), 1U);
    EXPECT_EQ(report.damage[0].task, 13);
    EXPECT_EQ(report.damage[0].where, "task 13, row sigma");
    EXPECT_EQ(repair_store(path, report), 1U);
    EXPECT_EQ(StoreReader(path).statuses()[13], TaskStatus::pending);
}

TEST_F(AnalysisGroups, DiffNamesFieldAndPlace) {
    write_store(path, layout, tasks(layout));
    const auto other = folder.file("b.h5");
    auto changed = tasks(layout);
    auto sort = values<std::int64_t>(changed[14].rows[4]);
    sort[1] = 7;
    changed[14].rows[4] = bytes(sort);
    write_store(other, layout, changed);
    EXPECT_THAT(diff_stores(path, path, 0.0), IsEmpty());
    EXPECT_THAT(diff_stores(path, other, 0.0), ElementsAre(HasSubstr("sort[mode 1]: 1 against 7")));
    EXPECT_THAT(diff_stores(path, other, 0.1), ElementsAre(HasSubstr("sort[mode 1]: 1 against 7")));
}

TEST_F(AnalysisGroups, TheSummaryHoldsAllPartsAndMarksTheOthers) {
    write_store(path, layout, tasks(layout, [](std::uint64_t i) { return i == 13 || i == 2; }));
    const auto output = folder.file("s.h5");
    aggregate_stores(std::vector{path}, output);
    const std::string group = "results/modes_dim2/";
    EXPECT_THAT(read_dataset<int>(output, group + "done", H5T_NATIVE_INT), ElementsAre(1, 0, 1, 1, 1, 1));
    const auto count = read_dataset<std::int64_t>(output, group + "count", H5T_NATIVE_INT64);
    EXPECT_THAT(count, ElementsAre(0, -1, -2, -3, 0, -1)) << "-1 where it is not done";
    const auto height = read_dataset<double>(output, group + "height", H5T_NATIVE_DOUBLE);
    const auto sort = read_dataset<std::int64_t>(output, group + "sort", H5T_NATIVE_INT64);
    for (std::uint64_t place = 0; place < kDistributions * kParts; ++place) {
        const auto expected = part(kBlocks + place);
        for (std::uint64_t mode = 0; mode < kModes; ++mode) {
            const double ours = height[place * kModes + mode];
            const double theirs = place == 1 ? std::nan("") : values<double>(expected.rows[3])[mode];
            EXPECT_TRUE(ours == theirs || (std::isnan(ours) && std::isnan(theirs))) << place << " " << mode;
            EXPECT_EQ(sort[place * kModes + mode], place == 1 ? -1 : values<std::int64_t>(expected.rows[4])[mode]);
        }
    }
    EXPECT_THAT(read_dataset<int>(output, group + "point_index", H5T_NATIVE_INT), ElementsAre(3, 4));
    EXPECT_THAT(read_dataset<int>(output, "task_summary/done", H5T_NATIVE_INT), ElementsAre(3, 4, 4, 2, 3));
    EXPECT_FALSE(read_dataset<double>(output, "results/shape_0/energy_mean", H5T_NATIVE_DOUBLE).empty());
}

TEST_F(AnalysisGroups, FilesOfAJobArrayAreMergedInAnyOrder) {
    const auto output = folder.file("s.h5"), merged = folder.file("m.h5");
    const auto odd = folder.file("odd.h5"), even = folder.file("even.h5");
    write_store(path, layout, tasks(layout));
    write_store(odd, layout, tasks(layout, [](std::uint64_t i) { return i % 2 == 0; }));
    write_store(even, layout, tasks(layout, [](std::uint64_t i) { return i % 2 == 1; }));
    aggregate_stores(std::vector{path}, output);
    for (const auto& parts : {std::vector{odd, even}, std::vector{even, odd}}) {
        aggregate_stores(parts, merged);
        EXPECT_EQ(contents(merged), contents(output));
    }
}

TEST_F(AnalysisGroups, PartsLieOnTheAxisOfTheirGroup) {
    layout.tasks.back().block = kParts;
    EXPECT_THROW(create_store(path, layout), std::logic_error) << "outside";
    layout = layout_with_analyses();
    layout.groups[1].part_axis = "mode";
    EXPECT_THROW(create_store(path, layout), std::logic_error) << "the second dimension is another";
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(AnalysisGroups, OtherKindsOrAxesAreOtherStudies) {
    write_store(path, layout, tasks(layout, [](std::uint64_t i) { return i % 2 == 0; }));
    const auto other = folder.file("b.h5");
    layout.groups[1].analysis = "branches";
    write_store(other, layout, tasks(layout, [](std::uint64_t i) { return i % 2 == 1; }));
    EXPECT_THROW(aggregate_stores(std::vector{path, other}, folder.file("s.h5")), InputError);
}

TEST_F(AnalysisGroups, XarrayShowsThemWithTheirAxes) {
    write_store(path, layout, tasks(layout));
    aggregate_stores(std::vector{path}, folder.file("s.h5"));
    std::ofstream(folder.file("script.py")) << "folder = '" + folder.file("") + "'"
                                            << R"(
import numpy, xarray
for name in ['a.h5', 's.h5']:
    for engine in ['h5netcdf', 'netcdf4']:
        group = xarray.open_dataset(folder + name, group='results/modes_dim2', engine=engine)
        assert group['height'].dims == ('point', 'level', 'mode'), group
        assert group['sort'].dtype == numpy.int64 and group['sort'].values[0, 0, 0] == -1, group
        assert group['sort'].attrs['flag_meanings'] == 'peak saddle'
        assert group.attrs['analysis'] == 'modes' and group.attrs['part_axis'] == 'level', group
)";
    EXPECT_EQ(std::system(("/usr/bin/python3 " + folder.file("script.py") + " >&2").c_str()), 0);
}

}  // namespace
}  // namespace sigmaflow
