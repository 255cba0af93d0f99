// Parts of a data set: what is held out, which classes, and that the law is the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "distribution/laws.hpp"

namespace sigmaflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Point i is (i, i^2) with weight 1 + i mod 3, of class i mod `classes` if there are classes.
Value::Table data_set(int count, int classes) {
    std::vector<std::vector<double>> values;
    std::vector<double> weights;
    Value::List labels;
    for (int i = 0; i < count; ++i) {
        values.push_back({static_cast<double>(i), static_cast<double>(i * i)});
        weights.push_back(1.0 + i % 3);
        if (classes > 0) labels.emplace_back(i % classes);
    }
    Value::Table out{{"values", test::rows(values)}, {"weights", test::list(weights)}};
    if (classes > 0) out.emplace_back("labels", Value(labels));
    return out;
}

Value::Table with(Value::Table table, const Value::Table& more) {
    table.insert(table.end(), more.begin(), more.end());
    return table;
}

/// The numbers of the points of a law; checks that all of it belongs to them.
std::set<int> members(const Distribution& law) {
    const auto& cloud = dynamic_cast<const IsotropicCloud&>(law);
    std::set<int> out;
    for (Eigen::Index k = 0; k < cloud.points().cols(); ++k) {
        const auto i = static_cast<int>(cloud.points()(0, k));
        EXPECT_EQ(cloud.points()(1, k), i * i);
        out.insert(i);
        if (law.labels() == nullptr) continue;
        const auto label = static_cast<std::size_t>(law.labels()->of_point[static_cast<std::size_t>(k)]);
        EXPECT_EQ(i % 4, std::stoi(law.labels()->classes[label]));
    }
    EXPECT_EQ(static_cast<Eigen::Index>(out.size()), cloud.points().cols());
    return out;
}

std::set<int> members(const Value::Table& table) { return members(*test::make("points", table)); }

std::set<int> united(std::set<int> a, const std::set<int>& b) {
    a.insert(b.begin(), b.end());
    return a;
}

TEST(HeldOut, AndTrainingPointsAreTheWholeDataSet) {
    for (const int classes : {0, 4}) {
        for (const double fraction : {0.0, 0.1, 0.2, 0.5, 0.99}) {
            const auto table = with(data_set(40, classes), {{"held_out", Value(fraction)}});
            const std::set<int> training = members(with(table, {{"use", Value("training")}}));
            EXPECT_EQ(members(table), training);
            const std::set<int> all = members(with(table, {{"use", Value("all")}}));
            EXPECT_EQ(all.size(), 40U);
            if (fraction == 0.0) {
                EXPECT_EQ(training, all);
                continue;
            }
            const std::set<int> rest = members(with(table, {{"use", Value("held_out")}}));
            EXPECT_EQ(training.size() + rest.size(), 40U);
            EXPECT_EQ(united(training, rest), all);
        }
    }
}

TEST(HeldOut, AreTheRoundedFractionOfEveryClassAndNeverAllOfIt) {
    const auto held_out = [](int count, int classes, double fraction) {
        const auto law = test::make("points", with(data_set(count, classes), {{"held_out", Value(fraction)}}));
        std::map<int, int> out;
        if (law->held_out() == nullptr) return out;
        for (Eigen::Index k = 0; k < law->held_out()->points.cols(); ++k) {
            ++out[classes == 0 ? 0 : static_cast<int>(law->held_out()->points(0, k)) % classes];
        }
        return out;
    };
    EXPECT_THAT(held_out(50, 0, 0.2), ElementsAre(std::pair(0, 10)));
    EXPECT_THAT(held_out(100, 0, 0.29), ElementsAre(std::pair(0, 29)));
    EXPECT_THAT(held_out(42, 4, 0.2), ElementsAre(std::pair(0, 2), std::pair(1, 2), std::pair(2, 2), std::pair(3, 2)));
    EXPECT_THAT(held_out(43, 4, 0.5), ElementsAre(std::pair(0, 6), std::pair(1, 6), std::pair(2, 6), std::pair(3, 5)));
    EXPECT_THAT(held_out(5, 4, 0.99), ElementsAre(std::pair(0, 1)));
    EXPECT_TRUE(held_out(4, 4, 0.99).empty());
    EXPECT_TRUE(held_out(10, 0, 0.04).empty());
}

TEST(HeldOut, GrowWithTheFractionAndDependOnTheSplit) {
    std::set<int> last;
    for (const double fraction : {0.1, 0.3, 0.6, 0.9}) {
        const auto table = with(data_set(60, 4), {{"held_out", Value(fraction)}, {"use", Value("held_out")}});
        const std::set<int> now = members(table);
        EXPECT_EQ(united(last, now), now);
        EXPECT_EQ(members(with(table, {{"split", Value(0)}})), now);
        EXPECT_NE(members(with(table, {{"split", Value(1)}})), now);
        last = now;
    }
}

// Over many splits every point is held out equally often: 100 times in 400, within five standard deviations of 8.7.
TEST(HeldOut, AreChosenUniformly) {
    std::map<int, int> count;
    for (int split = 0; split < 400; ++split) {
        for (const int i : members(with(
                 data_set(16, 4), {{"held_out", Value(0.25)}, {"split", Value(split)}, {"use", Value("held_out")}}))) {
            ++count[i];
        }
    }
    ASSERT_EQ(count.size(), 16U);
    for (const auto& [point, times] : count) EXPECT_NEAR(times, 100, 44) << point;
}

// With 64-bit ranks of numpy's Philox4x64 at key (split, 0), counter (0, i, 7, 0): the same on every machine.
TEST(HeldOut, AreTheSmallestRanks) {
    const auto table = with(data_set(8, 0), {{"held_out", Value(0.375)}, {"use", Value("held_out")}});
    EXPECT_THAT(members(table), ElementsAre(0, 4, 6));
    EXPECT_THAT(members(with(table, {{"split", Value(5)}})), ElementsAre(2, 3, 4));
}

TEST(Classes, RestrictTheLawAndLeaveTheSplitAlone) {
    const auto table = with(data_set(40, 4), {{"held_out", Value(0.3)}});
    const std::set<int> training = members(table);
    const auto some = test::make("points", with(table, {{"classes", Value(Value::List{3, "1"})}}));
    EXPECT_THAT(some->labels()->classes, ElementsAre("1", "3"));
    std::set<int> expected;
    std::copy_if(training.begin(), training.end(), std::inserter(expected, expected.end()),
                 [](int i) { return i % 2 == 1; });
    EXPECT_EQ(members(*some), expected);
    for (Eigen::Index k = 0; k < some->held_out()->points.cols(); ++k) {
        const auto i = static_cast<int>(some->held_out()->points(0, k));
        EXPECT_EQ(i % 2, 1);
        EXPECT_FALSE(training.contains(i));
        EXPECT_EQ(some->held_out()->labels.of_point[static_cast<std::size_t>(k)], i % 4 / 2);
    }
    EXPECT_EQ(members(with(table, {{"classes", Value(2)}, {"use", Value("all")}})).size(), 10U);
}

// What is left is the law of those points and nothing else, to the last bit.
TEST(Classes, AreTheLawOfTheirPoints) {
    const auto chosen = test::make("points", {{"values", test::rows({{0, 1}, {2, 2}, {5, -1}, {1, 1}})},
                                              {"weights", test::list({1, 2, 3, 0})},
                                              {"labels", Value(Value::List{"a", "b", "a", "a"})},
                                              {"classes", Value("a")}});
    const auto alone =
        test::make("points", {{"values", test::rows({{0, 1}, {5, -1}})}, {"weights", test::list({1, 3})}});
    Tile x(2, kTileWidth);
    Stream stream(1, 1, 1, Purpose::test);
    for (auto& number : x.reshaped()) number = 3.0 * stream.normal();
    const PosteriorTile a = test::evaluate(*chosen, x, Row::Ones());
    const PosteriorTile b = test::evaluate(*alone, x, Row::Ones());
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_TRUE((a.log_density == b.log_density).all());
    EXPECT_EQ(chosen->moments().mean, alone->moments().mean);
    EXPECT_EQ(dynamic_cast<const IsotropicCloud&>(*chosen).points().cols(), 2) << "nothing of weight zero";
}

// Held-out points move with the law, by the moments of the law alone.
TEST(HeldOut, StandInTheCoordinatesOfTheLaw) {
    const auto table = with(data_set(30, 0), {{"held_out", Value(0.4)}});
    const auto raw = test::make("points", table);
    const Moments moments = raw->moments();
    ASSERT_NE(raw->held_out(), nullptr);
    EXPECT_EQ(raw->held_out()->points.cols(), 12);
    for (Eigen::Index k = 0; k < 12; ++k) {
        EXPECT_EQ(raw->held_out()->weights[k], 1.0 + static_cast<int>(raw->held_out()->points(0, k)) % 3);
    }
    const auto centred = test::make("points", with(table, {{"normalize", Value("center")}}));
    const Eigen::MatrixXd moved = raw->held_out()->points.colwise() - moments.mean;
    EXPECT_LT((centred->held_out()->points - moved).norm(), 1e-12 * moved.norm());
    const auto white = test::make("points", with(table, {{"normalize", Value("identity")}}));
    // The squared Mahalanobis distance is what whitening makes of the squared norm.
    const Eigen::MatrixXd inverse = moments.covariance.inverse();
    for (Eigen::Index k = 0; k < 12; ++k) {
        const double expected = moved.col(k).dot(inverse * moved.col(k));
        EXPECT_NEAR(white->held_out()->points.col(k).squaredNorm(), expected, 1e-10 * expected);
    }
    EXPECT_EQ(test::make("points", with(table, {{"use", Value("all")}}))->held_out(), nullptr);
}

// Whatever maps the law maps its held-out points and keeps its labels.
TEST(HeldOut, GoWithTheLawThroughAffineAndNormalize) {
    Value::Table of = with(data_set(30, 3), {{"held_out", Value(0.4)}});
    const auto direct = test::make("points", with(of, {{"normalize", Value("identity")}}));
    const auto turned = test::make("affine", {{"of", test::inner("points", of)},
                                              {"matrix", test::rows({{0.0, -2.0}, {3.0, 0.0}})},
                                              {"normalize", Value("identity")}});
    ASSERT_NE(turned->held_out(), nullptr);
    ASSERT_NE(turned->labels(), nullptr);
    EXPECT_EQ(turned->labels()->classes, direct->labels()->classes);
    const Eigen::RowVectorXd expected = direct->held_out()->points.colwise().norm();
    EXPECT_LT((turned->held_out()->points.colwise().norm() - expected).norm(), 1e-10 * expected.norm());
}

TEST(Points, OfAFileCarryItsLabels) {
    const std::vector<double> table{0, 0, 1, 2, 3, 4};
    const std::vector<std::string> labels{"cat", "dog", "cat"};
    const Value::Table given{{"file", Value("points.h5")}, {"dataset", Value("x")}, {"labels", Value("kind")}};
    const auto source = points_source(Parameters(distributions().at("points").kind, given, {}));
    EXPECT_EQ(source->labels, "kind");
    PointsView view{table.data(), 2, 3, nullptr, 0};
    view.labels = labels.data();
    const auto law = test::make("points", given, {{source->key(), view}});
    EXPECT_EQ(dynamic_cast<const IsotropicCloud&>(*law).points().data(), table.data()) << "seen, not copied";
    EXPECT_THAT(law->labels()->classes, ElementsAre("cat", "dog"));
    EXPECT_THAT(law->labels()->of_point, ElementsAre(0, 1, 0));
    const auto dog = test::make("points", with(given, {{"classes", Value("dog")}}), {{source->key(), view}});
    EXPECT_EQ(dog->moments().mean, Eigen::Vector2d(1, 2));
}

std::string refusal(const Value::Table& table) {
    try {
        (void)test::make("points", table);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Points, RefusePartsThatDoNotExist) {
    const auto table = data_set(8, 4);
    EXPECT_THAT(refusal(with(data_set(8, 0), {{"labels", Value(Value::List{1, 2})}})), HasSubstr("2 labels for 8"));
    EXPECT_THAT(refusal({{"values", test::rows({{1.0}})}, {"labels", Value("")}}), HasSubstr("a label is empty"));
    EXPECT_THAT(refusal(with(data_set(8, 0), {{"classes", Value(1)}})), HasSubstr("no labels"));
    EXPECT_THAT(refusal(with(table, {{"classes", Value(4)}})), HasSubstr("no class '4' among"));
    EXPECT_THAT(refusal(with(table, {{"held_out", Value(1.0)}})), HasSubstr("no points would be left"));
    EXPECT_THAT(refusal(with(table, {{"held_out", Value(-0.1)}})), HasSubstr("held_out"));
    EXPECT_THAT(refusal(with(table, {{"use", Value("held_out")}})), HasSubstr("raise held_out"));
    EXPECT_THAT(refusal(with(table, {{"use", Value("test")}})), HasSubstr("training, held_out, all"));
    EXPECT_THAT(refusal({{"file", Value("x.h5")}, {"labels", Value(Value::List{"a", "b"})}}), HasSubstr("one dataset"));
}

}  // namespace
}  // namespace sigmaflow
