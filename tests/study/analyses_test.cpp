// [[analysis]] tables: what they take, which points they make, and their ids.
#include <gmock/gmock.h>

#include <set>

#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/study/plan.hpp"
#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kTwoLaws = R"([[distribution]]
name = "planes"
kind = "planes"
dim = [2, 8]
[[distribution]]
name = "normal"
kind = "gaussian"
)";
const std::string kSolvers = "[[schedule]]\nkind = \"edm\"\nsteps = [16, 32]\n[[solver]]\nkind = \"heun\"\n";

std::string modes_table(const std::string& rest = "") { return "[[analysis]]\nkind = \"modes\"\n" + rest; }

std::vector<std::string> spelt(const std::vector<AnalysisPoint>& points) {
    std::vector<std::string> out;
    for (const auto& point : points) {
        std::string text = point.distribution.label + "," + point.analysis.label;
        for (const auto& [address, value] : point.axes) {
            text += "," + address.substr(address.rfind('.') + 1) + value.canonical();
        }
        out.push_back(text);
    }
    return out;
}

TEST(Analyses, EveryDistributionIsAnalysedOnceWhateverItsSolvers) {
    const Study study = parse(kTwoLaws + kSolvers + modes_table("sigma = [1, 2]\n"));
    EXPECT_EQ(points_of(study).size(), 6U);
    EXPECT_THAT(spelt(analyses_of(study)),
                ElementsAre("planes,modes,dim2,sigma1", "planes,modes,dim2,sigma2", "planes,modes,dim8,sigma1",
                            "planes,modes,dim8,sigma2", "normal,modes,sigma1", "normal,modes,sigma2"));
    EXPECT_EQ(study_size(study).analyses, 6);
    EXPECT_EQ(study_size(study).points, 6);
}

TEST(Analyses, AloneTheyNeedNeitherScheduleNorSolver) {
    const Study study = parse(kTwoLaws + modes_table());
    EXPECT_TRUE(points_of(study).empty());
    EXPECT_EQ(analyses_of(study).size(), 3U);
    EXPECT_EQ(study_size(study).points, 0);
    EXPECT_EQ(study_size(study).tasks, 0);
    const auto half = [] { (void)points_of(parse(kTwoLaws + "[[solver]]\nkind = \"heun\"\n" + modes_table())); };
    EXPECT_THAT(message_of(half), HasSubstr("the study has no schedule"));
    const auto lawless = [] { (void)points_of(parse(modes_table())); };
    EXPECT_THAT(message_of(lawless), HasSubstr("the study has no distribution"));
    EXPECT_THAT(message_of([] { (void)points_of(parse(kTwoLaws)); }), HasSubstr("the study has no schedule"));
}

TEST(Analyses, TheIdIsTheHashOfTheTwoIds) {
    const auto points = analyses_of(parse(kTwoLaws + modes_table("sigma = 2\n")));
    for (const auto& point : points) {
        EXPECT_EQ(point.id, hash64(hex(point.distribution.id) + hex(point.analysis.id)));
        EXPECT_EQ(point.analysis.id, hash64("analysis.modes{sigma=" + Value(2.0).canonical() + "}"))
            << "part of the format";
    }
}

TEST(Analyses, IdsSurviveLabelsDefaultsAndGrowth) {
    const auto before = analyses_of(parse(kTwoLaws + modes_table()));
    const auto after = analyses_of(
        parse(kTwoLaws + kSolvers + modes_table("name = \"peaks\"\nsigma = [1.0, 3.0]\nstarts = [8, 9]\n")));
    std::set<std::uint64_t> ids;
    for (const auto& point : after) ids.insert(point.id);
    EXPECT_EQ(ids.size(), 12U);
    for (const auto& point : before) EXPECT_TRUE(ids.contains(point.id)) << point.distribution.label;
}

TEST(Analyses, DistributionsRestrictsThem) {
    EXPECT_THAT(spelt(analyses_of(parse(kTwoLaws + modes_table("distributions = [\"normal\"]\n")))),
                ElementsAre("normal,modes"));
    const Study study = parse(kTwoLaws + modes_table(), {"analysis.modes.distributions=[\"planes\"]"});
    EXPECT_EQ(analyses_of(study).size(), 2U);
    EXPECT_EQ(study_size(study).analyses, 2);
    EXPECT_EQ(analyses_of(parse(kTwoLaws + modes_table(), {"analysis.distributions=[\"normal\"]"})).size(), 1U);
    const auto with = [](const std::string& value) {
        return message_of([&] { (void)parse(kTwoLaws + modes_table("distributions = " + value + "\n")); });
    };
    EXPECT_THAT(with("[\"norml\"]"), HasSubstr("did you mean 'normal'?"));
    EXPECT_THAT(with("[\"norml\"]"), HasSubstr("study.toml:10"));
    EXPECT_THAT(with("\"normal\""), HasSubstr("a list of names of distributions"));
    EXPECT_THAT(with("[]"), HasSubstr("a list of names of distributions"));
    EXPECT_THAT(with("[3]"), HasSubstr("no distribution 3"));
}

TEST(Analyses, ExclusionsActWhereAllTheirRoomsAre) {
    const std::string all = kTwoLaws + kSolvers + modes_table("sigma = [1, 2]\n") + "[sweep]\nexclude = [";
    const Study by_law = parse(all + R"({ "distribution.planes.dim" = 8 }])");
    EXPECT_EQ(points_of(by_law).size(), 4U);
    EXPECT_EQ(analyses_of(by_law).size(), 4U) << "of both";
    const Study by_steps = parse(all + R"({ "distribution.planes.dim" = 8, "schedule.edm.steps" = 16 }])");
    EXPECT_EQ(points_of(by_steps).size(), 5U);
    EXPECT_EQ(analyses_of(by_steps).size(), 6U) << "an analysis has no steps";
    const Study by_sigma = parse(all + R"({ "distribution.name" = "normal", "analysis.modes.sigma" = 2 }])");
    EXPECT_EQ(points_of(by_sigma).size(), 6U) << "a point has no analysis";
    EXPECT_EQ(analyses_of(by_sigma).size(), 5U);
    const auto none = [&] { (void)analyses_of(parse(all + R"({ "analysis.modes.sigma" = [1, 2] }])")); };
    EXPECT_THAT(message_of(none), HasSubstr("every analysis of the study is excluded"));
}

TEST(Analyses, ZipsJoinAxesOfLawAndAnalysis) {
    const Study study = parse(kTwoLaws + modes_table("sigma = [1, 2]\n") +
                              "[sweep]\nzip = [[\"distribution.planes.dim\", \"analysis.modes.sigma\"]]\n");
    EXPECT_THAT(spelt(analyses_of(study)), ElementsAre("planes,modes,dim2,sigma1", "planes,modes,dim8,sigma2",
                                                       "normal,modes,sigma1", "normal,modes,sigma2"));
    EXPECT_EQ(study_size(study).analyses, 4);
}

TEST(Analyses, EqualDistributionsAreAnalysedOnce) {
    const std::string twins =
        "[[distribution]]\nname = \"a\"\nkind = \"gaussian\"\n"
        "[[distribution]]\nname = \"b\"\nkind = \"gaussian\"\ndim = 2\n";
    EXPECT_THAT(spelt(analyses_of(parse(twins + modes_table()))), ElementsAre("a,modes"));
    const auto twice = [&] {
        (void)analyses_of(parse(twins + modes_table("name = \"one\"\n") + modes_table("name = \"two\"\nsigma = 1\n")));
    };
    EXPECT_THAT(message_of(twice), HasSubstr("the analyses 'one' and 'two' are equal"));
}

TEST(Analyses, AreSetAndSweptByAddress) {
    EXPECT_EQ(analyses_of(parse(kTwoLaws + modes_table(), {"analysis.modes.sigma={ lin = [1, 2, 5] }"})).size(), 15U);
    EXPECT_EQ(analyses_of(parse(kTwoLaws + modes_table(), {"analysis.sigma=[1, 2]"})).size(), 6U);
}

TEST(Analyses, MistakesAreNamed) {
    const auto with = [](const std::string& table) { return message_of([&] { (void)parse(kTwoLaws + table); }); };
    EXPECT_THAT(with("[[analysis]]\nkind = \"mods\"\n"), HasSubstr("unknown kind of analysis 'mods'"));
    EXPECT_THAT(with(modes_table("sigm = 1\n")), HasSubstr("did you mean 'sigma'?"));
    EXPECT_THAT(with(modes_table("sigma = -1\n")), HasSubstr("number > 0"));
    EXPECT_THAT(with(modes_table() + modes_table()), HasSubstr("two analyses have the name 'modes'"));
    EXPECT_THAT(with("[analysis]\nkind = \"modes\"\n"), HasSubstr("write [[analysis]] with two brackets"));
    EXPECT_THAT(with("[[analyses]]\nkind = \"modes\"\n"), HasSubstr("did you mean 'analysis'?"));
    const auto distributions_of_a_solver = kSolvers + "distributions = [\"planes\"]\n";
    EXPECT_THAT(with(distributions_of_a_solver), HasSubstr("unknown key 'distributions' of heun"));
}

// The plan, with the kinds of the program.

const std::string kReal = R"([study]
seed = 5
particles = 64
block = 32
[[distribution]]
name = "two"
kind = "two_deltas"
dim = [1, 3]
width = 0.1
[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = 3
[[analysis]]
kind = "information"
samples = [40, 64]
levels = 3
)";
const std::string kRealSolver = "[[schedule]]\nkind = \"edm\"\nsteps = 4\n[[solver]]\nkind = \"heun\"\n";

TEST(AnalysisPlan, PartsAreTasksBesideBlocks) {
    const Plan plan = make_plan(parse_study(kReal + kRealSolver, "study.toml"), {});
    ASSERT_EQ(plan.points.size(), 3U);
    ASSERT_EQ(plan.analyses.size(), 6U);
    ASSERT_EQ(plan.tasks.size(), 3U * 2U + 6U * 3U);
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        const PlannedTask& task = plan.tasks[i];
        const PlannedAnalysis* analysis = plan.analysis_of(task);
        EXPECT_EQ(analysis == nullptr, i < 6);
        if (analysis == nullptr) continue;
        EXPECT_EQ(task.point, 3 + (i - 6) / 3);
        EXPECT_EQ(analysis, &plan.analyses[(i - 6) / 3]);
        EXPECT_EQ(task.block, static_cast<int>((i - 6) % 3));
        EXPECT_EQ(task.count, 0);
        EXPECT_EQ(task.work.flops, analysis->analysis->cost(*analysis->distribution, task.block).flops);
    }
    EXPECT_EQ(std::set<std::size_t>(plan.order.begin(), plan.order.end()).size(), plan.tasks.size());
    for (std::size_t i = 1; i < plan.order.size(); ++i) {
        EXPECT_GE(predicted_seconds(plan.tasks[plan.order[i - 1]].work),
                  predicted_seconds(plan.tasks[plan.order[i]].work));
    }
}

TEST(AnalysisPlan, LawsAreBuiltOnceAndKeyedLikeThoseOfSolvers) {
    const Plan plan = make_plan(parse_study(kReal + kRealSolver, "study.toml"), {});
    for (const auto& planned : plan.analyses) {
        EXPECT_EQ(planned.key.seed, 5U);
        EXPECT_EQ(planned.key.distribution, planned.point.distribution.id);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(plan.analyses[2 * i].distribution, plan.models[i].distribution);
        EXPECT_EQ(plan.analyses[2 * i + 1].distribution, plan.models[i].distribution);
        EXPECT_EQ(plan.analyses[2 * i].key.distribution, plan.models[i].key.distribution);
    }
}

TEST(AnalysisPlan, RecordsOfOneShapeShareAGroup) {
    const Plan plan = make_plan(parse_study(kReal, "study.toml"), {});
    ASSERT_EQ(plan.analysis_groups.size(), 3U) << "the shell has no weights: other fields";
    EXPECT_EQ(plan.analysis_groups[0].name, "information_dim1");
    EXPECT_EQ(plan.analysis_groups[1].name, "information_dim3");
    EXPECT_EQ(plan.analysis_groups[2].name, "information_dim3_2");
    EXPECT_THAT(plan.analysis_groups[1].analyses, ElementsAre(2U, 3U));
    for (const auto& group : plan.analysis_groups) {
        EXPECT_EQ(group.part_axis, "level");
        EXPECT_EQ(group.parts, 3);
    }
    for (std::size_t i = 0; i < plan.analyses.size(); ++i) {
        EXPECT_EQ(plan.analysis_groups[plan.analyses[i].group].analyses[plan.analyses[i].row], i);
    }
}

TEST(AnalysisPlan, AnAnalysisThatCannotBeDoneIsAStudyError) {
    const auto plan = [] {
        (void)make_plan(parse_study(kReal, "study.toml", {"analysis.sigma_min=2", "analysis.sigma_max=1"}), {});
    };
    EXPECT_THAT(message_of(plan), HasSubstr("sigma_min is greater than sigma_max"));
}

}  // namespace
}  // namespace sigmaflow
