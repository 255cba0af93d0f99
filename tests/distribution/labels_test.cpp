// Classes of points: their order, the posterior over them against 50 digits, what it must tend to.
#include "sigmaflow/distribution/labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "distribution/laws.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing::ElementsAre;

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr Needs kClasses{.entropy = true, .class_entropy = true};

TEST(Labels, AreInAscendingOrder) {
    EXPECT_THAT(labels_from({"10", "9", "-2", "9", "-11"}).classes, ElementsAre("-11", "-2", "9", "10"));
    EXPECT_THAT(labels_from({"10", "9", "-2", "9", "-11"}).of_point, ElementsAre(3, 2, 1, 2, 0));
    EXPECT_THAT(labels_from({"10", "9", "cat", "-"}).classes, ElementsAre("-", "10", "9", "cat"));
    EXPECT_THAT(labels_from({"100000000000000000000", "99999999999999999999"}).classes,
                ElementsAre("99999999999999999999", "100000000000000000000"));
    EXPECT_TRUE(labels_from({}).empty());
}

TEST(Labels, OfSomePointsAndClasses) {
    const Labels labels = labels_from({"b", "a", "c", "b"});
    EXPECT_THAT(chosen_labels(labels, {3, 2}).of_point, ElementsAre(1, 2));
    EXPECT_THAT(chosen_labels(labels, {3, 2}).classes, ElementsAre("a", "b", "c"));
    EXPECT_TRUE(chosen_labels({}, {3, 2}).empty());
    const Labels two = restricted_labels(labels, {false, true, true});
    EXPECT_THAT(two.classes, ElementsAre("b", "c"));
    EXPECT_THAT(two.of_point, ElementsAre(0, -1, 1, 0));
}

/// Points of random classes with random weights, in Gaussian position, and the same for the witness.
struct Labelled {
    Value::Table table;
    std::vector<witness::Component> components;
    std::vector<std::vector<witness::Component>> classes;

    [[nodiscard]] std::unique_ptr<Distribution> make() const { return test::make("points", table); }
};

Labelled random_points(std::int64_t seed) {
    Stream stream(5, 9, seed, Purpose::test);
    const int dim = 1 + static_cast<int>(4 * stream.uniform());
    const int count = 2 + static_cast<int>(12 * stream.uniform());
    const int classes = 1 + static_cast<int>(4 * stream.uniform());
    Labelled out;
    out.classes.resize(static_cast<std::size_t>(classes));
    std::vector<std::vector<double>> values;
    std::vector<double> weights;
    Value::List labels;
    for (int i = 0; i < count; ++i) {
        std::vector<double> x;
        for (int j = 0; j < dim; ++j) x.push_back(2.0 * stream.normal());
        values.push_back(x);
        weights.push_back(std::exp(3.0 * stream.normal()));
        // The first ones name every class, so that class c is number c.
        const int label = i < classes ? i : static_cast<int>(classes * stream.uniform());
        labels.emplace_back(label);
        out.components.push_back(test::blob(x, 0.0, weights.back()));
        out.classes[static_cast<std::size_t>(label)].push_back(out.components.back());
    }
    if (count < classes) return random_points(seed + 1000);
    out.table = {{"values", test::rows(values)}, {"weights", test::list(weights)}, {"labels", Value(labels)}};
    return out;
}

double weight_of(const std::vector<witness::Component>& components) {
    double out = 0.0;
    for (const auto& component : components) out += component.weight;
    return out;
}

/// ln p(c | x) by Bayes' rule from densities of 50 digits, and how far rounding of x and of these may move it.
struct Witnessed {
    std::vector<double> log_probability;
    double allowed = 0.0;
};

Witnessed class_probabilities(const Labelled& law, const Eigen::VectorXd& x, double sigma) {
    const double total = witness::posterior(law.components, x, sigma).log_density;
    Witnessed out{{}, eps * (8.0 + std::abs(total))};
    for (const auto& members : law.classes) {
        const double own = witness::posterior(members, x, sigma).log_density;
        out.log_probability.push_back(std::log(weight_of(members) / weight_of(law.components)) + own - total);
        out.allowed = std::max(out.allowed, 8.0 * eps * std::abs(own));
    }
    return out;
}

/// -sum p ln p, the class nearest to certain by its complement.
double entropy_of(const std::vector<double>& log_probability) {
    const auto top = std::max_element(log_probability.begin(), log_probability.end());
    double rest = 0.0;
    double sum = 0.0;
    for (auto l = log_probability.begin(); l != log_probability.end(); ++l) {
        if (l == top) continue;
        rest += std::exp(*l);
        sum -= std::exp(*l) * *l;
    }
    return sum - (1.0 - rest) * std::log1p(-rest);
}

TEST(ClassPosterior, AgreesWithTheWitness) {
    double worst = 0.0;
    double worst_entropy = 0.0;
    for (std::int64_t trial = 0; trial < 100; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        const Labelled law = random_points(trial);
        const auto distribution = law.make();
        const Denoiser& denoiser = distribution->posterior();
        const auto classes = static_cast<int>(law.classes.size());
        ASSERT_EQ(distribution->labels()->class_count(), classes);
        ASSERT_EQ(denoiser.class_count(), classes);
        const auto workspace = denoiser.workspace();
        Stream stream(6, 9, trial, Purpose::test);
        for (const double sigma : test::log_grid(0.1, 100.0, 7)) {
            Tile x(distribution->dim(), kTileWidth);
            for (auto& number : x.reshaped()) number = (2.0 + sigma) * stream.normal();
            Tile probabilities(classes, kTileWidth);
            denoiser.class_probabilities(x, Row::Constant(sigma), *workspace, probabilities);
            const PosteriorTile tile = test::evaluate(*distribution, x, Row::Constant(sigma), kClasses);
            for (int c = 0; c < 4; ++c) {
                const Witnessed truth = class_probabilities(law, x.col(c), sigma);
                double sum = 0.0;
                for (int k = 0; k < classes; ++k) {
                    const double expected = std::exp(truth.log_probability[static_cast<std::size_t>(k)]);
                    const double error = std::abs(probabilities(k, c) - expected);
                    ASSERT_LE(error, 4 * truth.allowed * expected + 1e-300);
                    worst = std::max(worst, error / (4 * truth.allowed * expected + 1e-300));
                    sum += probabilities(k, c);
                }
                ASSERT_NEAR(sum, 1.0, classes * eps);
                const double expected = entropy_of(truth.log_probability);
                // A probability p moves its term -p ln p by (1 + |ln p|) times what moves p: twice the entropy's terms.
                const double allowed = 16 * truth.allowed * (expected + (expected > 0.1 ? 1.0 : 0.0)) + 1e-300;
                ASSERT_LE(std::abs(tile.class_entropy[c] - expected), allowed) << expected;
                worst_entropy = std::max(worst_entropy, std::abs(tile.class_entropy[c] - expected) / allowed);
            }
        }
    }
    testing_support::claim("class-probabilities", worst);
    testing_support::claim("class-entropy", worst_entropy);
}

// Classes group points: their entropy is no greater, equal when every point is a class, zero when there is one class.
TEST(ClassPosterior, IsAGroupingOfTheWeights) {
    const auto points = test::rows({{0, 0}, {1, 0}, {0, 2}, {3, 1}, {-1, 1}});
    Tile x(2, kTileWidth);
    Stream stream(8, 8, 0, Purpose::test);
    for (auto& number : x.reshaped()) number = 2.0 * stream.normal();
    const auto entropies = [&](const Value::List& labels, double sigma) {
        return test::evaluate(*test::make("points", {{"values", points}, {"labels", Value(labels)}}), x,
                              Row::Constant(sigma), kClasses);
    };
    for (const double sigma : {0.3, 1.0, 4.0}) {
        const PosteriorTile own = entropies({1, 2, 3, 4, 5}, sigma);
        const PosteriorTile two = entropies({"a", "b", "a", "a", "b"}, sigma);
        const PosteriorTile one = entropies({7, 7, 7, 7, 7}, sigma);
        EXPECT_TRUE(((own.class_entropy - own.entropy).abs() <= 8 * eps * own.entropy).all());
        EXPECT_TRUE((two.class_entropy <= two.entropy * (1.0 + 8 * eps)).all());
        EXPECT_TRUE((two.class_entropy > 0.0).all());
        EXPECT_TRUE((one.class_entropy == 0.0).all());
    }
}

TEST(ClassPosterior, TendsToThePriorAndToADecision) {
    const auto law = test::make("points", {{"values", test::rows({{-1.0}, {1.0}, {1.5}})},
                                           {"weights", test::list({3.0, 0.5, 0.5})},
                                           {"labels", Value(Value::List{"left", "right", "right"})}});
    Tile x = Tile::Constant(1, kTileWidth, 0.9);
    const auto entropy = [&](double sigma) {
        return test::evaluate(*law, x, Row::Constant(sigma), kClasses).class_entropy[0];
    };
    EXPECT_NEAR(entropy(1e9), -0.75 * std::log(0.75) - 0.25 * std::log(0.25), 1e-15);
    EXPECT_EQ(entropy(1e-9), 0.0);
    // A faint class keeps its relative accuracy: p = 3/0.5 exp(-(1.9^2 - 0.1^2)/(2 sigma^2)) / (1 + ...).
    const double sigma = 0.1;
    const double odds = 6.0 * std::exp(-0.5 * (1.9 * 1.9 - 0.1 * 0.1) / (sigma * sigma)) /
                        (1.0 + std::exp(-0.5 * (0.6 * 0.6 - 0.1 * 0.1) / (sigma * sigma)));
    EXPECT_NEAR(entropy(sigma), odds * (1.0 - std::log(odds)), 1e-12 * odds * (1.0 - std::log(odds)));
    x.setConstant(0.0);
    const auto even =
        test::make("points", {{"values", test::rows({{-1.0}, {1.0}})}, {"labels", Value(Value::List{0, 1})}});
    for (const double tie : {1e-100, 1e-3, 1.0, 1e100}) {
        EXPECT_NEAR(test::evaluate(*even, x, Row::Constant(tie), kClasses).class_entropy[0], std::log(2.0), 2 * eps);
    }
}

TEST(ClassPosterior, OfAColumnDependsOnThatColumnAlone) {
    const Labelled labelled = random_points(3);
    const auto law = labelled.make();
    const int classes = law->labels()->class_count();
    const auto workspace = law->posterior().workspace();
    Tile x(law->dim(), kTileWidth);
    Row sigma;
    Stream stream(7, 7, 0, Purpose::test);
    for (auto& number : x.reshaped()) number = 3.0 * stream.normal();
    for (auto& number : sigma) number = std::exp(2.0 * stream.normal() - 1.0);
    Tile expected(classes, kTileWidth);
    law->posterior().class_probabilities(x, sigma, *workspace, expected);
    const PosteriorTile all = test::evaluate(*law, x, sigma, {true, true, true, true, true});
    const PosteriorTile bare = test::evaluate(*law, x, sigma, {.class_entropy = true});
    const PosteriorTile others = test::evaluate(*law, x, sigma, {true, true, true, true, false});
    EXPECT_TRUE((all.class_entropy == bare.class_entropy).all());
    EXPECT_TRUE((all.entropy == others.entropy).all() && (all.log_density == others.log_density).all());
    EXPECT_TRUE((others.class_entropy == 0.0).all());
    for (int shift = 1; shift < kTileWidth; ++shift) {
        Tile moved = Tile::Constant(law->dim(), kTileWidth, std::numeric_limits<double>::quiet_NaN());
        Row moved_sigma = Row::Constant(1.0);
        for (int c = 0; c < kTileWidth; c += 3) {
            moved.col((c + shift) % kTileWidth) = x.col(c);
            moved_sigma[(c + shift) % kTileWidth] = sigma[c];
        }
        Tile seen(classes, kTileWidth);
        law->posterior().class_probabilities(moved, moved_sigma, *workspace, seen);
        const PosteriorTile tile = test::evaluate(*law, moved, moved_sigma, {.class_entropy = true});
        for (int c = 0; c < kTileWidth; c += 3) {
            EXPECT_EQ(seen.col((c + shift) % kTileWidth), expected.col(c));
            EXPECT_EQ(tile.class_entropy[(c + shift) % kTileWidth], all.class_entropy[c]);
        }
        EXPECT_TRUE(std::isnan(tile.class_entropy[(1 + shift) % kTileWidth]));
    }
}

TEST(ClassPosterior, IsNotKnownWithoutLabels) {
    const auto law = test::make("points", {{"values", test::rows({{0.0}, {1.0}})}});
    EXPECT_EQ(law->labels(), nullptr);
    EXPECT_EQ(law->posterior().class_count(), 0);
    EXPECT_FALSE(law->posterior().capabilities().class_entropy);
    Tile out(1, kTileWidth);
    const auto workspace = law->posterior().workspace();
    EXPECT_THROW(law->posterior().class_probabilities(Tile::Zero(1, kTileWidth), Row::Ones(), *workspace, out),
                 std::logic_error);
}

}  // namespace
}  // namespace sigmaflow
