// --set: assignments that change a study before it is judged.
#include <gmock/gmock.h>

#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::HasSubstr;

const std::string kTwo = R"([[distribution]]
name = "a"
kind = "planes"
dim = [2, 4]
[[distribution]]
name = "b"
kind = "gaussian"
dim = 3
[[schedule]]
kind = "edm"
steps = [16, 32]
[[solver]]
kind = "heun"
[sweep]
zip = [["distribution.a.dim", "schedule.edm.steps"]]
exclude = [{ "distribution.a.dim" = 4, "schedule.edm.steps" = 16 }]
)";

std::string value_at(const Study& study, std::size_t index, const std::string& key) {
    const Entry& entry = study.distributions[index];
    for (const auto& [name, value] : entry.fixed) {
        if (name == key) return value.canonical();
    }
    return entry.axis(key) != nullptr ? "axis" : "none";
}

TEST(Override, SetsOneLabelOrAll) {
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.b.dim=7"}), 1, "dim"), "7");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.b.dim=7"}), 0, "dim"), "axis");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.dim=7"}), 0, "dim"), "7");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.dim=7"}), 1, "dim"), "7");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.offset=3"}), 0, "offset"), "3");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.offset=3"}), 1, "offset"), "none") << "its kind has no such key";
}

TEST(Override, TheLastOneWins) {
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.dim=7", "distribution.b.dim=8"}), 1, "dim"), "8");
}

TEST(Override, MakesAndUnmakesAxes) {
    EXPECT_EQ(points_of(parse(kTwo)).size(), 4U);
    EXPECT_TRUE(parse(kTwo, {"distribution.a.dim=4"}).zip.empty());
    EXPECT_EQ(points_of(parse(kTwo, {"distribution.a.dim=4"})).size(), 3U) << "4 x 16 is excluded, the zip is gone";
    EXPECT_EQ(points_of(parse(kTwo, {"distribution.a.dim=9"})).size(), 4U) << "the exclusion matches nothing now";
    EXPECT_EQ(points_of(parse(kTwo, {"schedule.steps={int=[8, 10, 2]}"})).size(), 4U);
    EXPECT_EQ(points_of(parse(kTwo, {"solver.heun.kind=langevin", "solver.heun.eta=[0, 1]"})).size(), 8U);
}

TEST(Override, SetsPlainSections) {
    const Study study =
        parse(kTwo, {"study.particles=100", "study.name=other", "observe.levels=9", "sweep.exclude=[]"});
    EXPECT_EQ(study.particles, 100);
    EXPECT_EQ(study.name, "other");
    EXPECT_EQ(study.levels.count, 9);
    EXPECT_TRUE(study.exclude.empty());
}

TEST(Override, TakesBareWordsAsStrings) {
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.a.normalize=identity"}), 0, "normalize"), "\"identity\"");
    EXPECT_EQ(value_at(parse(kTwo, {"distribution.a.normalize=\"identity\""}), 0, "normalize"), "\"identity\"");
    EXPECT_EQ(parse(kTwo, {"schedule.final_zero=true"}).schedules[0].fixed[0].second.boolean(), true);
}

TEST(Override, ReachesAnyKey) {
    EXPECT_EQ(value_at(parse("[[distribution]]\nkind = \"planes\"\n", {"distribution.dim=3"}), 0, "dim"), "3")
        << "a key that the file forgot";
}

struct Broken {
    std::string assignment;
    std::string message;
};

TEST(Override, NamesWhatIsWrong) {
    const std::vector<Broken> cases{
        {"study.particles", "--set study.particles: this sets nothing"},
        {"particles=1", "'particles' is no address"},
        {"study.a.particles=1", "'study.a.particles' is no address (allowed: study.key)"},
        {"study.particle=1", "unknown key 'particle' of [study]"},
        {"study.particle=1", "did you mean 'particles'?"},
        {"study.particles=-1", "--set study.particles=-1: 'particles' is an integer, -1 (allowed: integer from 1"},
        {"study.particles=many", "'particles' is a string, \"many\""},
        {"study.particles=", "is no TOML value"},
        {"study.particles=[1", "is no TOML value"},
        {"study.particles=1\nseed = 2", "an assignment has a line break"},
        {"study.particles=nan", "not a finite number"},
        {"study.name=1979-05-27", "is a date or a time"},
        {"distributions.a.dim=1", "unknown room 'distributions' in the address"},
        {"distributions.a.dim=1", "did you mean 'distribution'?"},
        {"distribution.c.dim=1", "the study has no distribution 'c' (known names: a, b)"},
        {"distribution.a.dimm=1", "unknown key 'dimm' of planes"},
        {"distribution.dimm=1", "no distribution of the study has a key 'dimm'"},
        {"distribution.a.name=z", "names cannot be set"},
        {"distribution.a.kind=plane", "unknown kind of distribution 'plane'"},
        {"distribution.a.kind=[1]", "a kind is a list"},
        {"distribution..dim=1", "'distribution..dim' is no address"},
        {"distribution.a.dim.x=1", "'dim.x' leads nowhere in distribution 'a'"},
        {"observe.level=3", "did you mean 'levels'?"},
        {"schedule.edm.steps=" + std::string(100, '['), "too many nested brackets"},
    };
    for (const auto& broken : cases) {
        EXPECT_THAT(message_of([&] { (void)parse(kTwo, {broken.assignment}); }), HasSubstr(broken.message))
            << broken.assignment;
    }
}

}  // namespace
}  // namespace sigmaflow
