#pragma once
// A small layout with every sort of variable, and rows that satisfy the invariants of statistics: what the tests of the
// store write, without any physics.

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "sigmaflow/core/status.hpp"
#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/store/writer.hpp"

namespace sigmaflow::testing_store {

/// A folder of its own for one test, removed at the end.
class Folder {
  public:
    explicit Folder(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("sigmaflow-" + name + "-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

template <class T>
std::vector<std::byte> bytes(const std::vector<T>& values) {
    std::vector<std::byte> raw(values.size() * sizeof(T));
    if (!raw.empty()) std::memcpy(raw.data(), values.data(), raw.size());
    return raw;
}

template <class T>
std::vector<T> values(const std::vector<std::byte>& raw) {
    std::vector<T> read(raw.size() / sizeof(T));
    if (!read.empty()) std::memcpy(read.data(), raw.data(), raw.size());
    return read;
}

struct Shape {
    std::uint64_t points = 3;
    std::uint64_t blocks = 4;
    std::uint64_t levels = 5;
    std::uint64_t components = 2;
    std::uint64_t bins = 8;
    std::uint64_t kept = 6;      ///< per point, of `particles` x `blocks`
    std::int64_t particles = 4;  ///< per block
};

inline Group artificial_group(const std::string& name, const Shape& shape) {
    Group group;
    group.name = name;
    group.dimensions = {
        {"point", shape.points},    {"block", shape.blocks},    {"particle", shape.kept},     {"level", shape.levels},
        {"rank", shape.components}, {"energy_bin", shape.bins}, {"spectrum_bin", shape.bins}, {"failure", 2}};
    std::vector<double> sigma;
    for (std::uint64_t i = 0; i < shape.points; ++i) {
        for (std::uint64_t l = 0; l < shape.levels; ++l) sigma.push_back(80.0 / static_cast<double>((i + 1) * (l + 1)));
    }
    const auto variable = [](std::string n, Element e, std::vector<std::string> dims, Rows rows) {
        Variable v;
        v.name = std::move(n);
        v.element = e;
        v.dimensions = std::move(dims);
        v.rows = rows;
        v.meaning = "the " + v.name;
        return v;
    };
    auto levels = variable("sigma", Element::f64, {"point", "level"}, Rows::fixed);
    levels.unit = "1";
    levels.content = bytes(sigma);
    auto bins =
        variable("spectrum_bins", Element::u16, {"point", "block", "level", "rank", "spectrum_bin"}, Rows::per_block);
    bins.numbers = {{"origin", 1.0},   {"sign", -1.0}, {"lowest", 0.125}, {"highest", 1.0}, {"relative_accuracy", 0.34},
                    {"two_sided", 1.0}};
    auto energy_bins =
        variable("energy_bins", Element::u16, {"point", "block", "level", "energy_bin"}, Rows::per_block);
    energy_bins.numbers = bins.numbers;
    auto status = variable("particle_status", Element::u8, {"point", "particle"}, Rows::per_particle);
    status.flag_meanings = particle_status_names();
    group.variables = {levels,
                       variable("spectrum", Element::f64, {"point", "particle", "level", "rank"}, Rows::per_particle),
                       variable("energy", Element::f64, {"point", "particle", "level"}, Rows::per_particle),
                       status,
                       variable("count", Element::u32, {"point", "block", "level"}, Rows::per_block),
                       variable("failures", Element::u32, {"point", "block", "failure"}, Rows::per_block)};
    for (const std::string field : {"energy", "spectrum"}) {
        std::vector<std::string> dims{"point", "block", "level"};
        if (field == "spectrum") dims.emplace_back("rank");
        for (const char* what : {"_mean", "_m2", "_min", "_max"}) {
            group.variables.push_back(variable(field + what, Element::f64, dims, Rows::per_block));
        }
        group.variables.push_back(field == "energy" ? energy_bins : bins);
    }
    return group;
}

/// Points of the groups in turn, tasks in the order of points and blocks.
inline Layout artificial_layout(const std::vector<Shape>& shapes = {Shape{}, Shape{2, 2, 3, 1, 6, 0, 8}}) {
    Layout layout;
    std::vector<std::uint64_t> ids;
    std::vector<std::string> names;
    for (std::uint32_t g = 0; g < shapes.size(); ++g) {
        const auto& shape = shapes[g];
        layout.groups.push_back(artificial_group("shape_" + std::to_string(g), shape));
        for (std::uint64_t row = 0; row < shape.points; ++row) {
            const auto point = static_cast<std::int64_t>(ids.size());
            for (std::uint64_t block = 0; block < shape.blocks; ++block) {
                const auto first = block * static_cast<std::uint64_t>(shape.particles);
                const auto kept_first = std::min(first, shape.kept);
                const auto kept_end = std::min(first + static_cast<std::uint64_t>(shape.particles), shape.kept);
                layout.tasks.push_back({point, g, row, block, static_cast<std::int64_t>(first), shape.particles,
                                        kept_first, kept_end - kept_first, 0.5});
            }
            ids.push_back(0x1000 + ids.size() * 7);
            names.push_back("distribution \xCE\xB1 " + std::to_string(point));
        }
    }
    Column id{"id", "identity of the point", "", ids, {}};
    Column distribution{"distribution", "label of the distribution", "", names, {}};
    layout.tables = {{"points", "point", {id, distribution}},
                     {"axes", "axis", {{"weight", "a number", "kg", std::vector<double>{1.5, 2.5}, {}}}}};
    layout.study_text = "[study]\nname = \"artificial\"\n";
    layout.study_hash = 0xfeedfacecafebeefULL;
    layout.provenance = {{"program", "sigmaflow 0.1.0"}, {"command", "run study.toml"}};
    layout.fingerprint = {{"cpu", "avx2"}, {"backend", "eigen"}};
    layout.max_sessions = 3;
    return layout;
}

/// The kept and accumulated values of one particle at one level: a function of its identity alone.
inline double artificial_value(std::uint64_t task, std::uint64_t particle, std::uint64_t level,
                               std::uint64_t component) {
    std::uint64_t bits = (((task * 1000 + particle) * 1000 + level) * 10 + component) * 0x9E3779B97F4A7C15ULL;
    bits = (bits ^ (bits >> 31)) * 0xBF58476D1CE4E5B9ULL;
    return static_cast<double>(bits >> 12) * 0x1p-51;  // in [0, 2)
}

/// A finished task whose rows fit together: one particle of each block has failed at random.
inline FinishedTask artificial_task(const Layout& layout, std::uint64_t index) {
    const auto& place = layout.tasks[index];
    const auto& group = layout.groups[place.group];
    const auto levels = group.size_of_dimension("level");
    const auto bins = group.size_of_dimension("energy_bin");
    const std::uint32_t failed = index % 2;
    const auto good = static_cast<std::uint32_t>(place.count) - failed;
    FinishedTask task{index, TaskStatus::done, "", 1.0, 2.0, 0.25, {}};
    for (const auto* variable : group.task_variables()) {
        const auto elements = group.row_elements(*variable);
        const auto components = variable->name.starts_with("spectrum") ? group.size_of_dimension("rank") : 1;
        if (variable->name == "count") {
            task.rows.push_back(bytes(std::vector<std::uint32_t>(levels, good)));
        } else if (variable->name == "failures") {
            task.rows.push_back(bytes(std::vector<std::uint32_t>{failed, 0}));
        } else if (variable->name == "particle_status") {
            task.rows.push_back(bytes(std::vector<std::uint8_t>(place.kept_count, 0)));
        } else if (variable->name.ends_with("_bins")) {
            std::vector<std::uint16_t> row(elements, 0);
            for (std::uint64_t i = 0; i < levels * components; ++i) {
                for (std::uint32_t p = 0; p < good; ++p) ++row[i * bins + (index + p + i) % bins];
            }
            task.rows.push_back(bytes(row));
        } else if (variable->rows == Rows::per_particle) {
            std::vector<double> row;
            for (std::uint64_t p = 0; p < place.kept_count; ++p) {
                for (std::uint64_t i = 0; i < elements; ++i) row.push_back(artificial_value(index, p, i, 0));
            }
            task.rows.push_back(bytes(row));
        } else {
            std::vector<double> row;
            for (std::uint64_t i = 0; i < elements; ++i) {
                double mean = 0.0, least = 1e300, most = -1e300, m2 = 0.0;
                for (std::uint32_t p = 0; p < good; ++p) {
                    const auto v = artificial_value(index, p, i, components);
                    mean += v / good;
                    least = std::min(least, v);
                    most = std::max(most, v);
                }
                for (std::uint32_t p = 0; p < good; ++p) {
                    const auto v = artificial_value(index, p, i, components) - mean;
                    m2 += v * v;
                }
                const auto& n = variable->name;
                row.push_back(n.ends_with("_mean")  ? mean
                              : n.ends_with("_m2")  ? m2
                              : n.ends_with("_min") ? least
                                                    : most);
            }
            task.rows.push_back(bytes(row));
        }
    }
    return task;
}

}  // namespace sigmaflow::testing_store
