#pragma once
/// \file
/// The shape of a result file, decided before it is created and frozen afterwards: groups of points of equal shape,
/// their variables, and where the row of every task lies. The store knows no physics: it sees names, sizes and bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sigmaflow/core/part.hpp"

namespace sigmaflow {

enum class Element : std::uint8_t { f64, f32, i64, u64, u32, u16, u8 };
[[nodiscard]] std::size_t size_of(Element element);

struct Dimension {
    std::string name;
    std::uint64_t size = 0;
};

/// How tasks share a variable. Its dimensions start with `point`; those of a task variable go on with the group's part
/// axis (one row per task) or `particle` (the first kept particles: as many rows as the task has kept ones, maybe
/// none).
enum class Rows : std::uint8_t { fixed, per_block, per_particle };

struct Variable {
    std::string name;
    Element element = Element::f64;
    std::vector<std::string> dimensions;
    Rows rows = Rows::per_block;
    std::string unit = {};
    std::string meaning = {};
    std::vector<std::string> flag_meanings = {};               ///< for codes: names of 0, 1, 2 ...
    std::vector<std::pair<std::string, double>> numbers = {};  ///< further numeric attributes (the scale of bins)
    std::vector<std::byte> content = {};                       ///< of a fixed variable
};

/// Points of equal shape share their variables, with a leading axis `point`.
struct Group {
    std::string name;
    std::vector<Dimension> dimensions;  ///< point, block, particle, level and the component axes
    std::vector<Variable> variables;    ///< fixed ones anywhere; task variables in the order of a task's rows
    std::string analysis = {};          ///< kind of the analysis whose records these are; empty: blocks of particles
    std::string part_axis = "block";    ///< dimension along which tasks of one point lie

    [[nodiscard]] std::uint64_t size_of_dimension(const std::string& name) const;
    /// Number of elements of one row of a task variable: the product of its dimensions after the second.
    [[nodiscard]] std::uint64_t row_elements(const Variable& variable) const;
    [[nodiscard]] std::vector<const Variable*> task_variables() const;
};

/// One column of a table, as long as the table.
struct Column {
    std::string name;
    std::string meaning;
    std::string unit;
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<std::uint8_t>,
                 std::vector<std::string>>
        values;
    std::vector<std::string> flag_meanings = {};
};

struct Table {
    std::string name;
    std::string dimension;
    std::vector<Column> columns;
};

/// Where a task belongs.
struct TaskPlace {
    std::int64_t point = 0;   ///< index into the points table
    std::uint32_t group = 0;  ///< index into Layout::groups
    std::uint64_t row = 0;    ///< index on the group's point axis
    std::uint64_t block = 0;  ///< index on the block axis
    std::int64_t first = 0;   ///< first particle
    std::int64_t count = 0;   ///< particles
    std::uint64_t kept_first = 0;
    std::uint64_t kept_count = 0;
    double predicted_seconds = 0.0;
};

struct Layout {
    std::vector<Group> groups;
    std::vector<Table> tables;     ///< the points table first, then further fixed tables
    std::vector<TaskPlace> tasks;  ///< in the order of points and blocks
    std::string study_text;
    std::uint64_t study_hash = 0;
    std::vector<std::pair<std::string, std::string>> provenance;  ///< attributes of the file: name, value
    std::vector<std::pair<std::string, std::string>>
        fingerprint;  ///< numerics: build, cpu, backend; compared on resume
    std::uint64_t max_sessions = 64;
    Part part = {};  ///< which tasks the file is for: those of other parts stay pending in it

    [[nodiscard]] std::uint64_t max_task_variables() const;
    /// For every task, whether it belongs to the file's part.
    [[nodiscard]] std::vector<bool> tasks_of_part() const;
    /// Bytes of all rows of a task.
    [[nodiscard]] std::uint64_t row_bytes(const TaskPlace& task) const;
    /// Bytes of all datasets, for the forecast of the file's size; in the file of a part, rows of other tasks are
    /// holes.
    [[nodiscard]] std::uint64_t data_bytes() const;
};

}  // namespace sigmaflow
