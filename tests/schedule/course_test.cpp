#include "sigmaflow/schedule/course.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {
namespace {

Course course(const char* kind, const Value::Table& given) {
    const auto& entry = schedules().at(kind);
    const Parameters parameters(entry.kind, given, {});
    return make_course(parameters);
}

TEST(Courses, EveryScheduleHasOne) {
    for (const auto& name : schedules().names()) {
        for (const char* parameter : {"direction", "start", "coordinates", "final_zero"}) {
            EXPECT_NE(schedules().at(name).kind.find(parameter), nullptr) << name << " " << parameter;
        }
    }
}

TEST(Courses, AreWhatWasAskedFor) {
    const Course usual = course("edm", {});
    EXPECT_EQ(usual.direction, Direction::down);
    EXPECT_EQ(usual.start, Start::exact);
    EXPECT_EQ(usual.coordinates, Coordinates::canonical);
    EXPECT_EQ(course("edm", {{"direction", "up"}}).direction, Direction::up);
    EXPECT_EQ(course("edm", {{"direction", "round_trip"}}).direction, Direction::round_trip);
    EXPECT_EQ(course("edm", {{"start", "gaussian"}}).start, Start::gaussian);
    EXPECT_EQ(course("vp", {{"coordinates", "scaled"}}).coordinates, Coordinates::scaled);
}

void expect_no_course(const char* kind, const Value::Table& given, const std::string& fragment) {
    try {
        (void)course(kind, given);
        ADD_FAILURE() << "accepted; expected a message with '" << fragment << "'";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) << error.what();
    }
}

TEST(Courses, ImpossibleOnesAreRefusedWithTheReason) {
    expect_no_course("edm", {{"direction", "upp"}}, "did you mean 'up'");
    expect_no_course("edm", {{"start", "gaussian"}, {"direction", "up"}}, "begins at data");
    expect_no_course("edm", {{"final_zero", true}, {"direction", "round_trip"}}, "no inverse");
}

// Where s = 1 they are still another clock: ve in ln sigma, sqrt in sigma^2.
TEST(Courses, AnyScheduleHasScaledCoordinates) {
    for (const char* kind : {"vp", "subvp", "ou", "ve", "sqrt", "edm"}) {
        EXPECT_EQ(course(kind, {{"coordinates", "scaled"}}).coordinates, Coordinates::scaled) << kind;
    }
}

}  // namespace
}  // namespace sigmaflow
