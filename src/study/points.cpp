#include "sigmaflow/study/points.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "address.hpp"
#include "choices.hpp"
#include "combinations.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

/// Of the distribution, the schedule and the solver.
using Swept = std::array<const SweptChoice*, 3>;

/// `of_these_rooms` says which exclusions speak of no analysis.
bool is_excluded(const Swept& choices, const std::vector<bool>& of_these_rooms) {
    for (std::size_t i = 0; i < of_these_rooms.size(); ++i) {
        const bool matched = choices[0]->excluded[i] && choices[1]->excluded[i] && choices[2]->excluded[i];
        if (of_these_rooms[i] && matched) return true;
    }
    return false;
}

Point make_point(const Swept& choices) {
    std::string ids;
    Point point{0, choices[0]->choice, choices[1]->choice, choices[2]->choice, {}};
    for (const auto* swept : choices) {
        ids += hex(swept->choice.id);
        point.axes.insert(point.axes.end(), swept->axes.begin(), swept->axes.end());
    }
    point.id = hash64(ids);
    return point;
}

void append_points(const EntryGroup& group, const Combinations& combinations, ChoiceTable& table,
                   const std::vector<bool>& of_these_rooms, std::vector<Point>& out) {
    const auto dimensions = combinations.dimensions(group);
    Position position(dimensions);
    do {
        const auto indices = position.indices(group);
        const Swept choices{&table.at(*group[0], indices[0]), &table.at(*group[1], indices[1]),
                            &table.at(*group[2], indices[2])};
        if (!is_excluded(choices, of_these_rooms)) out.push_back(make_point(choices));
    } while (position.advance());
}

std::string describe(const Point& point) {
    std::string out = point.distribution.label + " x " + point.schedule.label + " x " + point.solver.label;
    for (const auto& [address, value] : point.axes) out += ", " + address + " = " + value.shown();
    return out;
}

/// The place of the first object that two equal points name differently.
Location where_they_part(const Point& a, const Point& b) {
    if (a.distribution.label != b.distribution.label) return b.distribution.parameters.where();
    if (a.schedule.label != b.schedule.label) return b.schedule.parameters.where();
    if (a.solver.label != b.solver.label) return b.solver.parameters.where();
    return b.distribution.parameters.where();
}

void check_unique(const std::vector<Point>& points) {
    std::unordered_map<std::uint64_t, const Point*> seen;
    for (const auto& point : points) {
        const auto [first, is_new] = seen.emplace(point.id, &point);
        if (is_new) continue;
        throw InputError(where_they_part(*first->second, point), "two points of the sweep are equal",
                         "[" + describe(*first->second) + "] and [" + describe(point) + "]",
                         "remove one, or exclude it in [sweep]");
    }
}

/// Whether particles are to run: analyses alone need no schedules and solvers.
bool has_solvers(const Study& study) {
    return study.analyses.empty() || !study.schedules.empty() || !study.solvers.empty();
}

void check_rooms(const Study& study) {
    for (const std::string& room : object_rooms()) {
        if (!study.of(room).empty() || room == "analysis") continue;
        if (room != "distribution" && !has_solvers(study)) continue;
        throw InputError(Location{study.path, 0, 0}, "the study has no " + room, {}, "add a [[" + room + "]] table");
    }
}

bool reads_files(const Kind& kind) {
    return std::any_of(kind.parameters.begin(), kind.parameters.end(),
                       [](const auto& p) { return p.is_path || p.holds_objects(); });
}

/// The tables that a distribution reads, those of the laws it is made of included.
void collect_sources(const Kind& kind, const Parameters& parameters, const StudyRegistries& registries,
                     std::set<std::string>& seen, std::vector<PointsSource>& out) {
    const auto source = registries.points_source(parameters);
    if (source && seen.insert(source->key()).second) out.push_back(*source);
    for (const auto& parameter : kind.parameters) {
        for (const auto& object : objects_of(parameter, parameters)) {
            collect_sources(*object.kind, object.parameters, registries, seen, out);
        }
    }
}

void check_tables(const Study& study, const PointsCatalog& catalog, const StudyRegistries& registries) {
    for (const auto& source : points_sources(study, registries)) {
        if (catalog.contains(source.key())) continue;
        throw std::logic_error("the table of points '" + source.path + "' was not read before expanding the study");
    }
}

}  // namespace

std::vector<PointsSource> points_sources(const Study& study, const StudyRegistries& registries) {
    std::vector<PointsSource> out;
    std::set<std::string> seen;
    const Combinations combinations(study);
    for (const auto& entry : study.distributions) {
        const Kind& kind = registries.kind(entry.room, entry.kind, entry.where);
        if (!reads_files(kind)) continue;
        const auto dimensions = combinations.dimensions({&entry});
        Position position(dimensions);
        do {
            const Choice choice = make_choice(entry, position.indices({&entry}).front(), {}, registries);
            collect_sources(kind, choice.parameters, registries, seen, out);
        } while (position.advance());
    }
    return out;
}

std::vector<Point> expand(const Study& study, const PointsCatalog& catalog, const StudyRegistries& registries) {
    check_rooms(study);
    check_tables(study, catalog, registries);
    std::vector<Point> out;
    if (!has_solvers(study)) return out;
    out.reserve(static_cast<std::size_t>(study_size(study).points));
    const Combinations combinations(study);
    ChoiceTable table(study, catalog, registries);
    const auto of_these_rooms = table.exclusions().within({"distribution", "schedule", "solver"});
    for (const auto& distribution : study.distributions) {
        for (const auto& schedule : study.schedules) {
            for (const auto& solver : study.solvers) {
                append_points({&distribution, &schedule, &solver}, combinations, table, of_these_rooms, out);
            }
        }
    }
    if (out.empty()) throw InputError(Location{study.path, 0, 0}, "every point of the study is excluded");
    check_unique(out);
    return out;
}

}  // namespace sigmaflow
