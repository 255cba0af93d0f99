#include "sigmaflow/core/schema.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace sigmaflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Parameter parameter(const std::string& name, Type type) {
    Parameter out;
    out.name = name;
    out.type = type;
    out.meaning = "the " + name;
    return out;
}

Kind sample_kind() {
    Kind kind{"sample", "for tests", {}};
    kind.parameters = {
        parameter("count", Type::integer),  parameter("width", Type::real), parameter("mode", Type::text),
        parameter("flag", Type::boolean),   parameter("list", Type::reals), parameter("grid", Type::matrix),
        parameter("grids", Type::matrices), parameter("tags", Type::texts), parameter("classes", Type::names)};
    kind.parameters[0].required = true;
    kind.parameters[0].least = 1;
    kind.parameters[0].most = 8;
    kind.parameters[1].fallback = 2;
    kind.parameters[1].least = 0;
    kind.parameters[1].least_excluded = true;
    kind.parameters[2].fallback = "slow";
    kind.parameters[2].allowed = {"slow", "fast"};
    return kind;
}

std::string refusal(const Value::Table& given) {
    try {
        const Parameters parameters(sample_kind(), given, {"s.toml", 7, 1});
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Parameters, FillDefaultsInTheTypeMeant) {
    const Parameters parameters(sample_kind(), {{"count", 3}, {"list", Value::List{1, 2.5}}}, {});
    EXPECT_EQ(parameters.integer("count"), 3);
    EXPECT_EQ(parameters.real("width"), 2.0);
    EXPECT_TRUE(parameters.at("width").is_real());
    EXPECT_EQ(parameters.text("mode"), "slow");
    EXPECT_FALSE(parameters.has("flag"));
    EXPECT_THAT(parameters.reals("list"), ElementsAre(1.0, 2.5));
    EXPECT_THROW((void)parameters.at("flag"), std::logic_error);
}

// Integers count as their digits, and one name is a list of one: all spellings have one identity.
TEST(Parameters, ReadNames) {
    const auto names = [](const Value& value) {
        return Parameters(sample_kind(), {{"count", 3}, {"classes", value}}, {}).texts("classes");
    };
    EXPECT_THAT(names(Value::List{1, "b", -3}), ElementsAre("1", "b", "-3"));
    EXPECT_THAT(names("cat"), ElementsAre("cat"));
    EXPECT_THAT(names(7), ElementsAre("7"));
    const auto identity = [](const Value& value) {
        return Parameters(sample_kind(), {{"count", 3}, {"classes", value}}, {}).identity(sample_kind());
    };
    EXPECT_EQ(identity(7), identity(Value::List{"7"}));
    EXPECT_NE(identity(7), identity(8));
    EXPECT_THAT(refusal({{"count", 3}, {"classes", 1.5}}), HasSubstr("list of strings or integers, or one of them"));
    EXPECT_THAT(refusal({{"count", 3}, {"classes", Value::List{1, true}}}), HasSubstr("'classes'"));
    EXPECT_EQ(nesting(Type::names), 1);
}

TEST(Parameters, ReadNestedLists) {
    const Value row(Value::List{1, 2});
    const Value matrix(Value::List{row, Value(Value::List{3})});
    const Parameters parameters(
        sample_kind(),
        {{"count", 1}, {"grid", matrix}, {"grids", Value::List{matrix, matrix}}, {"tags", Value::List{"a", "b"}}}, {});
    EXPECT_THAT(parameters.matrix("grid"), ElementsAre(ElementsAre(1, 2), ElementsAre(3)));
    EXPECT_EQ(parameters.matrices("grids").size(), 2U);
    EXPECT_THAT(parameters.texts("tags"), ElementsAre("a", "b"));
}

TEST(Parameters, RefuseWithPlaceKeyFoundAndAllowed) {
    const Location where{"s.toml", 9, 1};
    EXPECT_EQ(refusal({}), "s.toml:7: sample needs 'count' (the count) give count = <integer from 1 to 8>");
    EXPECT_EQ(refusal({{"cuont", Value(1, where)}}),
              "s.toml:9: unknown key 'cuont' of sample (known keys: count, width, mode, flag, list, grid, grids, tags, "
              "classes) "
              "did you mean 'count'?");
    EXPECT_EQ(refusal({{"count", Value(9, where)}}),
              "s.toml:9: 'count' is an integer, 9 (allowed: integer from 1 to 8)");
    EXPECT_THAT(refusal({{"count", 1.0}}), HasSubstr("'count' is a number, 1"));
    EXPECT_THAT(refusal({{"count", 1}, {"width", 0}}), HasSubstr("(allowed: number > 0)"));
    EXPECT_THAT(refusal({{"count", 1}, {"width", std::nan("")}}), HasSubstr("'width' is a number, nan"));
    EXPECT_THAT(refusal({{"count", 1}, {"width", INFINITY}}), HasSubstr("'width' is a number, inf"));
    EXPECT_THAT(refusal({{"count", 1}, {"mode", "fist"}}),
                HasSubstr("(allowed: one of slow, fast) did you mean 'fast'?"));
    EXPECT_THAT(refusal({{"count", 1}, {"flag", 1}}), HasSubstr("(allowed: boolean)"));
    EXPECT_THAT(refusal({{"count", 1}, {"list", 1}}), HasSubstr("(allowed: list of numbers)"));
    EXPECT_THAT(refusal({{"count", 1}, {"list", Value::List{"a"}}}), HasSubstr("'list' holds a string, \"a\""));
    EXPECT_THAT(refusal({{"count", 1}, {"tags", Value::List{1}}}), HasSubstr("(allowed: list of strings)"));
}

TEST(Parameters, IdentityNamesWhatDiffersFromDefaults) {
    const Kind kind = sample_kind();
    const auto identity = [&](const Value::Table& given) { return Parameters(kind, given, {}).identity(kind); };
    EXPECT_EQ(identity({{"count", 3}}), "count=3");
    EXPECT_EQ(identity({{"width", 2.0}, {"count", 3}, {"mode", "slow"}}), "count=3");
    EXPECT_EQ(identity({{"width", 1}, {"count", 3}}), "count=3,width=1");
    EXPECT_EQ(Parameters(kind, {{"width", 1}, {"count", 3}}, {}).identity(kind, {"count"}), "width=1");
    Kind grown = kind;
    grown.parameters.push_back(parameter("zeal", Type::real));
    grown.parameters.back().fallback = 1.0;
    EXPECT_EQ(Parameters(grown, {{"count", 3}}, {}).identity(grown), identity({{"count", 3}}));
}

TEST(Parameters, KnowWhereTheyWereGiven) {
    const Value::Table given{{"count", Value(3, {"s.toml", 9, 1})},
                             {"mode", Value("fast", {"--set a.b.mode=fast", 0, 0})}};
    const Parameters parameters(sample_kind(), given, {"s.toml", 7, 1});
    EXPECT_EQ(parameters.where("count").text(), "s.toml:9");
    EXPECT_EQ(parameters.where("mode").text(), "--set a.b.mode=fast");
    EXPECT_EQ(parameters.where("width").text(), "s.toml:7") << "a default stands where the object stands";
    EXPECT_STREQ(parameters.error("count", "too odd", "take 4").what(), "s.toml:9: 'count' is 3 (too odd) take 4");
    EXPECT_STREQ(parameters.error("flag", "wanted").what(), "s.toml:7: 'flag' is missing (wanted)");
}

TEST(Schema, NestingPerType) {
    EXPECT_EQ(nesting(Type::real), 0);
    EXPECT_EQ(nesting(Type::texts), 1);
    EXPECT_EQ(nesting(Type::reals), 1);
    EXPECT_EQ(nesting(Type::matrix), 2);
    EXPECT_EQ(nesting(Type::matrices), 3);
}

TEST(Schema, SuggestsTheNearestName) {
    EXPECT_EQ(nearest("hein", {"euler", "heun"}), "heun");
    EXPECT_EQ(nearest("dpm", {"euler", "heun"}), "");
    EXPECT_EQ(suggest("xyz", {"a_long_name"}), "");
    EXPECT_EQ(joined({"a", "b"}, "; "), "a; b");
}

}  // namespace
}  // namespace sigmaflow
