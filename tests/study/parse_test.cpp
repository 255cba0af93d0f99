// A good study: what is read where.
#include <gmock/gmock.h>

#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> spelt(const std::vector<Value>& values) {
    std::vector<std::string> out;
    for (const auto& value : values) out.push_back(value.canonical());
    return out;
}

const Axis& axis_of(const Study& study, const std::string& room, const std::string& key) {
    const Axis* axis = study.of(room).front().axis(key);
    if (axis == nullptr) throw std::runtime_error("no axis " + key);
    return *axis;
}

TEST(ParseStudy, FillsDefaults) {
    const Study study = parse("[[distribution]]\nkind = \"gaussian\"\n");
    EXPECT_EQ(study.name, "study");
    EXPECT_EQ(study.seed, 0U);
    EXPECT_EQ(study.particles, 4096);
    EXPECT_EQ(study.block, 256);
    EXPECT_EQ(study.levels.count, 33);
    EXPECT_EQ(study.keep_particles, 64);
    EXPECT_EQ(study.folder, "folder");
    ASSERT_EQ(study.quantities.size(), 1U);
    EXPECT_EQ(study.quantities[0].kind, "spectrum");
    EXPECT_EQ(study.distributions[0].label, "gaussian") << "the label defaults to the kind";
}

TEST(ParseStudy, ReadsEverySection) {
    const Study study = parse(R"([study]
format = 1
name = "all-of_it"
seed = 2206
particles = 100
block = 96
[[distribution]]
name = "planes"
kind = "planes"
dim = [2, 8]
offset = 2
[[schedule]]
kind = "edm"
sigma_min = { log = [0.01, 1.0, 3] }
[[solver]]
name = "a"
kind = "heun"
[[solver]]
name = "b"
kind = "langevin"
eta = 1
[sweep]
exclude = [ { "distribution.planes.dim" = 8, "solver.name" = "b" } ]
zip = [ ["distribution.dim", "schedule.edm.sigma_min"] ]
[observe]
levels = [0.1, 10, 1]
quantities = ["mmse", { kind = "spectrum", k = 8 }]
keep_particles = 7
)",
                              {"schedule.edm.sigma_min=[0.1, 1]"});
    EXPECT_EQ(study.name, "all-of_it");
    EXPECT_EQ(study.seed, 2206U);
    EXPECT_EQ(study.particles, 100);
    EXPECT_EQ(study.block, 96);
    EXPECT_EQ(study.solvers[1].label, "b");
    EXPECT_EQ(study.solvers[1].fixed[0].second.canonical(), "1");
    EXPECT_TRUE(study.solvers[1].fixed[0].second.is_real()) << "an integer becomes a real where one is meant";
    ASSERT_EQ(study.exclude.size(), 1U);
    EXPECT_EQ(study.exclude[0][1].first, "solver.name");
    EXPECT_THAT(study.zip, ElementsAre(ElementsAre("distribution.planes.dim", "schedule.edm.sigma_min")));
    EXPECT_THAT(study.levels.values, ElementsAre(10.0, 1.0, 0.1)) << "in decreasing order";
    EXPECT_EQ(study.levels.count, 3);
    ASSERT_EQ(study.quantities.size(), 2U);
    EXPECT_EQ(study.quantities[1].parameters.integer("k"), 8);
    EXPECT_EQ(study.keep_particles, 7);
}

TEST(ParseStudy, KeepsNoMoreParticlesThanThereAre) { EXPECT_EQ(parse("[study]\nparticles = 10\n").keep_particles, 10); }

TEST(ParseStudy, TakesGridLevels) {
    EXPECT_TRUE(parse("[observe]\nlevels = \"grid\"\n").levels.every_grid_sigma);
    EXPECT_EQ(parse("[observe]\nlevels = 9\n").levels.count, 9);
}

TEST(ParseStudy, OneNestingMoreIsAnAxis) {
    const Study study = parse(R"([[distribution]]
kind = "gaussian"
dim = [1, 2]
variances = [[1, 2], [3, 4], []]
covariance = [[1, 0], [0, 1]]
[[solver]]
kind = "langevin"
tags = ["a", "b"]
)");
    const Entry& entry = study.distributions[0];
    EXPECT_THAT(spelt(axis_of(study, "distribution", "dim").values), ElementsAre("1", "2"));
    EXPECT_THAT(spelt(axis_of(study, "distribution", "variances").values), ElementsAre("[1,2]", "[3,4]", "[]"));
    EXPECT_EQ(entry.axis("covariance"), nullptr) << "a matrix is one value";
    EXPECT_TRUE(study.solvers[0].axes.empty()) << "a list of strings is one value";
    EXPECT_EQ(entry.axes[0].where.line, 3);
}

TEST(ParseStudy, SweepsOfOtherTypes) {
    const Study study = parse("[[schedule]]\nkind = \"edm\"\ngrid = [\"rho\", \"log\"]\nfinal_zero = [true, false]\n");
    EXPECT_THAT(spelt(axis_of(study, "schedule", "grid").values), ElementsAre("\"rho\"", "\"log\""));
    EXPECT_THAT(spelt(axis_of(study, "schedule", "final_zero").values), ElementsAre("true", "false"));
}

TEST(Ranges, HaveExactEndsAndShortValues) {
    const auto values = [](const std::string& key, const std::string& range) {
        return spelt(
            axis_of(parse("[[schedule]]\nkind = \"edm\"\n" + key + " = " + range + "\n"), "schedule", key).values);
    };
    EXPECT_THAT(values("steps", "{ int = [16, 64, 3] }"), ElementsAre("16", "40", "64"));
    EXPECT_THAT(values("steps", "{ int = [64, 16, 3] }"), ElementsAre("64", "40", "16"));
    EXPECT_THAT(values("steps", "{ int = [2, 5, 3] }"), ElementsAre("2", "4", "5")) << "3.5 is rounded up";
    EXPECT_THAT(values("rho", "{ lin = [-1, 1, 3] }"), ElementsAre("-1", "0", "1"));
    EXPECT_THAT(values("rho", "{ lin = [0, 0.3, 4] }"),
                ElementsAre("0", "0.10000000000000001", "0.20000000000000001", "0.29999999999999999"));
    EXPECT_THAT(values("rho", "{ lin = [-0.3, 0.6, 4] }"),
                ElementsAre("-0.29999999999999999", "0", "0.29999999999999999", "0.59999999999999998"));
    EXPECT_THAT(values("rho", "{ int = [1, 3, 3] }"), ElementsAre("1", "2", "3"));
    EXPECT_THAT(values("sigma_min", "{ log = [1e-3, 1000, 7] }"),
                ElementsAre("0.001", "0.01", "0.10000000000000001", "1", "10", "100", "1000"));
}

TEST(ParseStudy, ResolvesPaths) {
    const auto file = [](const std::string& text) {
        return parse("[[distribution]]\nkind = \"points\"\nfile = " + text + "\n")
            .distributions[0]
            .fixed[0]
            .second.text();
    };
    EXPECT_EQ(file("\"data/a.h5\""), "folder/data/a.h5");
    EXPECT_EQ(file("\"../a.h5\""), "a.h5");
    EXPECT_EQ(file("\"/data/a.h5\""), "/data/a.h5");
    EXPECT_EQ(
        parse("[[distribution]]\nkind = \"points\"\nfile = [\"a\", \"b\"]\n").distributions[0].axes[0].values[1].text(),
        "folder/b");
}

TEST(ParseStudy, HashDependsOnTextAndOverrides) {
    const auto hash = parse(kSmall).hash();
    EXPECT_EQ(parse(kSmall).hash(), hash);
    EXPECT_NE(parse(kSmall + "\n").hash(), hash);
    EXPECT_NE(parse(kSmall, {"study.seed=1"}).hash(), hash);
}

TEST(ReadStudy, ReadsAFileAndRefusesOthers) {
    const std::string path = testing::TempDir() + "/read_study_test.toml";
    std::FILE* file = std::fopen(path.c_str(), "wb");
    std::fputs(kSmall.c_str(), file);
    std::fclose(file);
    const StudyRegistries kinds = registries();
    EXPECT_EQ(read_study(path, {}, kinds).text, kSmall);
    std::remove(path.c_str());
    EXPECT_THAT(message_of([&] { (void)read_study(path, {}, kinds); }), HasSubstr("No such file"));
    EXPECT_THAT(message_of([&] { (void)read_study(testing::TempDir(), {}, kinds); }), HasSubstr("it is a folder"));
    EXPECT_THAT(message_of([&] { (void)read_study("/dev/zero", {}, kinds); }), HasSubstr("more than 16 MiB"));
}

}  // namespace
}  // namespace sigmaflow
