// Laws made of laws: the general classes against Gaussian mixtures written out, and against naive sums over shells.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "distribution/laws.hpp"
#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/ellipsoid_shell.hpp"
#include "sigmaflow/distribution/isometric_image.hpp"
#include "sigmaflow/distribution/mixture_of.hpp"
#include "sigmaflow/distribution/product.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

MixtureLaw random_law(Stream& stream, int dim, int count) {
    MixtureLaw law{Eigen::VectorXd(count), {}};
    for (int k = 0; k < count; ++k) {
        Eigen::MatrixXd factor(dim, dim);
        Eigen::VectorXd mean(dim);
        for (auto& number : factor.reshaped()) number = 0.6 * stream.normal();
        if (k == 0) factor.col(0).setZero();  // a singular one
        for (auto& number : mean) number = 1.5 * stream.normal();
        law.weights[k] = std::exp(stream.normal());
        law.components.push_back(component_of(mean, symmetric_eigenpairs(factor * factor.transpose())));
        auto& variances = law.components.back().variances;
        variances = (variances.array() > 1e-12).select(variances, 0.0);
    }
    return law;
}

Tile scattered(const Distribution& law, double sigma, std::int64_t seed) {
    Tile x;
    law.sample({1, 1}, {0, kTileWidth}, x);
    Stream stream(9, 9, seed, Purpose::test);
    for (int c = 0; c < kTileWidth; ++c) {
        for (int i = 0; i < law.dim(); ++i) x(i, c) += sigma * stream.normal();
    }
    return x;
}

/// Largest difference in units of what is compared: m of the size of the law, C of its own norm, ln p absolute.
double difference(const Distribution& a, const Distribution& b, double sigma) {
    const Tile x = scattered(a, sigma, 3);
    const PosteriorTile p = test::evaluate(a, x, Row::Constant(sigma));
    const PosteriorTile q = test::evaluate(b, x, Row::Constant(sigma));
    double worst = ((p.log_density - q.log_density) / (1.0 + q.log_density.abs())).abs().maxCoeff();
    worst = std::max(worst, (p.mean - q.mean).cwiseAbs().maxCoeff() / test::size_of(b));
    worst = std::max(worst, (p.entropy - q.entropy).abs().maxCoeff());
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        const double size = q.covariance[c].norm() + 1e-300;
        worst = std::max(worst, (p.covariance[c] - q.covariance[c]).norm() / size);
        worst = std::max(worst, std::abs(p.trace[static_cast<Eigen::Index>(c)] - q.covariance[c].trace()) / size);
    }
    return worst;
}

// Rounding of |x - mu|^2 / 2 sigma^2, which both sides suffer in their own way: 1e4 eps at the smallest sigma.
constexpr double kAgreement = 1e-11;
constexpr double kSigmas[] = {0.05, 0.4, 1.0, 8.0, 100.0};

TEST(MixtureOfLaws, AgreesWithTheMixtureWrittenOut) {
    Stream stream(4, 4, 0, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 20; ++trial) {
        const MixtureLaw first = random_law(stream, 3, 2);
        const MixtureLaw second = random_law(stream, 3, 3);
        const MixtureOf nested({std::make_shared<GaussianMixture>(first), std::make_shared<GaussianMixture>(second)},
                               Eigen::Vector2d(1.0, 2.5));
        const auto flat = nested.mixture(5);
        ASSERT_TRUE(flat.has_value());
        ASSERT_EQ(flat->components.size(), 5U);
        const GaussianMixture written(*flat);
        for (const double sigma : kSigmas) worst = std::max(worst, difference(nested, written, sigma));
        EXPECT_LT((nested.moments().covariance - written.moments().covariance).norm(), 1e-13);
    }
    EXPECT_LT(worst, kAgreement);
    EXPECT_FALSE(MixtureOf({std::make_shared<GaussianMixture>(random_law(stream, 2, 3))}, Eigen::VectorXd::Ones(1))
                     .mixture(2)
                     .has_value());
}

TEST(ProductOfLaws, AgreesWithTheMixtureWrittenOut) {
    Stream stream(4, 4, 1, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 20; ++trial) {
        const Product product({std::make_shared<GaussianMixture>(random_law(stream, 2, 2)),
                               std::make_shared<GaussianMixture>(random_law(stream, 1, 2)),
                               std::make_shared<GaussianMixture>(random_law(stream, 3, 1))});
        const GaussianMixture written(product.mixture(4).value());
        for (const double sigma : kSigmas) worst = std::max(worst, difference(product, written, sigma));
        EXPECT_FALSE(product.mixture(3).has_value());
    }
    EXPECT_LT(worst, kAgreement);
}

/// A random d x k matrix with orthonormal columns, times `scale`.
Eigen::MatrixXd random_isometry(Stream& stream, int rows, int columns, double scale) {
    Eigen::MatrixXd normals(rows, columns);
    for (auto& number : normals.reshaped()) number = stream.normal();
    const SingularValues parts = singular_values(normals);
    return scale * parts.left * parts.right.transpose();
}

TEST(IsometricImage, AgreesWithTheMappedMixture) {
    Stream stream(4, 4, 2, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 20; ++trial) {
        const auto law = std::make_shared<GaussianMixture>(random_law(stream, 2, 3));
        const AffineMap map{random_isometry(stream, 4, 2, 0.3), Eigen::Vector2d(0.5, -1.0),
                            Eigen::Vector4d(1.0, 0.0, -2.0, 0.25)};
        const IsometricImage image(law, isometry_of(map).value());
        const auto mapped = law->mapped(map);
        for (const double sigma : kSigmas) worst = std::max(worst, difference(image, *mapped, sigma));
        EXPECT_LT((image.moments().mean - mapped->moments().mean).norm(), 1e-13);
        EXPECT_LT((image.moments().covariance - mapped->moments().covariance).norm(), 1e-13);

        const IsometricImage scaled(law, isometry_of(scaling(Eigen::Vector2d(0.5, -1.0), 3.0)).value());
        const auto expected = law->mapped(scaling(Eigen::Vector2d(0.5, -1.0), 3.0));
        for (const double sigma : kSigmas) worst = std::max(worst, difference(scaled, *expected, sigma));
    }
    EXPECT_LT(worst, kAgreement);
    EXPECT_FALSE(
        isometry_of({Eigen::Vector2d(1.0, 1.001).asDiagonal(), Eigen::Vector2d::Zero(), Eigen::Vector2d::Zero()})
            .has_value());
}

/// x0 = L (cos t, sin t) + b, naive sums over the angle in long double: the trapezoidal rule converges exponentially.
struct CirclePosterior {
    long double log_density = 0.0L;
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
};

CirclePosterior circle_posterior(const Eigen::MatrixXd& linear, const Eigen::VectorXd& shift, const Eigen::VectorXd& x,
                                 double sigma) {
    constexpr int count = 20000;
    using Vector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
    const auto d = static_cast<int>(shift.size());
    std::vector<Vector> points;
    std::vector<long double> logs;
    long double largest = -1e4000L;
    for (int i = 0; i < count; ++i) {
        const long double angle = 2.0L * std::numbers::pi_v<long double> * i / count;
        Eigen::Matrix<long double, 2, 1> u(std::cos(angle), std::sin(angle));
        points.push_back(linear.cast<long double>() * u + shift.cast<long double>());
        logs.push_back(-(x.cast<long double>() - points.back()).squaredNorm() / (2.0L * sigma * sigma));
        largest = std::max(largest, logs.back());
    }
    long double sum = 0.0L;
    Vector mean = Vector::Zero(d);
    for (int i = 0; i < count; ++i) {
        const auto k = static_cast<std::size_t>(i);
        logs[k] = std::exp(logs[k] - largest);
        sum += logs[k];
        mean += logs[k] * points[k];
    }
    mean /= sum;
    Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> covariance =
        Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>::Zero(d, d);
    for (std::size_t k = 0; k < points.size(); ++k) {
        covariance += logs[k] / sum * (points[k] - mean) * (points[k] - mean).transpose();
    }
    const long double normaliser = d * std::log(std::sqrt(2.0L * std::numbers::pi_v<long double>) * sigma);
    return {largest + std::log(sum / count) - normaliser, mean.cast<double>(), covariance.cast<double>()};
}

// Any linear image of a circle in 2 to 4 dimensions, and mixtures of two such; sigma from 0.02 to 50 of its size.
TEST(AffineImage, OfAShellAgreesWithASumOverTheShell) {
    Stream stream(4, 4, 3, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 60; ++trial) {
        const int dim = 2 + trial % 3;
        Eigen::MatrixXd linear(dim, 2);
        Eigen::VectorXd shift(dim);
        for (auto& number : linear.reshaped()) number = stream.normal();
        for (auto& number : shift) number = stream.normal();
        const auto law = affine_image(std::make_shared<EllipsoidShell>(Eigen::Vector2d(1.0, 1.0), 2),
                                      {linear, Eigen::Vector2d::Zero(), shift});
        const double sigma = 0.02 * std::pow(2500.0, stream.uniform());
        const Tile x = scattered(*law, sigma, trial);
        const PosteriorTile tile = test::evaluate(*law, x, Row::Constant(sigma), {true, true, true, false});
        for (int c = 0; c < 4; ++c) {
            const CirclePosterior truth = circle_posterior(linear, shift, x.col(c), sigma);
            const auto log_truth = static_cast<double>(truth.log_density);
            const Eigen::MatrixXd& covariance = tile.covariance[static_cast<std::size_t>(c)];
            worst = std::max(worst, std::abs(tile.log_density[c] - log_truth) / (1.0 + std::abs(log_truth)));
            worst = std::max(worst, (tile.mean.col(c) - truth.mean).norm() / truth.mean.norm());
            worst = std::max(worst, (covariance - truth.covariance).norm() / truth.covariance.norm());
            EXPECT_NEAR(tile.trace[c], covariance.trace(), 1e-14 * covariance.trace());
        }
    }
    testing_support::claim("affine-shell", worst);
    EXPECT_LT(worst, 1e-11);  // as asked of shells
}

TEST(MixtureOfLaws, OfShellsAgreesWithSumsOverBoth) {
    Stream stream(4, 4, 4, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 30; ++trial) {
        Eigen::MatrixXd linear[2];
        Eigen::VectorXd shift[2];
        Laws components;
        for (int k = 0; k < 2; ++k) {
            linear[k].resize(3, 2);
            shift[k].resize(3);
            for (auto& number : linear[k].reshaped()) number = stream.normal();
            for (auto& number : shift[k]) number = stream.normal();
            components.push_back(affine_image(std::make_shared<EllipsoidShell>(Eigen::Vector2d(1.0, 1.0), 2),
                                              {linear[k], Eigen::Vector2d::Zero(), shift[k]}));
        }
        const Eigen::Vector2d weights(0.3, 0.7);
        const MixtureOf law(components, 5.0 * weights);
        const double sigma = 0.05 * std::pow(400.0, stream.uniform());
        const Tile x = scattered(law, sigma, trial);
        const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma), {true, true, true, false});
        for (int c = 0; c < 4; ++c) {
            const CirclePosterior a = circle_posterior(linear[0], shift[0], x.col(c), sigma);
            const CirclePosterior b = circle_posterior(linear[1], shift[1], x.col(c), sigma);
            const long double odds = std::exp(b.log_density - a.log_density) * 0.7L / 0.3L;
            const auto r = static_cast<double>(1.0L / (1.0L + odds));
            const Eigen::VectorXd mean = r * a.mean + (1.0 - r) * b.mean;
            const Eigen::MatrixXd covariance =
                r * (a.covariance + (a.mean - mean) * (a.mean - mean).transpose()) +
                (1.0 - r) * (b.covariance + (b.mean - mean) * (b.mean - mean).transpose());
            worst = std::max(worst, (tile.mean.col(c) - mean).norm() / mean.norm());
            worst =
                std::max(worst, (tile.covariance[static_cast<std::size_t>(c)] - covariance).norm() / covariance.norm());
        }
    }
    testing_support::claim("mixture-of-shells", worst);
    EXPECT_LT(worst, 1e-10);  // the odds carry the error of ln p, |x|^2 / sigma^2 eps, into m
}

TEST(ProductOfLaws, FactorisesSpectrumAndDensity) {
    const auto shell = std::make_shared<EllipsoidShell>(Eigen::Vector3d(1.0, 2.0, 0.5), 3);
    const auto cloud = std::make_shared<IsotropicCloud>(
        CloudLaw{(Eigen::MatrixXd(2, 3) << 0.0, 1.0, -1.0, 0.5, 2.0, -1.0).finished(), Eigen::Vector3d(1, 2, 3), 0.01});
    const Product product({shell, cloud});
    const Row sigma = Row::Constant(0.4);
    const Tile x = scattered(product, 0.4, 0);
    const Needs needs{true, true, true, false};
    const PosteriorTile whole = test::evaluate(product, x, sigma, needs);
    const PosteriorTile first = test::evaluate(*shell, x.topRows(3), sigma, needs);
    const PosteriorTile second = test::evaluate(*cloud, x.bottomRows(2), sigma, needs);
    EXPECT_TRUE((whole.log_density == first.log_density + second.log_density).all());
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        Eigen::VectorXd apart(5);
        apart << symmetric_eigenpairs(first.covariance[c]).values, symmetric_eigenpairs(second.covariance[c]).values;
        std::sort(apart.begin(), apart.end());
        EXPECT_LT((symmetric_eigenpairs(whole.covariance[c]).values - apart).norm(), 1e-15);
        EXPECT_EQ(whole.covariance[c].topRightCorner(3, 2).norm(), 0.0);
    }
}

// A shell by another road: the same law in scaled, turned and shifted coordinates, twice.
TEST(IsometricImage, OfAnImageIsAnImage) {
    Stream stream(4, 4, 5, Purpose::test);
    const auto shell = std::make_shared<EllipsoidShell>(Eigen::Vector3d(1.0, 2.0, 0.5), 3);
    const AffineMap first{random_isometry(stream, 4, 3, 2.0), Eigen::Vector3d(0, 1, 0), Eigen::Vector4d(1, 2, 3, 4)};
    const AffineMap second{random_isometry(stream, 4, 4, 0.25), Eigen::Vector4d(0, 1, 1, 0),
                           Eigen::Vector4d(0, 0, 1, 0)};
    const auto once = affine_image(shell, second.after(first));
    const auto twice = affine_image(affine_image(shell, first), second);
    const Tile x = scattered(*once, 0.3, 0);
    const Needs needs{true, true, true, false};
    const PosteriorTile a = test::evaluate(*once, x, Row::Constant(0.3), needs);
    const PosteriorTile b = test::evaluate(*twice, x, Row::Constant(0.3), needs);
    EXPECT_LT((a.mean - b.mean).norm(), 1e-12);
    EXPECT_LT((a.log_density - b.log_density).matrix().norm(), 1e-11);
}

// Coordinates of a cube are independent: m_i = r tanh(r x_i / sigma^2), whether its corners are written out or not.
TEST(Hypercube, FactorisesInAnyDimension) {
    for (const int dim : {3, 12, 13, 300}) {
        const auto law = test::make("hypercube", {{"dim", Value(dim)}, {"radius", Value(0.5)}});
        const Tile x = scattered(*law, 0.4, dim);
        const PosteriorTile tile = test::evaluate(*law, x, Row::Constant(0.4));
        double entropy = 0.0;
        for (int i = 0; i < dim; ++i) {
            const double expected = 0.5 * std::tanh(0.5 * x(i, 0) / 0.16);
            EXPECT_NEAR(tile.mean(i, 0), expected, 1e-13);
            EXPECT_NEAR(tile.covariance[0](i, i), 0.25 - expected * expected, 1e-13);
            const double p = 0.5 + expected;
            entropy -= p * std::log(p) + (1.0 - p) * std::log1p(-p);
        }
        EXPECT_NEAR(tile.entropy[0], entropy, 1e-11 * entropy);
        const auto white = test::make("hypercube", {{"dim", Value(dim)}, {"normalize", Value("identity")}});
        EXPECT_LT((white->moments().covariance - Eigen::MatrixXd::Identity(dim, dim)).norm(), 1e-12);
    }
}

double deviation_from_identity(const Distribution& law) {
    const Moments moments = law.moments();
    return moments.mean.norm() + (moments.covariance - Eigen::MatrixXd::Identity(law.dim(), law.dim())).norm();
}

TEST(Normalize, ReachesTheLawsInside) {
    const Value identity("identity");
    const Value ellipse = test::inner("ellipsoid_shell", {{"axes", test::list({2.0, 0.5})}});
    const Value blur = test::inner("gaussian", {{"variances", test::list({3.0, 0.1})}, {"mean", test::list({1, 1})}});
    const auto mixture =
        test::make("mixture", {{"components", test::inner_list({ellipse, blur})}, {"normalize", identity}});
    EXPECT_LT(deviation_from_identity(*mixture), 1e-12);
    const auto product =
        test::make("product", {{"factors", test::inner_list({ellipse, blur})}, {"normalize", identity}});
    EXPECT_LT(deviation_from_identity(*product), 1e-12);
    const auto affine = test::make(
        "affine", {{"of", ellipse}, {"matrix", test::rows({{1.0, 0.5}, {0.0, 2.0}})}, {"normalize", identity}});
    EXPECT_LT(deviation_from_identity(*affine), 1e-12);
    // A normalised image of a shell is round: equal rates in all tangent directions.
    const auto* image = dynamic_cast<const IsometricImage*>(affine.get());
    const auto* plain = dynamic_cast<const EllipsoidShell*>(affine.get());
    EXPECT_TRUE(image != nullptr || plain != nullptr);
    const auto kept = test::make("affine", {{"of", ellipse}, {"normalize", Value("center")}});
    EXPECT_NEAR(kept->moments().covariance(0, 0) / kept->moments().covariance(1, 1), 16.0, 1e-12);
}

TEST(AffineImage, SaysWhyThereIsNone) {
    const Value ellipse = test::inner("ellipsoid_shell", {{"axes", test::list({2.0, 0.5})}});
    const Value surface =
        test::inner("ellipsoid_shell", {{"axes", test::list({2.0, 0.5})}, {"measure", Value("surface")}});
    const Value line = test::inner("gaussian", {{"dim", Value(1)}});
    const Value cylinder = test::inner("product", {{"factors", test::inner_list({ellipse, line})}});
    const auto why = [](const Value& of, const Value& matrix) -> std::string {
        try {
            (void)test::make("affine", {{"of", of}, {"matrix", matrix}});
        } catch (const InputError& error) {
            return error.what();
        }
        return "made";
    };
    EXPECT_NE(why(ellipse, test::rows({{1.0, 1.0}})).find("flattens the shell"), std::string::npos);
    EXPECT_NE(why(ellipse, test::rows({{1.0, 1.0}, {1.0, 1.0}})).find("flattens the shell"), std::string::npos);
    EXPECT_NE(why(surface, test::rows({{1.0, 1.0}, {0.0, 1.0}})).find("surface measure"), std::string::npos);
    EXPECT_EQ(why(surface, test::rows({{0.0, 1.0}, {3.0, 0.0}})), "made");
    EXPECT_NE(why(cylinder, test::rows({{1, 0, 1}, {0, 1, 0}, {0, 0, 1}})).find("mixes the factors"),
              std::string::npos);
    EXPECT_EQ(why(cylinder, test::rows({{1, 2, 0}, {0, 1, 0}, {0, 0, 1}})), "made");
    EXPECT_NE(why(ellipse, test::rows({{1.0, 1.0, 1.0}})).find("the law has dimension 2"), std::string::npos);
}

// A product of mixtures under a map that mixes its factors becomes the mixture of all products.
TEST(ProductOfLaws, OfMixturesTakesAnyMap) {
    const Value pair = test::inner("two_deltas", {{"width", Value(0.25)}});
    const Value square = test::inner("product", {{"factors", test::inner_list({pair, pair})}});
    const auto law = test::make("affine", {{"of", square}, {"matrix", test::rows({{1.0, 1.0}, {0.0, 1.0}})}});
    const auto* mixture = dynamic_cast<const GaussianMixture*>(law.get());
    ASSERT_NE(mixture, nullptr);
    EXPECT_EQ(mixture->law().components.size(), 4U);
    const Moments moments = law->moments();
    EXPECT_NEAR(moments.covariance(0, 0), 2.0 * (1.0 + 1.0 / 16), 1e-14);
    EXPECT_NEAR(moments.covariance(0, 1), 1.0 + 1.0 / 16, 1e-14);
}

}  // namespace
}  // namespace sigmaflow
