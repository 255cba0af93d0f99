// Schedules and grids of the points of a plan: built once, and for the law they follow.
#include <gtest/gtest.h>

#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {
namespace {

Plan plan_with(const std::string& schedule) {
    const Study study = parse_study(R"([study]
particles = 32
[[distribution]]
kind = "two_deltas"
[[distribution]]
kind = "ring"
[[solver]]
kind = "euler"
[[solver]]
kind = "heun"
[[schedule]]
)" + schedule,
                                    "study.toml");
    return make_plan(study, {});
}

TEST(PlannedGrids, AreBuiltOncePerSchedule) {
    const Plan plan = plan_with("kind = \"expression\"\nsigma = \"t\"\nt_max = 80\nsigma_min = 0.01\n");
    ASSERT_EQ(plan.models.size(), 4U);
    for (const auto& model : plan.models) {
        EXPECT_EQ(model.schedule, plan.models[0].schedule);
        EXPECT_EQ(model.grid, plan.models[0].grid);
    }
}

TEST(PlannedGrids, FollowTheLaw) {
    const Plan plan = plan_with("kind = \"edm\"\ngrid = \"entropy\"\n");
    ASSERT_EQ(plan.models.size(), 4U);
    EXPECT_EQ(plan.models[0].grid, plan.models[1].grid);  // two solvers on one law
    EXPECT_EQ(plan.models[2].grid, plan.models[3].grid);
    EXPECT_NE(plan.models[0].grid, plan.models[2].grid);
}

TEST(PlannedGrids, CarryTheCourse) {
    const Plan plan = plan_with("kind = \"vp\"\nsteps = [4, 8]\n");
    ASSERT_EQ(plan.models.size(), 8U);
    for (const auto& model : plan.models) {
        EXPECT_EQ(model.course.direction, Direction::down);
        EXPECT_EQ(model.grid.front(), model.schedule->sigma_max());
    }
    EXPECT_THROW((void)plan_with("kind = \"edm\"\ndirection = \"up\"\nfinal_zero = true\n"), InputError);
}

}  // namespace
}  // namespace sigmaflow
