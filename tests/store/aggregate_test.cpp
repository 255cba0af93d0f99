// A summary against statistics computed from all values at once.
#include "sigmaflow/store/aggregate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/numerics/histogram.hpp"
#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::HasSubstr;

const BinScale kScale{.origin = 1.0, .sign = -1.0, .lowest = 0.125, .highest = 1.0, .relative_accuracy = 0.34};

std::vector<double> read(const std::string& path, const std::string& name) {
    const auto file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const auto dataset = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    const auto space = H5Dget_space(dataset);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0) << name;
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    return values;
}

/// A file whose histograms are those of its values.
class Aggregate : public testing::Test {
  protected:
    static constexpr std::uint64_t kLevels = 5;
    static constexpr std::uint64_t kBlocks = 4;

    std::vector<FinishedTask> tasks(const std::function<bool(std::uint64_t)>& left_out = {}) {
        auto finished = artificial_tasks(layout, left_out);
        for (auto& task : finished) {
            const auto variables = layout.groups[0].task_variables();
            for (std::size_t i = 0; i < variables.size(); ++i) {
                if (variables[i]->name == "energy_bins") task.rows[i] = histogram(task.task, 1);
                if (variables[i]->name == "spectrum_bins") task.rows[i] = histogram(task.task, 2);
            }
        }
        return finished;
    }

    /// The valid values of one block, of element i of [level][component].
    static std::vector<double> values_of(std::uint64_t task, std::uint64_t i, std::uint64_t components) {
        std::vector<double> values;
        for (std::uint64_t p = 0; p < 4 - task % 2; ++p) values.push_back(artificial_value(task, p, i, components));
        return values;
    }

    std::vector<std::byte> histogram(std::uint64_t task, std::uint64_t components) {
        std::vector<std::uint16_t> bins;
        for (std::uint64_t i = 0; i < kLevels * components; ++i) {
            std::vector<std::uint16_t> row(static_cast<std::size_t>(index.size()), 0);
            for (const double v : values_of(task, i, components)) ++row[static_cast<std::size_t>(index(v))];
            bins.insert(bins.end(), row.begin(), row.end());
        }
        return bytes(bins);
    }

    /// All valid values of a point, of the done blocks.
    static std::vector<double> pooled(std::uint64_t point, std::uint64_t i, std::uint64_t components,
                                      const std::function<bool(std::uint64_t)>& left_out) {
        std::vector<double> all;
        for (std::uint64_t task = point * kBlocks; task < (point + 1) * kBlocks; ++task) {
            if (left_out && left_out(task)) continue;
            const auto some = values_of(task, i, components);
            all.insert(all.end(), some.begin(), some.end());
        }
        return all;
    }

    void expect_statistics(const std::string& field, std::uint64_t components,
                           const std::function<bool(std::uint64_t)>& left_out);

    const Folder folder{"aggregate"};
    const std::string input = folder.file("a.h5");
    const std::string output = folder.file("summary.h5");
    const BinIndex index{kScale};
    const Layout layout = artificial_layout({Shape{.bins = static_cast<std::uint64_t>(BinIndex(kScale).size())}});
};

void Aggregate::expect_statistics(const std::string& field, std::uint64_t components,
                                  const std::function<bool(std::uint64_t)>& left_out) {
    const auto of = [&](const std::string& what) { return read(output, "results/shape_0/" + field + what); };
    const auto mean = of("_mean"), variance = of("_variance"), error = of("_standard_error"), least = of("_min"),
               most = of("_max"), bins = of("_bins"), quantiles = of("_quantile");
    const auto size = static_cast<std::size_t>(index.size());
    for (std::uint64_t point = 0; point < 3; ++point) {
        for (std::uint64_t i = 0; i < kLevels * components; ++i) {
            const auto at = point * kLevels * components + i;
            auto all = pooled(point, i, components, left_out);
            if (all.empty()) {
                EXPECT_TRUE(std::isnan(mean[at]) && std::isnan(least[at]) && std::isnan(quantiles[at * 5]));
                continue;
            }
            const auto n = static_cast<double>(all.size());
            const double m = std::accumulate(all.begin(), all.end(), 0.0) / n;
            double squares = 0.0;
            for (const double v : all) squares += (v - m) * (v - m);
            EXPECT_NEAR(mean[at], m, 1e-14);
            EXPECT_NEAR(variance[at], squares / (n - 1), 1e-14);
            EXPECT_NEAR(error[at], std::sqrt(squares / (n - 1) / n), 1e-14);
            std::ranges::sort(all);
            EXPECT_EQ(least[at], all.front());
            EXPECT_EQ(most[at], all.back());
            EXPECT_EQ(std::accumulate(&bins[at * size], &bins[at * size] + size, 0.0), n);
            for (const auto& [k, q] : {std::pair(0, 0.05), {1, 0.25}, {2, 0.5}, {3, 0.75}, {4, 0.95}}) {
                const double exact = all[static_cast<std::size_t>(std::ceil(q * n)) - 1];
                const double read_off = quantiles[at * 5 + static_cast<std::size_t>(k)];
                const double tolerance = std::max(kScale.relative_accuracy * std::abs(1.0 - exact), kScale.lowest);
                EXPECT_NEAR(read_off, exact, tolerance * (1.0 + 1e-12)) << q;
            }
        }
    }
}

TEST_F(Aggregate, AgreesWithAllValuesAtOnce) {
    write_store(input, layout, tasks());
    aggregate_stores(std::vector{input}, output);
    expect_statistics("energy", 1, {});
    expect_statistics("spectrum", 2, {});
    EXPECT_THAT(read(output, "results/shape_0/done_blocks"), testing::ElementsAre(4, 4, 4));
    EXPECT_THAT(read(output, "results/shape_0/count"), testing::Each(14));
    EXPECT_THAT(read(output, "results/shape_0/failures"), testing::ElementsAre(2, 0, 2, 0, 2, 0));
    EXPECT_EQ(read(output, "results/shape_0/sigma"), read(input, "results/shape_0/sigma"));
    EXPECT_THAT(read(output, "task_summary/particles"), testing::ElementsAre(16, 16, 16));
    EXPECT_FALSE(std::filesystem::exists(output + ".partial"));
}

TEST_F(Aggregate, BlocksThatAreNotDoneAreLeftOutAndCounted) {
    const auto left_out = [](std::uint64_t task) { return task == 1 || task >= 8; };
    auto some = tasks(left_out);
    some.push_back({9, TaskStatus::failed, "no", 1.0, 2.0, 0.0, {}});
    write_store(input, layout, some);
    aggregate_stores(std::vector{input}, output);
    expect_statistics("spectrum", 2, left_out);
    EXPECT_THAT(read(output, "results/shape_0/done_blocks"), testing::ElementsAre(3, 4, 0));
    EXPECT_THAT(read(output, "task_summary/failed"), testing::ElementsAre(0, 0, 1));
    EXPECT_THAT(read(output, "task_summary/tasks"), testing::ElementsAre(4, 4, 4));
}

TEST_F(Aggregate, NoValidParticlesAtALevelOfOneBlock) {
    auto all = tasks();
    const auto variables = layout.groups[0].task_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const auto& name = variables[i]->name;
        auto& row = all[1].rows[i];
        if (name == "count") std::fill_n(row.begin(), sizeof(std::uint32_t), std::byte{0});  // level 0
        if (name == "energy_mean" || name == "energy_min") {
            const double nan = std::nan("");
            std::memcpy(row.data(), &nan, sizeof nan);
        }
    }
    write_store(input, layout, all);
    aggregate_stores(std::vector{input}, output);
    std::vector<double> rest = pooled(0, 0, 1, [](std::uint64_t task) { return task == 1; });
    const double mean = std::accumulate(rest.begin(), rest.end(), 0.0) / static_cast<double>(rest.size());
    EXPECT_NEAR(read(output, "results/shape_0/energy_mean")[0], mean, 1e-14);
    EXPECT_EQ(read(output, "results/shape_0/energy_min")[0], *std::ranges::min_element(rest));
}

// Sums in another order have other last bits: the order of tasks in a file must not matter.
TEST_F(Aggregate, BlockOrderDecidesNotTaskOrder) {
    write_store(input, layout, tasks());
    aggregate_stores(std::vector{input}, output);
    auto shuffled = layout;
    std::ranges::reverse(shuffled.tasks);
    auto all = tasks();
    for (auto& task : all) task.task = layout.tasks.size() - 1 - task.task;
    write_store(folder.file("b.h5"), shuffled, all);
    aggregate_stores(std::vector{folder.file("b.h5")}, folder.file("b-summary.h5"));
    for (const char* name : {"energy_mean", "energy_variance", "spectrum_mean", "spectrum_variance"}) {
        const auto variable = std::string("results/shape_0/") + name;
        EXPECT_EQ(read(folder.file("b-summary.h5"), variable), read(output, variable)) << name;
    }
}

TEST_F(Aggregate, PartsGiveTheSameBytesAsOneFileInAnyOrder) {
    write_store(input, layout, tasks());
    aggregate_stores(std::vector{input}, output);
    const auto odd = folder.file("odd.h5"), even = folder.file("even.h5"), merged = folder.file("merged.h5");
    write_store(odd, layout, tasks([](std::uint64_t i) { return i % 2 == 0; }));
    write_store(even, layout, tasks([](std::uint64_t i) { return i % 2 == 1; }));
    aggregate_stores(std::vector{odd, even}, merged);
    EXPECT_EQ(contents(merged), contents(output));
    aggregate_stores(std::vector{even, odd}, merged);
    EXPECT_EQ(contents(merged), contents(output));
}

TEST_F(Aggregate, XarrayOpensASummary) {
    write_store(input, layout, tasks());
    aggregate_stores(std::vector{input}, output);
    std::ofstream(folder.file("script.py")) << "path = '" + output + "'"
                                            << R"(
import xarray
for engine in ['h5netcdf', 'netcdf4']:
    group = xarray.open_dataset(path, group='results/shape_0', engine=engine)
    assert group['spectrum_quantile'].dims == ('point', 'level', 'rank', 'quantile'), group
    assert list(group['quantile'].values) == [.05, .25, .5, .75, .95], group
    assert group['energy_bins'].dims == ('point', 'level', 'energy_bin'), group
    assert group['energy_bin'].values[5] == 1.0, group['energy_bin']
    assert float(group['energy_bins'].attrs['sign']) == -1.0
    assert group['count'].dims == ('point', 'level')
    points = xarray.open_dataset(path, group='points', engine=engine)
    assert points['distribution'].values[0].startswith('distribution'), points
    assert xarray.open_dataset(path, engine=engine).attrs['format'] == 'sigmaflow-summary'
)";
    EXPECT_EQ(std::system(("/usr/bin/python3 " + folder.file("script.py") + " >&2").c_str()), 0);
}

TEST_F(Aggregate, RefusesWhatDoesNotBelongTogether) {
    const auto other = folder.file("b.h5");
    const auto refusal = [&] {
        try {
            aggregate_stores(std::vector{input, other}, output);
        } catch (const InputError& error) {
            EXPECT_FALSE(std::filesystem::exists(output));
            return std::string(error.what());
        }
        return std::string();
    };
    write_store(input, layout, tasks());
    auto changed = layout;
    write_store(other, changed, {artificial_task(layout, 7)});
    EXPECT_THAT(refusal(), HasSubstr("overlap (task 7 is done in both)"));
    changed.study_hash = 1;
    write_store(other, changed, {});
    EXPECT_THAT(refusal(), HasSubstr("different studies"));
    changed = layout;
    changed.fingerprint[0].second = "sse";
    write_store(other, changed, {});
    EXPECT_THAT(refusal(), HasSubstr("numerics differ"));
    changed = layout;
    changed.tasks.pop_back();
    write_store(other, changed, {});
    EXPECT_THAT(refusal(), HasSubstr("12 tasks against 11"));
    std::filesystem::remove(other);
    EXPECT_THAT(refusal(), HasSubstr("cannot open"));
    EXPECT_THROW(aggregate_stores({}, output), InputError);
}

TEST_F(Aggregate, NeverReplacesResultsNorUsesDamagedOnes) {
    write_store(input, layout, tasks());
    EXPECT_THROW(aggregate_stores(std::vector{input}, input), InputError);
    EXPECT_EQ(StoreReader(input).layout().tasks.size(), layout.tasks.size());
    const auto row = tasks()[0].rows[6];  // energy_mean
    const auto file = contents(input);
    const auto* first = reinterpret_cast<const char*>(row.data());
    const auto found = std::search(file.begin(), file.end(), first, first + row.size());
    ASSERT_NE(found, file.end());
    put_byte(input, static_cast<std::uint64_t>(found - file.begin()), static_cast<char>(*found ^ 1));
    EXPECT_THROW(aggregate_stores(std::vector{input}, output), InputError);
    EXPECT_FALSE(std::filesystem::exists(output + ".partial"));
}

}  // namespace
}  // namespace sigmaflow
