// Axes that change nothing are named, all others are not.
#include <gmock/gmock.h>

#include "sigmaflow/study/idle_axes.hpp"

namespace sigmaflow {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> idle_in(const std::string& distribution, const std::string& schedule = "kind = \"edm\"") {
    const std::string text = "[[distribution]]\nname = \"a\"\n" + distribution + "\n[[schedule]]\nname = \"s\"\n" +
                             schedule + "\n[[solver]]\nkind = \"heun\"\n";
    return idle_axes(make_plan(parse_study(text, "s.toml"), {}));
}

const std::string kCrossing = "kind = \"crossing_planes\"\nangle = [20.0, 60.0, 90.0]\nscale = [1.0, 3.0]\n";

// Crossing planes of equal weight become perpendicular under identity, whatever their angle and scale were.
TEST(IdleAxes, AreThoseThatNormalizeUndoes) {
    EXPECT_THAT(idle_in(kCrossing + "normalize = \"identity\""),
                ElementsAre("distribution.a.angle", "distribution.a.scale"));
    EXPECT_THAT(idle_in(kCrossing), IsEmpty());
    EXPECT_THAT(idle_in("kind = \"parallel_planes\"\noffset = [0.5, 2.0]\nnormalize = \"identity\""),
                ElementsAre("distribution.a.offset"));
}

// Of two values of normalize, offset matters under one.
TEST(IdleAxes, HaveNoEffectAnywhere) {
    EXPECT_THAT(idle_in("kind = \"parallel_planes\"\noffset = [0.5, 2.0]\nnormalize = [\"none\", \"identity\"]"),
                IsEmpty());
    EXPECT_THAT(idle_in("kind = \"ellipsoid_shell\"\naxes = [[1.0, 2.0], [1.0, 3.0]]\nnormalize = \"identity\""),
                ElementsAre("distribution.a.axes"));
    EXPECT_THAT(idle_in("kind = \"gaussian\"\ndim = [2, 3]\nnormalize = \"identity\""), IsEmpty());
}

TEST(IdleAxes, AreFoundInGrids) {
    EXPECT_THAT(idle_in("kind = \"ring\"", "kind = \"edm\"\ngrid = \"log\"\nrho = [3.0, 7.0]\nsteps = [8, 16]"),
                ElementsAre("schedule.s.rho"));
    EXPECT_THAT(idle_in("kind = \"ring\"", "kind = \"edm\"\nrho = [3.0, 7.0]\nsteps = [8, 16]"), IsEmpty());
    // The scale of vp is not seen in canonical coordinates, its sigmas on the grid own are.
    EXPECT_THAT(idle_in("kind = \"ring\"", "kind = \"vp\"\ngrid = \"own\"\nbeta_max = [10.0, 20.0]"), IsEmpty());
}

TEST(IdleAxes, InsideObjectsToo) {
    EXPECT_THAT(idle_in("kind = \"affine\"\nof = { kind = \"ring\", radius = [1.0, 2.0] }\nnormalize = \"identity\""),
                ElementsAre("distribution.a.of.radius"));
}

TEST(IdleAxes, AreFoundWhereLawsAreOnlyAnalysed) {
    const auto idle = [](const std::string& normalize) {
        const std::string text = "[[distribution]]\nname = \"a\"\nkind = \"parallel_planes\"\noffset = [0.5, 2.0]\n" +
                                 normalize + "[[analysis]]\nkind = \"information\"\nlevels = [2, 3]\n";
        return idle_axes(make_plan(parse_study(text, "s.toml"), {}));
    };
    EXPECT_THAT(idle("normalize = \"identity\"\n"), ElementsAre("distribution.a.offset"));
    EXPECT_THAT(idle(""), IsEmpty());
}

}  // namespace
}  // namespace sigmaflow
