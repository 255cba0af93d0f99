// Objects inside parameters: axes, addresses, identity, files and messages by path.
#include <gmock/gmock.h>

#include "sigmaflow/study/points.hpp"
#include "sigmaflow/study/select.hpp"

namespace sigmaflow {
namespace {

using ::testing::HasSubstr;

const std::string kRest = "[[schedule]]\nkind = \"edm\"\n[[solver]]\nkind = \"heun\"\n";

std::string law(const std::string& body) { return "[[distribution]]\nname = \"a\"\n" + body + "\n" + kRest; }

const std::string kSwept =
    "kind = \"mixture\"\ncomponents = [{ kind = \"ring\", count = [4, 8] }, "
    "{ kind = \"affine\", of = { kind = \"gaussian\", dim = 2, variances = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]] } }]";

std::vector<Point> points_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return expand(parse_study(text, "folder/s.toml", overrides), {});
}

std::string message_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
    try {
        (void)points_of(text, overrides);
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

const Value& inside(const Point& point, std::size_t component) {
    return point.distribution.parameters.at("components").list()[component];
}

TEST(NestedObjects, TakeAxesAtAnyDepth) {
    const auto points = points_of(law(kSwept));
    ASSERT_EQ(points.size(), 6U);
    std::set<std::uint64_t> ids;
    std::set<std::string> seen;
    for (const auto& point : points) {
        ids.insert(point.id);
        ASSERT_EQ(point.axes.size(), 2U);
        EXPECT_EQ(point.axes[0].first, "distribution.a.components.0.count");
        EXPECT_EQ(point.axes[1].first, "distribution.a.components.1.of.variances");
        EXPECT_EQ(inside(point, 1).find("of")->find("variances")->canonical(), point.axes[1].second.canonical());
        const Value* count = inside(point, 0).find("count");  // 8 is the default
        EXPECT_EQ(count == nullptr ? 8 : count->integer(), point.axes[0].second.integer());
        seen.insert(point.axes[0].second.canonical() + point.axes[1].second.canonical());
    }
    EXPECT_EQ(ids.size(), 6U);
    EXPECT_EQ(seen.size(), 6U);
}

TEST(NestedObjects, AreAxesThemselves) {
    const auto points = points_of(law("kind = \"affine\"\nof = [{ kind = \"ring\" }, { kind = \"simplex\" }]"));
    ASSERT_EQ(points.size(), 2U);
    EXPECT_EQ(points[1].distribution.parameters.at("of").find("kind")->text(), "simplex");
}

TEST(NestedObjects, AreAddressedByPath) {
    const std::string exclude =
        "[sweep]\nexclude = [{ \"distribution.a.components.0.count\" = 4, "
        "\"distribution.a.components.1.of.variances\" = [3.0, 4.0] }]\n";
    EXPECT_EQ(points_of(law(kSwept) + exclude).size(), 5U);
    // A value that is the default, and therefore not kept.
    EXPECT_EQ(points_of(law(kSwept) + "[sweep]\nexclude = [{ \"distribution.a.components.0.count\" = 8 }]\n").size(),
              3U);
    const auto set = points_of(law(kSwept), {"distribution.a.components.0.count=16"});
    ASSERT_EQ(set.size(), 3U);
    EXPECT_EQ(inside(set[0], 0).find("count")->integer(), 16);
    EXPECT_EQ(points_of(law(kSwept), {"distribution.a.components.0.radius=[1.0,2.0,3.0]"}).size(), 18U);
    const std::string zip = "[sweep]\nzip = [[\"distribution.a.components.0.count\", \"schedule.edm.steps\"]]\n";
    const auto zipped = points_of(law(kSwept) + zip, {"schedule.edm.steps=[16,32]"});
    EXPECT_EQ(zipped.size(), 6U);
}

TEST(NestedObjects, KeepTheirIdentity) {
    const auto id = [](const std::string& body) { return points_of(law(body)).front().id; };
    const auto plain = id("kind = \"affine\"\nof = { kind = \"ring\", count = 4 }");
    EXPECT_EQ(id("kind = \"affine\"\nof = { count = 4, kind = \"ring\", radius = 1.0, dim = 2 }"), plain)
        << "defaults and order do not count";
    EXPECT_NE(id("kind = \"affine\"\nof = { kind = \"ring\", count = 5 }"), plain);
    EXPECT_NE(id("kind = \"affine\"\nof = { kind = \"simplex\" }"), id("kind = \"affine\"\nof = { kind = \"ring\" }"));
}

TEST(NestedObjects, FindTheirFiles) {
    const Study study = parse_study(
        law("kind = \"product\"\nfactors = [{ kind = \"points\", file = \"a.csv\" }, { kind = \"affine\", of = "
            "{ kind = \"points\", file = [\"b.csv\", \"a.csv\"] } }]"),
        "folder/s.toml");
    const auto sources = points_sources(study);
    ASSERT_EQ(sources.size(), 2U);
    EXPECT_EQ(sources[0].path, "folder/a.csv");
    EXPECT_EQ(sources[1].path, "folder/b.csv");
    EXPECT_EQ(sources[0].where.line, 4);

    // The contents count, not the path.
    const double numbers[] = {1.0, 2.0};
    const auto id = [&](std::uint64_t a, std::uint64_t b) {
        PointsCatalog catalog;
        catalog.emplace(sources[0].key(), PointsView{numbers, 1, 2, nullptr, a});
        catalog.emplace(sources[1].key(), PointsView{numbers, 1, 2, nullptr, b});
        return expand(study, catalog).front().id;
    };
    EXPECT_EQ(id(1, 2), id(1, 2));
    EXPECT_NE(id(1, 2), id(3, 2));
    EXPECT_NE(id(1, 2), id(1, 3));
}

TEST(NestedObjects, NameWhatIsWrongInside) {
    EXPECT_THAT(message_of(law("kind = \"affine\"\nof = { kind = \"rnig\" }")),
                AllOf(HasSubstr("s.toml:4"), HasSubstr("did you mean 'ring'?")));
    EXPECT_THAT(message_of(law("kind = \"affine\"\nof = { kind = \"ring\", cuont = 3 }")),
                HasSubstr("did you mean 'count'?"));
    EXPECT_THAT(message_of(law("kind = \"affine\"\nof = { count = 3 }")), HasSubstr("a table without a kind"));
    EXPECT_THAT(message_of(law("kind = \"affine\"\nof = 3")), HasSubstr("allowed: table with a kind"));
    EXPECT_THAT(message_of(law("kind = \"affine\"")), HasSubstr("affine needs 'of'"));
    EXPECT_THAT(message_of(law("kind = \"affine\"\nof = { kind = \"ring\", count = [4, 4] }")),
                HasSubstr("the value 4 twice"));
    EXPECT_THAT(message_of(law(kSwept), {"distribution.a.components.7.count=3"}), HasSubstr("leads nowhere"));
    EXPECT_THAT(message_of(law(kSwept) + "[sweep]\nexclude = [{ \"distribution.a.components.0.cuont\" = 4 }]\n"),
                HasSubstr("has no key 'components.0.cuont'"));
}

TEST(NestedObjects, WantOneValueEachForASinglePoint) {
    const Study study = parse_study(law(kSwept), "s.toml");
    try {
        (void)select_one(study, "distribution", "a", {});
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("--set distribution.a.components.0.count=4"));
    }
}

}  // namespace
}  // namespace sigmaflow
