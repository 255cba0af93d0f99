// One object of a study by its label, and distributions that read tables.
#include <gmock/gmock.h>

#include <cstdio>
#include <set>

#include "sigmaflow/study/select.hpp"
#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::HasSubstr;

const std::string kTwo = R"([[distribution]]
name = "a"
kind = "planes"
dim = [2, 4]
offset = [1, 2, 3]
normalize = ["identity"]
[[distribution]]
name = "b"
kind = "gaussian"
dim = 3
[[solver]]
kind = "heun"
)";

Choice select(const Study& study, const std::string& room, const std::string& label) {
    static const StudyRegistries kinds = registries();
    return select_one(study, room, label, {}, kinds);
}

TEST(SelectOne, TakesAFixedObject) {
    const Choice choice = select(parse(kTwo), "distribution", "b");
    EXPECT_EQ(choice.kind, "gaussian");
    EXPECT_EQ(choice.parameters.integer("dim"), 3);
    EXPECT_NE(choice.id, 0U);
    EXPECT_EQ(select(parse(kTwo), "solver", "").label, "heun") << "the only one needs no name";
}

TEST(SelectOne, ListsTheAxesThatNeedASet) {
    const std::string message = message_of([] { (void)select(parse(kTwo), "distribution", "a"); });
    EXPECT_THAT(message, HasSubstr("folder/study.toml:1: distribution 'a' is swept"));
    EXPECT_THAT(message, HasSubstr("axes: distribution.a.dim (2 values), distribution.a.offset (3 values)"));
    EXPECT_THAT(message, HasSubstr("--set distribution.a.dim=2"));
    EXPECT_THAT(message, Not(HasSubstr("normalize"))) << "an axis of one value is no question";
    const Study set = parse(kTwo, {"distribution.a.dim=4", "distribution.a.offset=2"});
    EXPECT_EQ(select(set, "distribution", "a").parameters.text("normalize"), "identity");
    EXPECT_EQ(select(set, "distribution", "a").parameters.integer("dim"), 4);
}

TEST(SelectOne, HasTheIdOfThePoint) {
    const Study study = parse(kSmall);
    EXPECT_EQ(select(study, "distribution", "planes").id, points_of(study)[0].distribution.id);
}

TEST(SelectOne, NamesTheLabelsThereAre) {
    const auto refusal = [](const std::string& room, const std::string& label) {
        return message_of([&] { (void)select(parse(kTwo), room, label); });
    };
    EXPECT_THAT(refusal("distribution", "c"), HasSubstr("the study has no distribution 'c' (known names: a, b)"));
    EXPECT_THAT(refusal("distribution", ""), HasSubstr("more than one distribution (name one of: a, b)"));
    EXPECT_THAT(refusal("solver", "hein"), HasSubstr("did you mean 'heun'?"));
    EXPECT_THAT(refusal("schedule", "edm"), HasSubstr("the study has no schedule"));
}

const std::string kTables = R"([[distribution]]
name = "t"
kind = "points"
file = ["a.h5", "b.h5", "c.h5"]
dataset = ["x", "y", "z"]
width = [0, 1]
[[distribution]]
name = "same"
kind = "points"
file = "./a.h5"
dataset = "x"
width = 2
[[schedule]]
kind = "edm"
[[solver]]
kind = "heun"
)";

PointsCatalog catalog_of(const std::vector<PointsSource>& sources) {
    PointsCatalog out;
    for (const auto& source : sources) out[source.key()].digest = 1 + out.size();
    return out;
}

std::vector<PointsSource> sources_of(const Study& study) {
    const StudyRegistries kinds = registries();
    return points_sources(study, kinds);
}

Study tables(const std::string& first = "a.h5") {
    std::string text = kTables;
    for (std::size_t at = text.find("a.h5"); at != std::string::npos; at = text.find("a.h5", at + first.size())) {
        text.replace(at, 4, first);
    }
    return parse(text + "[sweep]\nzip = [[\"distribution.t.file\", \"distribution.t.dataset\"]]\n");
}

TEST(PointsSources, AreFoundOnceWithTheirZip) {
    const auto sources = sources_of(tables());
    ASSERT_EQ(sources.size(), 3U);
    EXPECT_EQ(sources[0].path, "folder/a.h5");
    EXPECT_EQ(sources[1].key(), "folder/b.h5\ny");
    EXPECT_EQ(sources[0].where.line, 4);
    EXPECT_TRUE(sources_of(parse(kSmall)).empty());
}

TEST(PointsSources, IdentifyByContents) {
    const auto ids = [](const Study& study) {
        std::vector<std::uint64_t> out;
        for (const auto& point : points_of(study, catalog_of(sources_of(study)))) out.push_back(point.id);
        return out;
    };
    const auto here = ids(tables());
    EXPECT_EQ(std::set<std::uint64_t>(here.begin(), here.end()).size(), 7U);
    EXPECT_EQ(ids(tables("moved/elsewhere.h5")), here) << "the same contents in another place";
    PointsCatalog changed = catalog_of(sources_of(tables()));
    changed.begin()->second.digest = 99;
    EXPECT_NE(points_of(tables(), changed)[0].id, here[0]);
}

TEST(PointsSources, MustBeReadBeforeExpanding) { EXPECT_THROW((void)points_of(tables()), std::logic_error); }

TEST(PointsSources, AreNotNeededToSelect) {
    const Choice choice = select(tables(), "distribution", "same");
    EXPECT_EQ(choice.id, 0U);
    EXPECT_EQ(choice.parameters.text("file"), "folder/a.h5");
}

void write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr) << path;
    std::fputs(text.c_str(), file);
    std::fclose(file);
}

TEST(FilesOfOtherKinds, CountWithTheirContents) {
    const std::string folder = testing::TempDir();
    write_file(folder + "/one.csv", "1,2\n");
    write_file(folder + "/same.csv", "1,2\n");
    write_file(folder + "/other.csv", "1,3\n");
    const auto id = [&](const std::string& name) {
        const std::string text = "[[schedule]]\nkind = \"table\"\nfile = \"" + folder + "/" + name + "\"\n";
        return select(parse(text), "schedule", "table").id;
    };
    EXPECT_EQ(id("one.csv"), id("same.csv"));
    EXPECT_NE(id("one.csv"), id("other.csv"));
    for (const char* name : {"/one.csv", "/same.csv", "/other.csv"}) std::remove((folder + name).c_str());
    const std::string message = message_of([&] { (void)id("one.csv"); });
    EXPECT_THAT(message, HasSubstr("folder/study.toml:3: cannot read"));
    EXPECT_THAT(message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace sigmaflow
