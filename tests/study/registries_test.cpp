// The kinds of this program, as a study sees them.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/dynamics/registry.hpp"
#include "sigmaflow/schedule/registry.hpp"
#include "sigmaflow/stability/registry.hpp"
#include "sigmaflow/study/points.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow {
namespace {

const std::vector<std::string>& rooms() {
    static const std::vector<std::string> names{"distribution", "schedule", "solver", "quantity", "analysis"};
    return names;
}

TEST(StudyRegistries, JoinTheRooms) {
    const auto& registries = study_registries();
    EXPECT_EQ(registries.distributions.size(), distributions().names().size());
    EXPECT_EQ(registries.schedules.size(), schedules().names().size());
    EXPECT_EQ(registries.solvers.size(), solvers().names().size());
    EXPECT_EQ(registries.quantities.size(), observables().names().size());
    EXPECT_EQ(registries.analyses.size(), analyses().names().size());
    EXPECT_EQ(registries.kind("solver", "heun").name, "heun");
    EXPECT_THROW((void)registries.kind("solver", "huen"), InputError);
    EXPECT_THROW((void)registries.of("grid"), std::logic_error);
}

TEST(StudyRegistries, DescribeEveryParameter) {
    for (const auto& room : rooms()) {
        for (const auto& kind : study_registries().of(room)) {
            EXPECT_FALSE(kind.meaning.empty()) << room << " " << kind.name;
            for (const auto& parameter : kind.parameters) {
                const std::string who = room + " " + kind.name + " " + parameter.name;
                EXPECT_NE(parameter.name, "name") << who << ": the study file has a use of its own for it";
                EXPECT_NE(parameter.name, "kind") << who;
                EXPECT_FALSE(parameter.meaning.empty()) << who;
                EXPECT_FALSE(parameter.range().empty()) << who;
                EXPECT_EQ(std::count_if(kind.parameters.begin(), kind.parameters.end(),
                                        [&](const Parameter& other) { return other.name == parameter.name; }),
                          1)
                    << who;
                if (!parameter.fallback) continue;
                EXPECT_NO_THROW((void)checked(parameter, *parameter.fallback)) << who;
            }
        }
    }
}

// The study of the design document: 3 dimensions x 3 numbers of steps, less one.
TEST(StudyRegistries, ReadTheStudyOfTheDesign) {
    const Study study = parse_study(R"([study]
name = "toy-models"
seed = 2206
particles = 4096

[[distribution]]
name = "planes"
kind = "parallel_planes"
dim = [2, 8, 32]
normalize = "identity"

[[schedule]]
name = "edm"
kind = "edm"
sigma_min = 0.002
sigma_max = 80.0
rho = 7.0
steps = { int = [16, 64, 3] }

[[solver]]
name = "heun"
kind = "heun"

[sweep]
exclude = [ { "distribution.planes.dim" = 32, "schedule.edm.steps" = 16 } ]

[observe]
levels = 33
quantities = ["spectrum", "log_density", "likelihood", "mmse", "entropy"]
keep_particles = 64
)",
                                    "toy.toml");
    EXPECT_EQ(expand(study, {}).size(), 8U);
    EXPECT_EQ(study_size(study).tasks, 9 * 16);
    EXPECT_TRUE(points_sources(study).empty());
}

// The first example of docs/study-format.md, which says that it has 8 points.
TEST(StudyRegistries, ReadTheStudyOfTheDocumentation) {
    std::ifstream file(SIGMAFLOW_SOURCE_DIR "/docs/study-format.md");
    const std::string page(std::istreambuf_iterator<char>(file), {});
    const auto start = page.find("```toml\n") + 8;
    ASSERT_GT(page.size(), start);
    EXPECT_EQ(expand(parse_study(page.substr(start, page.find("```", start) - start), "doc.toml"), {}).size(), 8U);
}

TEST(StudyRegistries, KnowTablesOfPoints) {
    const Study study = parse_study("[[distribution]]\nkind = \"points\"\nfile = \"a.h5\"\n", "folder/s.toml");
    ASSERT_EQ(points_sources(study).size(), 1U);
    EXPECT_EQ(points_sources(study)[0].path, "folder/a.h5");
}

// The contents count, not what the file, its dataset and its labels are called.
TEST(StudyRegistries, IdentifyLabelledTablesByContents) {
    const auto id = [](const std::string& source, std::uint64_t digest) {
        const Study study = parse_study("[[distribution]]\nkind = \"points\"\n" + source +
                                            "[[schedule]]\nkind = \"edm\"\n[[solver]]\nkind = \"heun\"\n",
                                        "s.toml");
        PointsCatalog catalog;
        for (const auto& wanted : points_sources(study)) catalog[wanted.key()].digest = digest;
        return expand(study, catalog).front().distribution.id;
    };
    const auto here = id("file = \"a.h5\"\ndataset = \"x\"\nlabels = \"y\"\n", 7);
    EXPECT_EQ(id("file = \"b.csv\"\nlabels = \"digit\"\n", 7), here);
    EXPECT_NE(id("file = \"a.h5\"\ndataset = \"x\"\nlabels = \"y\"\n", 8), here);
    EXPECT_NE(id("file = \"a.h5\"\ndataset = \"x\"\nlabels = \"y\"\nclasses = 1\n", 7), here);
}

}  // namespace
}  // namespace sigmaflow
