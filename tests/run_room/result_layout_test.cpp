#include "sigmaflow/run/result_layout.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <set>

#include "small_study.hpp"

namespace sigmaflow {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;
using testing_run::SmallStudy;

template <class Number>
std::vector<Number> numbers_of(const std::vector<std::byte>& bytes) {
    std::vector<Number> out(bytes.size() / sizeof(Number));
    std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
}

BlockBuffer empty_block(const SmallStudy& small, std::size_t task) {
    const PlannedTask& planned = small.plan.tasks[task];
    const PointModel& model = small.plan.models[planned.point];
    return {model.fields(), static_cast<int>(model.levels.sigma.size()), planned.count};
}

std::vector<std::vector<std::byte>> rows_of(const SmallStudy& small, std::size_t task, const BlockBuffer& block) {
    return task_rows(small.layout.tasks[task], block, small.plan.models[small.plan.tasks[task].point]);
}

std::size_t index_of(const Group& group, const std::string& name) {
    const auto variables = group.task_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i]->name == name) return i;
    }
    ADD_FAILURE() << "no variable " << name;
    return 0;
}

class KeptParticles : public testing::TestWithParam<int> {};

/// What makes the file right: what a task hands over is what its variables hold, to the byte.
TEST_P(KeptParticles, RowsHaveTheSizesOfTheLayout) {
    const SmallStudy small({"observe.keep_particles=" + std::to_string(GetParam())});
    ASSERT_THAT(small.layout.groups, SizeIs(2));
    std::set<std::size_t> groups_seen;
    for (std::size_t task = 0; task < small.plan.tasks.size(); ++task) {
        const TaskPlace& place = small.layout.tasks[task];
        const Group& group = small.layout.groups[place.group];
        const auto variables = group.task_variables();
        const auto rows = rows_of(small, task, empty_block(small, task));
        ASSERT_EQ(rows.size(), variables.size()) << "task " << task;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::uint64_t lines = variables[i]->rows == Rows::per_block ? 1 : place.kept_count;
            EXPECT_EQ(rows[i].size(), lines * group.row_elements(*variables[i]) * size_of(variables[i]->element))
                << "task " << task << ", " << variables[i]->name;
        }
        groups_seen.insert(place.group);
    }
    EXPECT_THAT(groups_seen, SizeIs(2));
}

TEST_P(KeptParticles, PlacesCoverTheParticlesAndTheKeptOnesOnce) {
    const int keep = GetParam();
    const SmallStudy small({"observe.keep_particles=" + std::to_string(keep)});
    ASSERT_THAT(small.layout.tasks, SizeIs(6 * 3));
    for (std::size_t point = 0; point < 6; ++point) {
        std::int64_t next = 0;
        std::uint64_t next_kept = 0;
        for (std::size_t block = 0; block < 3; ++block) {
            const TaskPlace& place = small.layout.tasks[3 * point + block];
            EXPECT_EQ(place.point, static_cast<std::int64_t>(point));
            EXPECT_EQ(place.block, block);
            EXPECT_EQ(place.first, next);
            if (place.kept_count > 0) {
                EXPECT_EQ(place.kept_first, next_kept);
            }
            next += place.count;
            next_kept += place.kept_count;
        }
        EXPECT_EQ(next, 150);
        EXPECT_EQ(next_kept, static_cast<std::uint64_t>(keep));
    }
}

INSTANTIATE_TEST_SUITE_P(None_some_blocks_all, KeptParticles, testing::Values(0, 1, 64, 70, 128, 149, 150));

TEST(TaskRows, HoldParticlesThenLevelsThenComponents) {
    const SmallStudy small;
    const std::size_t task = 9;  // the first block of three dimensions
    const Group& group = small.layout.groups[small.layout.tasks[task].group];
    BlockBuffer block = empty_block(small, task);
    Tile values(3, kTileWidth);
    for (int level = 0; level < 5; ++level) {
        for (int first = 0; first < 64; first += kTileWidth) {
            for (int i = 0; i < kTileWidth; ++i) {
                for (int c = 0; c < 3; ++c) values(c, i) = 1000 * (first + i) + 10 * level + c;
            }
            block.store(0, level, first, kTileWidth, values);
        }
    }
    const auto kept = numbers_of<double>(rows_of(small, task, block)[index_of(group, "positions")]);
    ASSERT_THAT(kept, SizeIs(64 * 5 * 3));
    EXPECT_EQ(kept[0], 0.0);
    EXPECT_EQ(kept[1], 1.0);                        // component
    EXPECT_EQ(kept[3], 10.0);                       // level
    EXPECT_EQ(kept[15], 1000.0);                    // particle
    EXPECT_EQ(kept[15 * 63 + 3 * 4 + 2], 63042.0);  // the last one
    const auto mean = numbers_of<double>(rows_of(small, task, block)[index_of(group, "positions_mean")]);
    EXPECT_EQ(mean[3 * 4 + 2], 31500.0 + 42.0);
    const auto least = numbers_of<double>(rows_of(small, task, block)[index_of(group, "positions_min")]);
    const auto most = numbers_of<double>(rows_of(small, task, block)[index_of(group, "positions_max")]);
    EXPECT_EQ(least[3 * 4 + 2], 42.0);
    EXPECT_EQ(most[3 * 4 + 2], 63042.0);
}

TEST(TaskRows, CountFailedParticlesByStatusAndKeepThem) {
    const SmallStudy small;
    const std::size_t task = 2;  // 22 particles, 0 of them kept
    BlockBuffer block = empty_block(small, task);
    block.fail(3, ParticleStatus::non_finite, 2);
    block.fail(21, ParticleStatus::step_limit, 0);
    block.fail(5, ParticleStatus::step_limit, 4);
    const Group& group = small.layout.groups[0];
    const auto rows = rows_of(small, task, block);
    EXPECT_THAT(numbers_of<std::uint32_t>(rows[index_of(group, "failures")]), ElementsAre(1, 2));
    const auto count = numbers_of<std::uint32_t>(rows[index_of(group, "count")]);
    const auto& sigma = small.plan.models[0].levels.sigma;
    const std::vector<std::uint32_t> valid{21, 21, 20, 20, 19};
    for (std::size_t level = 0; level < 5; ++level) {
        EXPECT_EQ(count[level], std::isfinite(sigma[level]) ? valid[level] : 0U) << level;
    }

    BlockBuffer first = empty_block(small, 0);
    first.fail(3, ParticleStatus::non_finite, 2);
    const auto status = numbers_of<std::uint8_t>(rows_of(small, 0, first)[index_of(group, "particle_status")]);
    ASSERT_THAT(status, SizeIs(64));
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(status[i], i == 3 ? 1 : 0);
}

TEST(Layout, DescribesThePointsAndTheirAxes) {
    const SmallStudy small;
    ASSERT_THAT(small.layout.tables, SizeIs(1));
    const Table& points = small.layout.tables.front();
    EXPECT_EQ(points.name, "points");
    const auto column = [&](const std::string& name) {
        for (const auto& one : points.columns) {
            if (one.name == name) return one.values;
        }
        throw std::runtime_error("no column " + name);
    };
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(column("dim")), ElementsAre(1, 1, 1, 3, 3, 3));
    EXPECT_THAT(std::get<std::vector<double>>(column("distribution.two.dim")), ElementsAre(1, 1, 1, 3, 3, 3));
    EXPECT_THAT(std::get<std::vector<double>>(column("schedule.edm.steps")), ElementsAre(4, 8, 16, 4, 8, 16));
    EXPECT_THAT(std::get<std::vector<std::string>>(column("solver")), Each("heun"));
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(column("row")), ElementsAre(0, 1, 2, 0, 1, 2));
    const auto ids = std::get<std::vector<std::uint64_t>>(column("id"));
    EXPECT_THAT(std::set<std::uint64_t>(ids.begin(), ids.end()), SizeIs(6));
}

TEST(Layout, FixedContentFitsItsDimensions) {
    const SmallStudy small;
    for (const auto& group : small.layout.groups) {
        for (const auto& variable : group.variables) {
            if (variable.rows != Rows::fixed) continue;
            std::uint64_t elements = 1;
            for (const auto& name : variable.dimensions) elements *= group.size_of_dimension(name);
            EXPECT_EQ(variable.content.size(), elements * size_of(variable.element)) << variable.name;
        }
    }
}

TEST(Layout, KnowsItsStudyAndItsNumerics) {
    const SmallStudy small;
    const SmallStudy changed({"study.seed=4"});
    EXPECT_EQ(small.layout.study_text, testing_run::small_study_text());
    EXPECT_NE(small.layout.study_hash, changed.layout.study_hash);
    std::vector<std::string> names;
    for (const auto& [name, value] : small.layout.fingerprint) {
        names.push_back(name);
        EXPECT_FALSE(value.empty()) << name;
    }
    EXPECT_THAT(names, ElementsAre("sources", "build", "cpu", "backend", "libc"));
}

// Analyses

/// Two laws of unlike records beside the points of one solver.
std::string study_with_analyses() {
    return testing_run::small_study_text() + R"(
[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = 3
[[analysis]]
name = "about"
kind = "information"
levels = 4
samples = [32, 64]
)";
}

TEST(AnalysisLayout, RowsHaveTheSizesOfTheLayout) {
    const SmallStudy small({}, study_with_analyses());
    ASSERT_EQ(small.layout.groups.size(), small.plan.groups.size() + 3);
    for (std::size_t task = 0; task < small.plan.tasks.size(); ++task) {
        const auto* analysis = small.plan.analysis_of(small.plan.tasks[task]);
        if (analysis == nullptr) continue;
        const TaskPlace& place = small.layout.tasks[task];
        const Group& group = small.layout.groups[place.group];
        EXPECT_EQ(group.analysis, "information");
        EXPECT_EQ(group.part_axis, "level");
        EXPECT_EQ(place.block, static_cast<std::uint64_t>(small.plan.tasks[task].block));
        EXPECT_EQ(place.row, analysis->row);
        EXPECT_EQ(place.first + place.count, 0);
        AnalysisRecord record(analysis->fields);
        record.reals("mmse")[0] = 17.0;
        const auto rows = part_rows(*analysis, record);
        const auto variables = group.task_variables();
        ASSERT_EQ(rows.size(), variables.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(variables[i]->dimensions[1], "level");
            EXPECT_EQ(rows[i].size(), group.row_elements(*variables[i]) * size_of(variables[i]->element));
        }
        EXPECT_EQ(numbers_of<double>(rows[index_of(group, "mmse")]).front(), 17.0);
        EXPECT_TRUE(std::isnan(numbers_of<double>(rows[index_of(group, "sigma")]).front())) << "not used";
    }
}

TEST(AnalysisLayout, ShapesOfRecordsBecomeDimensions) {
    SmallStudy small({}, study_with_analyses());
    auto& group = small.plan.analysis_groups.front();
    group.fields = {{.name = "count", .unit = "count", .meaning = "how many", .axes = {}, .integer = true},
                    {.name = "x",
                     .unit = "data",
                     .meaning = "where",
                     .axes = {{"mode", 5}, {"coordinate", 3}},
                     .flag_meanings = {}},
                    {.name = "sort",
                     .unit = "",
                     .meaning = "what",
                     .axes = {{"mode", 5}},
                     .integer = true,
                     .flag_meanings = {"peak", "saddle"}}};
    const Layout layout = make_layout(small.study, small.plan);
    const Group& made = layout.groups[small.plan.groups.size()];
    ASSERT_EQ(made.task_variables().size(), 3U);
    EXPECT_EQ(made.task_variables()[0]->element, Element::i64);
    EXPECT_THAT(made.task_variables()[0]->dimensions, ElementsAre("point", "level"));
    EXPECT_EQ(made.task_variables()[1]->element, Element::f64);
    EXPECT_THAT(made.task_variables()[1]->dimensions, ElementsAre("point", "level", "mode", "coordinate"));
    EXPECT_THAT(made.task_variables()[2]->flag_meanings, ElementsAre("peak", "saddle"));
    EXPECT_EQ(made.size_of_dimension("mode"), 5U);
    EXPECT_EQ(made.size_of_dimension("level"), 4U);
    group.fields.back().axes = {{"mode", 6}};
    EXPECT_THROW((void)make_layout(small.study, small.plan), std::logic_error) << "an axis has one size";
}

TEST(AnalysisLayout, RowsOfAnalysesFollowThePoints) {
    const SmallStudy small({}, study_with_analyses());
    const auto texts = [&](const std::string& name) {
        for (const auto& column : small.layout.tables.front().columns) {
            if (column.name == name) return std::get<std::vector<std::string>>(column.values);
        }
        return std::vector<std::string>{};
    };
    const auto solvers = texts("solver");
    const auto analyses = texts("analysis");
    ASSERT_EQ(solvers.size(), small.plan.points.size() + 6);
    for (std::size_t i = 0; i < solvers.size(); ++i) {
        const bool is_point = i < small.plan.points.size();
        EXPECT_EQ(solvers[i], is_point ? "heun" : "");
        EXPECT_EQ(analyses[i], is_point ? "" : "about");
    }
    for (const auto& group : small.layout.groups) {
        for (const auto& variable : group.variables) {
            if (variable.name != "point_index") continue;
            for (const auto row : numbers_of<std::int64_t>(variable.content)) {
                EXPECT_EQ(analyses[static_cast<std::size_t>(row)].empty(), group.analysis.empty());
            }
        }
    }
    const SmallStudy without;
    for (const auto& column : without.layout.tables.front().columns) {
        EXPECT_NE(column.name, "analysis") << "files of other studies stay as they were";
    }
}

}  // namespace
}  // namespace sigmaflow
