#include "sigmaflow/run/inputs.hpp"

#include <gmock/gmock.h>

namespace sigmaflow {
namespace {

using testing::ElementsAre;

std::vector<std::string> preview_of(const std::string& text) {
    return preview_overrides(parse_study("[[distribution]]\nkind = \"ring\"\n" + text, "study.toml"));
}

TEST(Preview, TakesAHundredthOfTheParticlesOrATile) {
    EXPECT_THAT(preview_of("[study]\nparticles = 10000\n"), ElementsAre("study.particles=100"));
    EXPECT_THAT(preview_of("[study]\nparticles = 1000\n"), ElementsAre("study.particles=32"));
    EXPECT_THAT(preview_of("[study]\nparticles = 7\n"), ElementsAre("study.particles=7"));
}

TEST(Preview, TakesAHundredthOfTheSamplesThatAreNotSwept) {
    const std::string about = "[study]\nparticles = 32\n[[analysis]]\nname = \"about\"\nkind = \"information\"\n";
    EXPECT_THAT(preview_of(about), ElementsAre("study.particles=32", "analysis.about.samples=40")) << "the default";
    EXPECT_THAT(preview_of(about + "samples = 5000\n"), ElementsAre("study.particles=32", "analysis.about.samples=50"));
    EXPECT_THAT(preview_of(about + "samples = 20\n"), ElementsAre("study.particles=32", "analysis.about.samples=20"));
    EXPECT_THAT(preview_of(about + "samples = [5000, 6000]\n"), ElementsAre("study.particles=32"));
}

}  // namespace
}  // namespace sigmaflow
