#pragma once
/// \file
/// The kinds that a study may name, of every room: where the registries of the rooms below are joined.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

struct PointsSource;

/// What reading and expanding a study asks of the rooms below; a test can bring its own.
struct StudyRegistries {
    std::vector<Kind> distributions;
    std::vector<Kind> schedules;
    std::vector<Kind> solvers;
    std::vector<Kind> quantities;
    std::vector<Kind> analyses;
    /// The table of points that a distribution reads from a file, or none.
    std::function<std::optional<PointsSource>(const Parameters&)> points_source;

    /// The kinds of the room "distribution", "schedule", "solver", "quantity" or "analysis".
    [[nodiscard]] const std::vector<Kind>& of(const std::string& room) const;
    /// One kind of a room; an InputError at `where` lists the known ones otherwise.
    [[nodiscard]] const Kind& kind(const std::string& room, const std::string& name, const Location& where = {}) const;
};

/// The kinds of this program.
[[nodiscard]] const StudyRegistries& study_registries();

}  // namespace sigmaflow
