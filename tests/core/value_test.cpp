#include "sigmaflow/core/value.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace sigmaflow {
namespace {

TEST(Value, HasOneSpellingForEqualNumbers) {
    EXPECT_EQ(Value(2).canonical(), "2");
    EXPECT_EQ(Value(2.0).canonical(), "2");
    EXPECT_EQ(Value(-0.0).canonical(), "0");
    EXPECT_EQ(Value(true).canonical(), "true");
}

TEST(Value, SpellsNumbersWithAllTheirDigits) {
    for (const double number :
         {0.1, 1.0 / 3.0, 1e-300, 1.7976931348623157e308, std::numeric_limits<double>::denorm_min()}) {
        EXPECT_EQ(std::strtod(Value(number).canonical().c_str(), nullptr), number);
        EXPECT_EQ(std::strtod(Value(-number).canonical().c_str(), nullptr), -number);
    }
}

TEST(Value, ShowsPeopleNoMoreDigitsThanTellNumbersApart) {
    EXPECT_EQ(Value(1e-6).shown(), "1e-06");
    EXPECT_EQ(Value(0.05).shown(), "0.05");
    EXPECT_EQ(Value(1.0 / 3.0).shown(), "0.3333333333333333");
    EXPECT_EQ(Value(Value::List{Value(0.1), Value(2)}).shown(), "[0.1,2]");
}

TEST(Value, SpellsListsTablesAndTexts) {
    EXPECT_EQ(Value(Value::List{1, Value(Value::List{}), "a"}).canonical(), "[1,[],\"a\"]");
    EXPECT_EQ(Value(Value::Table{{"b", 1}, {"a", 2}}).canonical(), "{b=1,a=2}") << "in the order given";
    EXPECT_EQ(Value("say \"a\\b\"").canonical(), "\"say \\\"a\\\\b\\\"\"");
    EXPECT_NE(Value(Value::List{"a", "b"}).canonical(), Value(Value::List{"a\",\"b"}).canonical());
}

TEST(Value, KnowsItsType) {
    EXPECT_TRUE(Value(1).is_integer() && Value(1).is_number() && !Value(1).is_real());
    EXPECT_TRUE(Value(1.0).is_real() && Value(1.0).is_number() && !Value(1.0).is_integer());
    EXPECT_TRUE(Value("a").is_text());
    EXPECT_TRUE(Value(true).is_boolean());
    EXPECT_EQ(Value(Value::List{}).type_name(), "a list");
    EXPECT_EQ(Value(Value::Table{}).type_name(), "a table");
    EXPECT_EQ(Value(3).number(), 3.0);
}

TEST(Value, FindsKeys) {
    const Value table(Value::Table{{"a", 1}, {"b", 2}});
    EXPECT_EQ(table.find("b")->integer(), 2);
    EXPECT_EQ(table.find("c"), nullptr);
}

TEST(Value, IsShortenedForMessages) {
    EXPECT_EQ(Value("short").shown(), "\"short\"");
    EXPECT_EQ(Value(std::string(1000, 'x')).shown(), "\"" + std::string(79, 'x') + "...");
    std::string accents(78, 'x');
    for (int i = 0; i < 10; ++i) accents += "\xc3\xa9";
    EXPECT_EQ(Value(accents).shown(), "\"" + std::string(78, 'x') + "...") << "not inside a character";
}

}  // namespace
}  // namespace sigmaflow
