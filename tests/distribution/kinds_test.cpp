// Geometry of the kinds, and what they refuse.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "distribution/laws.hpp"

namespace sigmaflow {
namespace {

using test::list;
using test::make;
using test::rows;

Eigen::MatrixXd points_of(const Distribution& law) { return dynamic_cast<const IsotropicCloud&>(law).points(); }

TEST(Registry, EveryKindExplainsItselfAndCanBeNormalized) {
    for (const auto& name : distributions().names()) {
        const Kind& kind = distributions().at(name).kind;
        EXPECT_FALSE(kind.meaning.empty()) << name;
        EXPECT_NE(kind.find("normalize"), nullptr) << name;
        for (const auto& parameter : kind.parameters) EXPECT_FALSE(parameter.meaning.empty()) << name << parameter.name;
    }
}

TEST(Kinds, AgreeWithTheComponentsOfTheTests) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const Moments moments = law.make(kind)->moments();
        double sum = 0.0;
        Eigen::VectorXd mean = Eigen::VectorXd::Zero(moments.mean.size());
        for (const auto& component : law.components) {
            sum += component.weight;
            mean += component.weight * component.mean;
        }
        EXPECT_LT((moments.mean - mean / sum).norm(), 1e-15 * (1.0 + mean.norm()));
    });
}

TEST(Simplex, IsRegularWithItsCircumradius) {
    for (const int dim : {1, 2, 3, 7}) {
        const auto law = make("simplex", {{"dim", Value(dim)}, {"radius", Value(2.5)}});
        const Eigen::MatrixXd vertices = points_of(*law);
        ASSERT_EQ(vertices.cols(), dim + 1);
        EXPECT_LT(vertices.rowwise().sum().norm(), 1e-14);
        const double edge = 2.5 * std::sqrt(2.0 * (dim + 1) / dim);
        for (int j = 0; j <= dim; ++j) {
            EXPECT_NEAR(vertices.col(j).norm(), 2.5, 1e-14);
            for (int k = 0; k < j; ++k) EXPECT_NEAR((vertices.col(j) - vertices.col(k)).norm(), edge, 1e-14);
        }
    }
}

TEST(Ring, IsEvenAndSymmetricToTheLastBit) {
    for (const int count : {1, 2, 3, 4, 5, 8, 12, 97}) {
        const auto law = make("ring", {{"count", Value(count)}, {"radius", Value(2.0)}, {"dim", Value(3)}});
        const Eigen::MatrixXd points = points_of(*law);
        ASSERT_EQ(points.cols(), count);
        EXPECT_EQ(points.row(2).norm(), 0.0);
        for (int k = 0; k < count; ++k) {
            const double angle = 2.0 * std::numbers::pi * k / count;
            EXPECT_NEAR(points(0, k), 2.0 * std::cos(angle), 1e-14);
            EXPECT_NEAR(points(1, k), 2.0 * std::sin(angle), 1e-14);
            if (k > 0) {
                EXPECT_EQ(points(0, k), points(0, count - k));
                EXPECT_EQ(points(1, k), -points(1, count - k));
            }
        }
    }
}

TEST(ParallelPlanes, StandTwoOffsetsApart) {
    const auto law = make("parallel_planes", {{"dim", Value(5)}, {"codim", Value(3)}, {"offset", Value(0.5)}});
    const auto& mixture = dynamic_cast<const GaussianMixture&>(*law).law();
    EXPECT_NEAR((mixture.components[1].mean - mixture.components[0].mean).norm(), 1.0, 1e-15);
    for (const auto& component : mixture.components) {
        const Eigen::MatrixXd covariance = covariance_of(component);
        EXPECT_EQ(covariance.topLeftCorner(3, 3).norm(), 0.0);
        EXPECT_EQ(Eigen::MatrixXd(covariance.bottomRightCorner(2, 2)), Eigen::MatrixXd::Identity(2, 2));
    }
}

TEST(CrossingPlanes, HaveTheAngleBetweenTheirNormals) {
    const auto law = make("crossing_planes", {{"dim", Value(4)}, {"codim", Value(2)}, {"angle", Value(50.0)}});
    const auto& components = dynamic_cast<const GaussianMixture&>(*law).law().components;
    for (Eigen::Index j = 0; j < 2; ++j) {
        const double cosine = components[0].axes.col(j).dot(components[1].axes.col(j));
        EXPECT_NEAR(std::acos(cosine) * 180.0 / std::numbers::pi, 50.0, 1e-12);
        EXPECT_EQ(components[0].variances[j], 0.0);
    }
}

TEST(Gaussian, WithOneCommonVarianceIsACloud) {
    const auto law = make("gaussian", {{"variances", list({2.0, 2.0})}, {"mean", list({1.0, 3.0})}});
    EXPECT_NE(dynamic_cast<const IsotropicCloud*>(law.get()), nullptr);
    EXPECT_EQ(law->gaussian()->values, Eigen::Vector2d(2.0, 2.0));
}

TEST(Gaussian, FindsTheExactRankOfASingularCovariance) {
    const auto law = make("gaussian", {{"covariance", rows({{1.0, 0.5, 0.0}, {0.5, 0.5, 0.75}, {0.0, 0.75, 2.25}})}});
    EXPECT_EQ((law->gaussian()->values.array() == 0.0).count(), 1);
}

TEST(Points, FromAFileAreSeenAndNotCopied) {
    const std::vector<double> table{0, 0, 1, 2, 3, 4};
    const std::vector<double> weights{1, 2, 3};
    const Value::Table given{{"file", Value("points.h5")}, {"dataset", Value("x")}};
    const Parameters parameters(distributions().at("points").kind, given, {});
    const auto source = points_source(parameters);
    ASSERT_TRUE(source.has_value());
    EXPECT_EQ(source->path, "points.h5");
    EXPECT_EQ(source->dataset, "x");
    const PointsCatalog catalog{{source->key(), {table.data(), 2, 3, weights.data(), 0}}};
    const auto law = make("points", given, catalog);
    EXPECT_EQ(dynamic_cast<const IsotropicCloud&>(*law).points().data(), table.data());
    EXPECT_NEAR(law->moments().mean[0], (0.0 + 2.0 + 9.0) / 6.0, 1e-15);
    EXPECT_THROW(make("points", given), InputError) << "not in the catalog";
    EXPECT_FALSE(points_source(Parameters(distributions().at("points").kind, {{"values", rows({{1.0}})}}, {})));
}

TEST(Points, OfAFileMustBeUsable) {
    const Value::Table given{{"file", Value("points.csv")}};
    const auto with = [&](std::vector<double> table, std::vector<double> weights) {
        const PointsCatalog catalog{{"points.csv\n",
                                     {table.data(), 1, static_cast<std::int64_t>(table.size()),
                                      weights.empty() ? nullptr : weights.data(), 0}}};
        (void)make("points", given, catalog);
    };
    EXPECT_NO_THROW(with({1.0, 2.0}, {}));
    EXPECT_THROW(with({}, {}), InputError);
    EXPECT_THROW(with({1.0, std::nan("")}, {}), InputError);
    EXPECT_THROW(with({1.0, 1e200}, {}), InputError);
    EXPECT_THROW(with({1.0, 2.0}, {1.0, 0.0}), InputError);
    EXPECT_THROW(with({1.0, 2.0}, {1.0, std::nan("")}), InputError);
}

/// The message of the InputError, or "accepted".
std::string refusal(const std::string& kind, const Value::Table& table) {
    try {
        (void)make(kind, table);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

void expect_refused(const std::string& kind, const Value::Table& table, const std::string& parameter) {
    const std::string message = refusal(kind, table);
    EXPECT_NE(message.find("'" + parameter + "'"), std::string::npos) << kind << ": " << message;
    EXPECT_NE(message.find("study.toml:7"), std::string::npos) << message;
}

TEST(Shapes, ThatDoNotFitAreRefusedByName) {
    const Value square = rows({{1.0, 0.0}, {0.0, 1.0}});
    expect_refused("gaussian", {}, "dim");
    expect_refused("gaussian", {{"dim", Value(3)}, {"mean", list({1.0, 2.0})}}, "mean");
    expect_refused("gaussian", {{"variances", list({1.0})}, {"mean", list({1.0, 2.0})}}, "mean");
    expect_refused("gaussian", {{"variances", list({})}}, "variances");
    expect_refused("gaussian", {{"variances", list({1.0, 1.0})}, {"covariance", square}}, "covariance");
    expect_refused("gaussian", {{"covariance", rows({{1.0, 0.5}, {0.25, 1.0}})}}, "covariance");
    expect_refused("gaussian", {{"covariance", rows({{1.0, 2.0}, {2.0, 1.0}})}}, "covariance");
    expect_refused("gaussian", {{"covariance", rows({{1.0, 0.0}, {0.0, -1.0}})}}, "covariance");
    expect_refused("gaussian", {{"covariance", rows({{1.0, 0.0}, {0.0}})}}, "covariance");
    const Value means = rows({{0.0, 0.0}, {1.0, 1.0}});
    expect_refused("gaussian_mixture", {{"means", means}}, "covariances");
    expect_refused("gaussian_mixture", {{"means", rows({{0.0}, {1.0, 1.0}})}, {"widths", list({1.0, 1.0})}}, "means");
    expect_refused("gaussian_mixture", {{"means", means}, {"widths", list({1.0})}}, "widths");
    expect_refused("gaussian_mixture", {{"means", means}, {"covariances", Value(Value::List{square})}}, "covariances");
    expect_refused(
        "gaussian_mixture",
        {{"means", means}, {"widths", list({1.0, 1.0})}, {"covariances", Value(Value::List{square, square})}},
        "widths");
    expect_refused("gaussian_mixture", {{"means", means}, {"widths", list({1.0, 1.0})}, {"weights", list({1.0})}},
                   "weights");
    expect_refused("gaussian_mixture", {{"means", means}, {"widths", list({1.0, 1.0})}, {"weights", list({0.0, 0.0})}},
                   "weights");
    expect_refused("parallel_planes", {{"codim", Value(3)}}, "codim");
    expect_refused("crossing_planes", {{"dim", Value(3)}, {"codim", Value(2)}}, "codim");
    expect_refused("points", {}, "values");
    expect_refused("points", {{"values", means}, {"file", Value("x.csv")}}, "values");
    expect_refused("points", {{"values", means}, {"dataset", Value("x")}}, "dataset");
    expect_refused("points", {{"values", means}, {"weights", list({1.0})}}, "weights");
}

TEST(Shapes, OutOfRangeAreRefused) {
    for (const auto& [kind, table] :
         std::vector<std::pair<std::string, Value::Table>>{{"hypercube", {{"dim", Value(4097)}}},
                                                           {"ring", {{"dim", Value(1)}}},
                                                           {"two_deltas", {{"weight", Value(1.5)}}},
                                                           {"two_deltas", {{"radius", Value(0.0)}}},
                                                           {"simplex", {{"width", Value(-1.0)}}},
                                                           {"crossing_planes", {{"angle", Value(0.0)}}},
                                                           {"gaussian", {{"variances", list({-1.0})}}},
                                                           {"gaussian", {{"mean", list({1e200})}}}}) {
        EXPECT_NE(refusal(kind, table), "accepted") << kind;
    }
}

}  // namespace
}  // namespace sigmaflow
