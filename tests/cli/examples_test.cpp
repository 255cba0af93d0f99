#include "sigmaflow/cli/examples.hpp"

#include <gmock/gmock.h>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {
namespace {

using testing::HasSubstr;

TEST(Examples, ParsePlanAndFitAFile) {
    ASSERT_FALSE(example_names().empty());
    for (const auto& name : example_names()) {
        const Study study = parse_study(example_study(name), name + ".toml");
        EXPECT_EQ(study.name, name);
        const Plan plan = make_plan(study, {});
        EXPECT_GT(plan.points.size() + plan.analyses.size(), 1U) << name;
        EXPECT_GT(make_layout(study, plan).data_bytes(), 0U) << name;
        EXPECT_EQ(example_study(name).front(), '#') << name << " starts with what it shows";
    }
}

TEST(Examples, UnknownOnesAreRefusedWithTheKnown) {
    try {
        (void)example_study("toi");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(),
                    testing::AllOf(HasSubstr("'toi'"), HasSubstr("gaussian"), HasSubstr("did you mean 'toy'")));
    }
}

}  // namespace
}  // namespace sigmaflow
