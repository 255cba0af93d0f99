#include "sigmaflow/numerics/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <thread>
#include <vector>

namespace sigmaflow {
namespace {

double value(const std::string& text, double t = 2.0) { return Expression(text, {"t"})(t); }

TEST(Expressions, FollowTheRulesOfArithmetic) {
    EXPECT_EQ(value("1 + 2 * t"), 5.0);
    EXPECT_EQ(value("-t^2"), -4.0);
    EXPECT_EQ(value("2^3^2"), 512.0);
    EXPECT_EQ(value("(1 + t) / 4 - 1e-3"), 0.749);
    EXPECT_EQ(value("t > 1 ? 7 : 8"), 7.0);
    EXPECT_EQ(value("t >= 3 || t != 2"), 0.0);
    EXPECT_EQ(value("max(1, t, min(9, 8))"), 8.0);
    EXPECT_EQ(value("pi"), std::numbers::pi);
}

TEST(Expressions, HaveTheFunctionsOfTheMathLibrary) {
    const double t = 0.37;
    EXPECT_EQ(value("sin(t) + cos(t) + tan(t)", t), std::sin(t) + std::cos(t) + std::tan(t));
    EXPECT_EQ(value("asin(t) + acos(t) + atan(t)", t), std::asin(t) + std::acos(t) + std::atan(t));
    EXPECT_EQ(value("sinh(t) + cosh(t) + tanh(t)", t), std::sinh(t) + std::cosh(t) + std::tanh(t));
    EXPECT_EQ(value("exp(t) + ln(t) + log(t)", t), std::exp(t) + std::log(t) + std::log(t));
    EXPECT_EQ(value("log10(t) + log2(t) + sqrt(t)", t), std::log10(t) + std::log2(t) + std::sqrt(t));
    EXPECT_EQ(value("erf(t) + abs(-t) + atan2(t, -1)", t), std::erf(t) + t + std::atan2(t, -1.0));
}

TEST(Expressions, TakeVariablesInTheirOrder) {
    const Expression energy("x^2 + 10 * y + 100 * z", {"x", "y", "z"});
    const std::vector<double> at{1.0, 2.0, 3.0};
    EXPECT_EQ(energy(at), 321.0);
    EXPECT_TRUE(energy.mentions("y"));
    EXPECT_FALSE(Expression("x", {"x", "y"}).mentions("y"));
    EXPECT_THROW((void)energy(1.0), std::logic_error);
}

TEST(Expressions, DomainErrorsAreNotNumbers) {
    EXPECT_TRUE(std::isnan(value("sqrt(-t)")));
    EXPECT_TRUE(std::isinf(value("1 / (t - 2)")));
}

void expect_unreadable(const std::string& text, const std::string& fragment) {
    try {
        (void)Expression(text, {"t", "sigma"}, {"study.toml", 7, 1});
        ADD_FAILURE() << "accepted '" << text.substr(0, 80) << "'";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("study.toml:7"), std::string::npos) << error.what();
    }
}

TEST(Expressions, AreRefusedWithThePlace) {
    expect_unreadable("t + * 2", "unexpected '*' at character 5");
    expect_unreadable("sqrt(t", "a parenthesis is missing");
    expect_unreadable("1 + ", "it ends too early");
    expect_unreadable("", "it is empty");
    expect_unreadable("1 + simga", "did you mean 'sigma'?");
    expect_unreadable("1 + simga", "unknown name or symbol 'simga' at character 5");
    expect_unreadable("sqr(t)", "did you mean 'sqrt'?");
    expect_unreadable("q", "the variables are t, sigma");
    expect_unreadable("sin()", "too few arguments");
    expect_unreadable("sin(t, t)", "too many arguments");
    expect_unreadable("2 t", "unexpected 't' at character 3");
}

// What a parser might do beyond arithmetic: assign, hold texts, chain statements, call out, or run out of stack.
TEST(Expressions, DoNothingButArithmetic) {
    expect_unreadable("t = 3", "an assignment at character 3");
    expect_unreadable("t += 3", "an assignment");
    expect_unreadable("\"text\"", "no meaning at character 1");
    expect_unreadable("t; t", "no meaning at character 2");
    expect_unreadable("t, 2", "more than one formula");
    expect_unreadable("system(1)", "unknown name");
    expect_unreadable("import os", "unknown name");
    expect_unreadable("t # comment", "no meaning");
    expect_unreadable("\xC3\xA9", "no meaning at character 1");
    expect_unreadable(std::string(20000, '('), "too long");
    expect_unreadable(std::string(9000, '('), "at character");
    expect_unreadable("_pi", "unknown name");
}

TEST(Expressions, NestDeeply) {
    const std::string deep = std::string(4000, '(') + "t" + std::string(4000, ')');
    EXPECT_EQ(value(deep), 2.0);
}

// One formula from many threads: every thread sees its own values.
TEST(Expressions, AreEvaluatedFromManyThreads) {
    const Expression formula("x * x + y", {"x", "y"});
    std::vector<int> wrong(8, 0);
    std::vector<std::thread> threads;
    for (std::size_t id = 0; id < wrong.size(); ++id) {
        threads.emplace_back([&, id] {
            for (int i = 0; i < 20000; ++i) {
                const double at[] = {static_cast<double>(id), static_cast<double>(i)};
                wrong[id] += formula(at) == at[0] * at[0] + at[1] ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (const int count : wrong) EXPECT_EQ(count, 0);
}

TEST(Expressions, KeepTheirTextWhenMoved) {
    Expression first("t + 1", {"t"});
    const Expression second = std::move(first);
    EXPECT_EQ(second(1.0), 2.0);
    EXPECT_EQ(second.text(), "t + 1");
    auto evaluator = second.evaluator();
    const double at = 5.0;
    EXPECT_EQ(evaluator(std::span(&at, 1)), 6.0);
}

}  // namespace
}  // namespace sigmaflow
