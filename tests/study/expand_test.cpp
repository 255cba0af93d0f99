// Points of a study: how many, which, in which order, and their ids.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "sigmaflow/core/hash.hpp"
#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kSweep = R"([[distribution]]
name = "planes"
kind = "planes"
dim = [2, 8, 32]
offset = { lin = [1, 2, 2] }
[[distribution]]
name = "normal"
kind = "gaussian"
variances = [[1, 2], [3, 4], [5, 6], [7, 8]]
[[schedule]]
kind = "edm"
steps = [16, 32, 64]
rho = [1, 7]
[[solver]]
kind = "heun"
[[solver]]
name = "noisy"
kind = "langevin"
eta = [0, 0.5, 1, 2]
)";
constexpr std::size_t kSweepPoints = (3 * 2 + 4) * (3 * 2) * (1 + 4);

std::set<std::uint64_t> ids_of(const std::vector<Point>& points) {
    std::set<std::uint64_t> out;
    for (const auto& point : points) out.insert(point.id);
    return out;
}

std::string spelling(const Point& point) {
    std::string out = point.distribution.label + "," + point.schedule.label + "," + point.solver.label;
    for (const auto& [address, value] : point.axes)
        out += "," + address.substr(address.rfind('.') + 1) + value.canonical();
    return out;
}

std::vector<std::string> spellings(const std::vector<Point>& points) {
    std::vector<std::string> out;
    for (const auto& point : points) out.push_back(spelling(point));
    return out;
}

/// A study of n distributions, each with an axis, for properties that hold whatever the shape.
std::string random_study(unsigned seed, std::size_t& product) {
    const auto next = [&seed](unsigned most) {
        seed = seed * 1664525U + 1013904223U;
        return 1U + (seed >> 16U) % most;
    };
    const auto axis = [](const std::string& key, unsigned count, const std::string& start) {
        std::string out = key + " = [";
        for (unsigned i = 0; i < count; ++i) out += (i > 0 ? "," : "") + start + std::to_string(i);
        return out + "]\n";
    };
    std::size_t rooms[3] = {0, 0, 0};
    std::string text;
    for (unsigned i = 0, count = next(3); i < count; ++i) {
        const unsigned dims = next(3);
        const unsigned offsets = next(4);
        text += "[[distribution]]\nname = \"d" + std::to_string(i) + "\"\nkind = \"planes\"\n" +
                axis("dim", dims, "1") + axis("offset", offsets, std::to_string(i) + ".5");
        rooms[0] += std::size_t{dims} * offsets;
    }
    for (unsigned i = 0, count = next(2); i < count; ++i) {
        const unsigned steps = next(4);
        text += "[[schedule]]\nname = \"s" + std::to_string(i) + "\"\nkind = \"edm\"\nrho = " + std::to_string(i) +
                "\n" + axis("steps", steps, "2");
        rooms[1] += steps;
    }
    for (unsigned i = 0, count = next(3); i < count; ++i) {
        const unsigned etas = next(3);
        text += "[[solver]]\nname = \"v" + std::to_string(i) + "\"\nkind = \"langevin\"\n" +
                axis("eta", etas, std::to_string(i) + ".2");
        rooms[2] += etas;
    }
    product = rooms[0] * rooms[1] * rooms[2];
    return text;
}

TEST(Expand, CountIsTheProductAndIdsAreUnique) {
    const auto points = points_of(parse(kSweep));
    EXPECT_EQ(points.size(), kSweepPoints);
    EXPECT_EQ(ids_of(points).size(), kSweepPoints);
    EXPECT_EQ(study_size(parse(kSweep)).points, static_cast<std::int64_t>(kSweepPoints));
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::size_t product = 0;
        const Study study = parse(random_study(seed, product));
        const auto some = points_of(study);
        EXPECT_EQ(some.size(), product);
        EXPECT_EQ(ids_of(some).size(), product);
        EXPECT_EQ(study_size(study).points, static_cast<std::int64_t>(product));
    }
}

TEST(Expand, EveryAxisTakesEveryValueEquallyOften) {
    std::map<std::string, std::map<std::string, int>> counts;
    for (const auto& point : points_of(parse(kSweep))) {
        for (const auto& [address, value] : point.axes) ++counts[address][value.canonical()];
    }
    const std::map<std::string, std::pair<std::size_t, int>> expected{{"distribution.planes.dim", {3, 60}},
                                                                      {"distribution.planes.offset", {2, 90}},
                                                                      {"distribution.normal.variances", {4, 30}},
                                                                      {"schedule.edm.steps", {3, 100}},
                                                                      {"schedule.edm.rho", {2, 150}},
                                                                      {"solver.noisy.eta", {4, 60}}};
    EXPECT_EQ(counts.size(), expected.size());
    for (const auto& [address, values] : expected) {
        EXPECT_EQ(counts[address].size(), values.first) << address;
        for (const auto& [value, count] : counts[address]) EXPECT_EQ(count, values.second) << address << value;
    }
}

TEST(Expand, PointsHoldTheirParameters) {
    for (const auto& point : points_of(parse(kSweep))) {
        for (const auto& [address, value] : point.axes) {
            const std::string key = address.substr(address.rfind('.') + 1);
            const Choice& choice =
                address[0] == 'd' ? point.distribution : (address[1] == 'c' ? point.schedule : point.solver);
            EXPECT_EQ(choice.parameters.at(key).canonical(), value.canonical());
        }
        EXPECT_EQ(point.schedule.parameters.real("sigma_max"), 80.0) << "defaults are there";
    }
}

TEST(Expand, GoesInTheOrderOfTheFile) {
    const std::string text = R"([[solver]]
name = "z"
kind = "heun"
[[solver]]
name = "a"
kind = "langevin"
eta = [1, 0]
[[distribution]]
kind = "planes"
dim = [3, 2]
[[schedule]]
kind = "edm"
steps = [4, 3]
)";
    EXPECT_THAT(
        spellings(points_of(parse(text))),
        ElementsAre("planes,edm,z,dim3,steps4", "planes,edm,z,dim3,steps3", "planes,edm,z,dim2,steps4",
                    "planes,edm,z,dim2,steps3", "planes,edm,a,dim3,steps4,eta1", "planes,edm,a,dim3,steps4,eta0",
                    "planes,edm,a,dim3,steps3,eta1", "planes,edm,a,dim3,steps3,eta0", "planes,edm,a,dim2,steps4,eta1",
                    "planes,edm,a,dim2,steps4,eta0", "planes,edm,a,dim2,steps3,eta1", "planes,edm,a,dim2,steps3,eta0"));
}

TEST(Expand, TheFirstAxisIsTheSlowest) {
    const std::string text =
        "[[distribution]]\nkind = \"planes\"\noffset = [1, 2]\ndim = [3, 4]\n[[schedule]]\n"
        "kind = \"edm\"\n[[solver]]\nkind = \"heun\"\n";
    EXPECT_THAT(spellings(points_of(parse(text))),
                ElementsAre("planes,edm,heun,offset1,dim3", "planes,edm,heun,offset1,dim4",
                            "planes,edm,heun,offset2,dim3", "planes,edm,heun,offset2,dim4"));
}

TEST(Ids, DependOnlyOnKindsAndParametersThatAreNotDefault) {
    const auto id = [](const std::string& text) { return points_of(parse(text)).front().id; };
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        return text.replace(at, from.size(), to);
    };
    const auto first = id(kSmall);
    EXPECT_EQ(hex(first), "100fc39ec339be6e") << "ids are part of the result format";
    EXPECT_EQ(id(with(kSmall, "name = \"planes\"", "name = \"other\"")), first);
    EXPECT_EQ(id(with(kSmall, "\"small\"", "\"small\"\nparticles = 7\nblock = 32\nseed = 3")), first);
    EXPECT_EQ(id(kSmall + "[observe]\nlevels = 7\nquantities = [\"mmse\"]\nkeep_particles = 0\n"), first);
    EXPECT_EQ(id(with(kSmall, "dim = 4", "dim = 4\noffset = 1")), first) << "a default spelt out";
    EXPECT_EQ(id(with(kSmall, "dim = 4", "dim = [4]")), first) << "an axis of one value";
    EXPECT_EQ(id(with(kSmall, "dim = 4", "offset = 1.0\ndim = 4")), first) << "the order of keys";
    EXPECT_EQ(id("# a comment\n" + kSmall), first);
    EXPECT_NE(id(with(kSmall, "dim = 4", "dim = 5")), first);
    EXPECT_NE(id(with(kSmall, "dim = 4", "dim = 4\noffset = 2")), first);
    EXPECT_NE(id(with(kSmall, "steps = 16", "steps = 17")), first);
    EXPECT_NE(id(with(kSmall, "\"heun\"", "\"langevin\"")), first);
}

TEST(Ids, SurviveGrowth) {
    const auto before = ids_of(points_of(parse(kSweep)));
    const auto keeps = [&](const Study& study) {
        const auto after = ids_of(points_of(study));
        return after.size() > before.size() && std::includes(after.begin(), after.end(), before.begin(), before.end());
    };
    EXPECT_TRUE(keeps(parse(kSweep + "[[solver]]\nname = \"third\"\nkind = \"langevin\"\neta = 9\n")));
    EXPECT_TRUE(keeps(parse("[[distribution]]\nname = \"new\"\nkind = \"planes\"\ndim = 3\n" + kSweep)));
    EXPECT_TRUE(keeps(parse(kSweep, {"distribution.planes.dim=[3, 2, 8, 32]"})));
    EXPECT_TRUE(keeps(parse(kSweep, {"schedule.edm.final_zero=[true, false]"}))) << "an axis through the default";
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::size_t product = 0;
        const std::string text = random_study(seed, product);
        const auto old_ids = ids_of(points_of(parse(text)));
        const auto new_ids = ids_of(points_of(parse(text + "[[distribution]]\nname = \"new\"\nkind = \"gaussian\"\n")));
        EXPECT_TRUE(std::includes(new_ids.begin(), new_ids.end(), old_ids.begin(), old_ids.end())) << text;
    }
}

TEST(Ids, SurviveANewParameterOfTheKind) {
    StudyRegistries grown = registries();
    grown.distributions[0].parameters.push_back(parameter("another", Type::real, 3.0));
    grown.schedules[0].parameters.insert(grown.schedules[0].parameters.begin(), parameter("a_new_one", Type::text));
    const Study study = parse_study(kSweep, "study.toml", {}, grown);
    EXPECT_EQ(ids_of(expand(study, {}, grown)), ids_of(points_of(parse(kSweep))));
}

TEST(Ids, BelongToDistributionsForCommonRandomNumbers) {
    std::set<std::uint64_t> ids;
    for (const auto& point : points_of(parse(kSweep))) ids.insert(point.distribution.id);
    EXPECT_EQ(ids.size(), 10U) << "one per law, whatever schedule and solver";
}

TEST(Zip, MovesAxesTogether) {
    const auto points =
        points_of(parse(kSweep + "[sweep]\nzip = [[\"distribution.planes.dim\", \"schedule.edm.steps\"]]\n"));
    EXPECT_EQ(points.size(), std::size_t{(3 * 2 * 2 + 4 * 3 * 2) * 5}) << "the other distribution knows no zip";
    for (const auto& point : points) {
        if (point.distribution.label != "planes") continue;
        const std::map<std::int64_t, std::int64_t> partner{{2, 16}, {8, 32}, {32, 64}};
        EXPECT_EQ(point.schedule.parameters.integer("steps"), partner.at(point.distribution.parameters.integer("dim")));
    }
}

TEST(Zip, ActsWithinOneObjectAndAcrossThree) {
    EXPECT_EQ(points_of(parse(kSweep, {"distribution.planes.offset=[1, 2, 3]",
                                       "sweep.zip=[[\"distribution.planes.dim\", \"distribution.planes.offset\"]]"}))
                  .size(),
              std::size_t{(3 + 4) * 6 * 5});
    const std::string three = "sweep.zip=[[\"distribution.dim\", \"schedule.steps\", \"solver.eta\"]]";
    EXPECT_EQ(points_of(parse(kSweep, {"solver.eta=[1, 2, 3]", three})).size(),
              std::size_t{3 * 2 * 2 + 3 * 2 * 2 + (4 * 3 * 2) * 2})
        << "planes x (heun and noisy), normal x (heun; noisy zipped with steps)";
}

TEST(Zip, ChangesNoIds) {
    const auto all = ids_of(points_of(parse(kSweep)));
    const auto some =
        ids_of(points_of(parse(kSweep + "[sweep]\nzip = [[\"distribution.dim\", \"schedule.steps\"]]\n")));
    EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
}

std::size_t count_with(const std::string& exclusions) {
    return points_of(parse(kSweep + "[sweep]\nexclude = [" + exclusions + "]\n")).size();
}

TEST(Exclude, LeavesOutWhatMatchesEveryAddress) {
    const std::size_t all = kSweepPoints;
    EXPECT_EQ(count_with("{ \"distribution.planes.dim\" = 32, \"schedule.edm.steps\" = 16 }"), all - 2U * 2U * 5U);
    EXPECT_EQ(count_with("{ distribution.planes.dim = 32, schedule.edm.steps = 16 }"), all - 2U * 2U * 5U);
    EXPECT_EQ(count_with("{ \"distribution.planes.dim\" = [8, 32] }"), all - 2U * 2U * 6U * 5U);
    EXPECT_EQ(count_with("{ \"distribution.dim\" = 2 }"), all - 2U * 6U * 5U - 4U * 6U * 5U) << "the default counts";
    EXPECT_EQ(count_with("{ \"distribution.variances\" = [1, 2] }"), all - 6U * 5U) << "a list that is one value";
    EXPECT_EQ(count_with("{ \"distribution.variances\" = [[1, 2], [3, 4.0]] }"), all - 2U * 6U * 5U);
    EXPECT_EQ(count_with("{ \"schedule.edm.steps\" = 16 }, { \"schedule.edm.rho\" = 7 }"), all - 10U * 4U * 5U);
    EXPECT_EQ(count_with("{ \"solver.name\" = \"noisy\", \"distribution.kind\" = \"planes\" }"), all - 6U * 6U * 4U);
    EXPECT_EQ(count_with("{ \"distribution.planes.dim\" = 2, \"distribution.normal.dim\" = 2 }"), all)
        << "no point is of both";
}

TEST(Exclude, FindsRangeValuesByFewerDigits) {
    const std::string text = kSweep + "[sweep]\nexclude = [{ \"schedule.edm.sigma_min\" = 0.04641588834 }]\n";
    EXPECT_EQ(points_of(parse(text, {"schedule.edm.sigma_min={ log = [0.01, 1.0, 4] }"})).size(), 3 * kSweepPoints);
}

TEST(Expand, RefusesEqualPoints) {
    const std::string text = kSweep + "[[solver]]\nname = \"again\"\nkind = \"langevin\"\n";
    const std::string message = message_of([&] { (void)points_of(parse(text)); });
    EXPECT_THAT(message, HasSubstr("folder/study.toml:20: two points of the sweep are equal"));
    EXPECT_THAT(message, HasSubstr("planes x edm x noisy, distribution.planes.dim = 2"));
    EXPECT_THAT(message, HasSubstr("solver.noisy.eta = 0.5] and [planes x edm x again"));
}

TEST(Expand, RefusesWhatIsNotComplete) {
    EXPECT_THAT(message_of([] { (void)points_of(parse("[[solver]]\nkind = \"heun\"\n")); }),
                HasSubstr("folder/study.toml: the study has no distribution add a [[distribution]] table"));
    EXPECT_THAT(
        message_of([] { (void)points_of(parse(kSmall + "[sweep]\nexclude = [{ \"solver.kind\" = \"heun\" }]\n")); }),
        HasSubstr("every point of the study is excluded"));
}

TEST(Size, IsBoundedBeforeAnythingIsExpanded) {
    const auto refusal = [](const std::string& text, const std::vector<std::string>& overrides = {}) {
        return message_of([&] { (void)parse(text, overrides); });
    };
    EXPECT_THAT(refusal(kSmall, {"distribution.dim={int = [1, 4000, 4000]}", "schedule.steps={int = [2, 4001, 4000]}"}),
                HasSubstr("the sweep has 16000000 points or more (at most 1000000)"));
    EXPECT_THAT(
        refusal(kSmall, {"distribution.dim={int = [1, 900000, 900000]}", "schedule.steps={int = [2, 900001, 900000]}"}),
        HasSubstr("the sweep axes hold 1800000 values or more"));
    EXPECT_THAT(refusal(kSmall, {"study.particles=1000000000000"}), HasSubstr("the study has 3906250000 tasks"));
    EXPECT_THAT(refusal("[[distribution]]\nkind = \"planes\"\ndim = { int = [1, 4000, 4000] }\n"
                        "offset = { lin = [1, 2, 4000] }\n"),
                HasSubstr("the sweep has 16000000 points"))
        << "a study without solvers is bounded, too";
    EXPECT_EQ(parse(kSmall, {"schedule.rho={ lin = [1, 2, 20000] }"}).schedules[0].axes[0].values.size(), 20000U);
}

TEST(Size, BoundsTheNumberOfObjects) {
    std::string text;
    for (int i = 0; i < 300; ++i) {
        const std::string name = "name = \"n" + std::to_string(i) + "\"\n";
        text += "[[distribution]]\nkind = \"gaussian\"\n" + name + "[[schedule]]\nkind = \"edm\"\n" + name +
                "[[solver]]\nkind = \"heun\"\n" + name;
    }
    EXPECT_THAT(message_of([&] { (void)parse(text); }), HasSubstr("the sweep has 27000000 points or more"));
}

TEST(Size, CountsBlocks) {
    const auto tasks = [](const std::string& particles) {
        return study_size(parse(kSweep, {"study.particles=" + particles})).tasks;
    };
    EXPECT_EQ(tasks("1"), static_cast<std::int64_t>(kSweepPoints));
    EXPECT_EQ(tasks("256"), static_cast<std::int64_t>(kSweepPoints));
    EXPECT_EQ(tasks("257"), static_cast<std::int64_t>(2 * kSweepPoints));
}

}  // namespace
}  // namespace sigmaflow
