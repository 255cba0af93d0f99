#include "sigmaflow/schedule/course.hpp"

#include <array>
#include <utility>

namespace sigmaflow {
namespace {

template <class Choice, std::size_t count>
using Names = std::array<std::pair<const char*, Choice>, count>;

constexpr Names<Direction, 3> kDirections{
    {{"down", Direction::down}, {"up", Direction::up}, {"round_trip", Direction::round_trip}}};
constexpr Names<Start, 2> kStarts{{{"exact", Start::exact}, {"gaussian", Start::gaussian}}};
constexpr Names<Coordinates, 2> kCoordinates{{{"canonical", Coordinates::canonical}, {"scaled", Coordinates::scaled}}};

/// A parameter whose values are `names`; the first is the default.
template <class Choice, std::size_t count>
Parameter choice_parameter(const char* name, const Names<Choice, count>& names, const char* meaning) {
    Parameter parameter{name, Type::text, Value(names.front().first), meaning};
    for (const auto& [text, choice] : names) parameter.allowed.emplace_back(text);
    return parameter;
}

template <class Choice, std::size_t count>
Choice chosen(const Parameters& parameters, const char* name, const Names<Choice, count>& names) {
    const std::string& given = parameters.text(name);
    for (const auto& [text, choice] : names) {
        if (given == text) return choice;
    }
    throw std::logic_error(std::string(name) + " = " + given + " was not refused");
}

}  // namespace

std::vector<Parameter> course_parameters() {
    return {choice_parameter("direction", kDirections, "way along the grid: noise to data, data to noise, or both"),
            choice_parameter("start", kStarts, "first positions: x0 + sigma n, or the prior N(0, sigma^2 I)"),
            choice_parameter("coordinates", kCoordinates, "a solver steps x in sigma, or y = s x in the schedule's t")};
}

Course make_course(const Parameters& parameters) {
    const Course course{chosen(parameters, "direction", kDirections), chosen(parameters, "start", kStarts),
                        chosen(parameters, "coordinates", kCoordinates)};
    const bool generates = course.direction == Direction::down;
    if (course.start == Start::gaussian && !generates) {
        throw parameters.error("start", "a way that begins at data has no prior to start from",
                               "leave start out, or take direction = \"down\"");
    }
    if (parameters.boolean("final_zero") && !generates) {
        throw parameters.error("final_zero", "the step to sigma = 0 has no inverse, direction must be \"down\"");
    }
    return course;
}

}  // namespace sigmaflow
