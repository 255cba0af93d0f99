#pragma once
/// \file
/// A study file, read and validated: sections, sweep axes, observation. Format: docs/study-format.md.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow {

/// Bounds on the size of a study, checked before anything is expanded: a plan takes about 8 kB for every point and 200
/// bytes for every task.
inline constexpr std::int64_t kMostPoints = 1'000'000;
inline constexpr std::int64_t kMostTasks = std::int64_t{1} << 24;
/// Objects of all rooms together.
inline constexpr std::size_t kMostObjects = 10'000;
/// Values of all exclusions, times the values on all axes and the objects: each is compared with each.
inline constexpr std::int64_t kMostComparisons = 10'000'000;

/// One axis of the sweep: a parameter with a list of values, addressed as room.label.key.
struct Axis {
    std::string key;
    std::vector<Value> values;  ///< each checked against the schema
    Location where;
};

/// A [[distribution]], [[schedule]], [[solver]] or [[analysis]] table: a kind with fixed parameters and axes.
struct Entry {
    std::string room;  ///< "distribution", "schedule", "solver" or "analysis"
    std::string label;
    std::string kind;
    Value::Table fixed;  ///< parameters with one value, each checked; defaults not included; paths resolved
    std::vector<Axis> axes;
    Location where;
    std::vector<std::string> distributions = {};  ///< of an analysis: labels of those that it looks at; empty: all

    /// Whether an analysis looks at the distributions of that entry.
    [[nodiscard]] bool looks_at(const Entry& distribution) const;

    /// room.label.key
    [[nodiscard]] std::string address(const std::string& key) const { return room + "." + label + "." + key; }
    [[nodiscard]] const Axis* axis(const std::string& key) const;
};

/// Addresses (room.label.key) of axes that move together: at least two, of equal length.
using Zip = std::vector<std::string>;
/// A point is left out when every address (room.label.key, or room.key for all labels) of one of these has the given
/// value, or one of the values of a list.
using Exclusion = std::vector<std::pair<std::string, Value>>;

struct Quantity {
    std::string kind;
    Parameters parameters;
};

/// Which levels are recorded.
struct Levels {
    int count = 33;              ///< log-spaced between the positive ends
    std::vector<double> values;  ///< given sigmas, decreasing; then count is their number
    bool every_grid_sigma = false;
};

struct Study {
    std::string name;
    std::uint64_t seed = 0;
    std::int64_t particles = 4096;  ///< per point
    int block = 256;                ///< particles per task, a multiple of the tile width
    std::vector<Entry> distributions;
    std::vector<Entry> schedules;
    std::vector<Entry> solvers;
    std::vector<Entry> analyses;
    std::vector<Exclusion> exclude;
    std::vector<Zip> zip;
    Levels levels;
    std::vector<Quantity> quantities;
    int keep_particles = 64;             ///< at most `particles`
    std::string text;                    ///< the file as it is
    std::string folder;                  ///< paths are relative to it
    std::string path;                    ///< as given
    std::vector<std::string> overrides;  ///< the --set assignments, in order
    /// Hash of everything that decides results: the text and the overrides.
    [[nodiscard]] std::uint64_t hash() const;
    /// The entries of a room: "distribution", "schedule", "solver" or "analysis".
    [[nodiscard]] const std::vector<Entry>& of(const std::string& room) const;
};

/// Reads and validates a study file with `overrides` ("room.label.key=value", TOML values) applied first. Throws
/// InputError (file, line, key, found, allowed, nearest).
[[nodiscard]] Study read_study(const std::string& path, const std::vector<std::string>& overrides = {},
                               const StudyRegistries& registries = study_registries());
/// The same for a text in memory; `path` names it in messages and its folder resolves relative paths.
[[nodiscard]] Study parse_study(const std::string& text, const std::string& path,
                                const std::vector<std::string>& overrides = {},
                                const StudyRegistries& registries = study_registries());

}  // namespace sigmaflow
