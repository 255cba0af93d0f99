// Dm v = C v / sigma^2 of every law against its covariance, which has witnesses of its own.
#include <gtest/gtest.h>

#include <cmath>

#include "distribution/laws.hpp"
#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/isometric_image.hpp"
#include "sigmaflow/distribution/product.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr int kDirections = 3;
constexpr Needs kAll{.log_density = true, .trace = true, .covariance = true};

struct Place {
    Tile x, directions;
    Row sigma;
};

/// Draws of p_sigma at 32 noise levels from 1e-3 to 1e3 and random directions.
Place random_place(const Distribution& law) {
    Place out;
    law.sample({1, 1}, {0, kTileWidth}, out.x);
    out.directions.resize(kDirections * law.dim(), kTileWidth);
    Stream stream(9, 9, 3, Purpose::test);
    for (int c = 0; c < kTileWidth; ++c) {
        out.sigma[c] = std::pow(10.0, -3.0 + 6.0 * c / (kTileWidth - 1));
        for (int i = 0; i < law.dim(); ++i) out.x(i, c) += out.sigma[c] * stream.normal();
        for (Eigen::Index i = 0; i < out.directions.rows(); ++i) out.directions(i, c) = stream.normal();
    }
    return out;
}

struct Found {
    explicit Found(int dim) : posterior(dim, kAll), derivatives(kDirections * dim, kTileWidth) {}
    PosteriorTile posterior;
    Tile derivatives;
};

Found derivatives_of(const Distribution& law, const Place& at) {
    Found out(law.dim());
    auto workspace = law.posterior().workspace();
    law.posterior().mean_derivatives(at.x, at.sigma, {.log_density = true}, at.directions, *workspace, out.posterior,
                                     out.derivatives);
    return out;
}

/// In units of |C| |v| / sigma^2.
double worst_difference(const Distribution& law) {
    const Place at = random_place(law);
    const Found found = derivatives_of(law, at);
    const PosteriorTile expected = test::evaluate(law, at.x, at.sigma, kAll);
    EXPECT_EQ(found.posterior.mean, expected.mean);
    EXPECT_TRUE((found.posterior.log_density == expected.log_density).all());
    const int d = law.dim();
    double worst = 0.0;
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::MatrixXd slope = expected.covariance[static_cast<std::size_t>(c)] / (at.sigma[c] * at.sigma[c]);
        for (int n = 0; n < kDirections; ++n) {
            const Eigen::VectorXd v = at.directions.col(c).segment(n * d, d);
            const double size = slope.norm() * v.norm() + 1e-300;
            worst = std::max(worst, (found.derivatives.col(c).segment(n * d, d) - slope * v).norm() / size);
        }
    }
    return worst;
}

TEST(MeanDerivatives, AreThoseOfTheCovarianceForEveryLaw) {
    double worst = 0.0;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        SCOPED_TRACE(kind + ", " + law.label);
        const double difference = worst_difference(*law.make(kind));
        EXPECT_LE(difference, 1e-13);  // sums of up to 8 components and 6 coordinates
        worst = std::max(worst, difference);
    });
    testing_support::claim("mean-derivatives", worst);
}

// The general image: the rules of mixtures map their parts instead.
TEST(MeanDerivatives, OfATurnedProductAreThoseOfItsCovariance) {
    auto square = test::make("ring", {{"count", Value(4)}, {"width", Value(0.3)}});
    auto pair = test::make("two_deltas", {{"width", Value(0.2)}});
    Laws factors;
    factors.push_back(std::move(square));
    factors.push_back(std::move(pair));
    Isometry map{1.7, Eigen::MatrixXd(4, 3), Eigen::Vector3d(0.1, -0.2, 0.3), Eigen::Vector4d(1, 2, 3, 4)};
    map.basis << 0.6, 0.0, 0.8, 0.8, 0.0, -0.6, 0.0, 0.6, 0.0, 0.0, 0.8, 0.0;
    const IsometricImage image(std::make_shared<Product>(std::move(factors)), map);
    EXPECT_LE(worst_difference(image), 1e-13);
}

// Column c moved to column 0 of another tile, among other neighbours.
TEST(MeanDerivatives, DoNotDependOnNeighbours) {
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        SCOPED_TRACE(kind + ", " + law.label);
        const auto made = law.make(kind);
        const Place at = random_place(*made);
        Place alone = at;
        for (int c = 0; c < kTileWidth; ++c) {
            alone.x.col(c) = at.x.col(5);
            alone.directions.col(c) = at.directions.col(5);
            alone.sigma[c] = at.sigma[5];
        }
        EXPECT_EQ(derivatives_of(*made, at).derivatives.col(5), derivatives_of(*made, alone).derivatives.col(0));
    });
}

TEST(MeanDerivatives, CostLessThanTheCovarianceInManyDimensions) {
    for (const char* kind : {"ring", "parallel_planes", "points"}) {
        Value::Table table{{"dim", Value(64)}};
        if (std::string(kind) == "points") {
            table = {{"values", test::rows({std::vector<double>(64, 1.0), std::vector<double>(64, -1.0)})}};
        }
        const auto law = test::make(kind, table);
        const Denoiser& denoiser = law->posterior();
        const double none = denoiser.mean_derivatives_cost({}, 0, 32).flops;
        const double one = denoiser.mean_derivatives_cost({}, 1, 32).flops;
        EXPECT_LT(one, 0.5 * denoiser.cost({.trace = true, .covariance = true}, 32).flops) << kind;
        EXPECT_GT(one, none) << kind;
        EXPECT_DOUBLE_EQ(denoiser.mean_derivatives_cost({}, 3, 32).flops - none, 3.0 * (one - none)) << kind;
    }
}

// A product of mixtures in the general class, turned and scaled, against the mixture that it is.
TEST(ContractedMomentsOfComposedLaws, AreThoseOfTheMixtureWrittenOut) {
    const auto factors = [] {
        Laws out;
        out.push_back(test::make("ring", {{"count", Value(3)}, {"width", Value(0.3)}}));
        out.push_back(test::make("two_deltas", {{"width", Value(0.2)}, {"weight", Value(0.3)}}));
        return out;
    };
    Isometry map{0.6, Eigen::MatrixXd(4, 3), Eigen::Vector3d(0.1, -0.2, 0.3), Eigen::Vector4d(1, 2, 3, 4)};
    map.basis << 0.6, 0.0, 0.8, 0.8, 0.0, -0.6, 0.0, 0.6, 0.0, 0.0, 0.8, 0.0;
    const auto product = std::make_shared<Product>(factors());
    const IsometricImage image(product, map);
    const auto flat = distribution_of(*product->mixture(100))->mapped({map.scale * map.basis, map.origin, map.shift});
    const Place at = random_place(image);
    ContractedMoments found(4), expected(4);
    ASSERT_TRUE(image.posterior().has_contracted_moments());
    auto workspace = image.posterior().workspace();
    auto other = flat->posterior().workspace();
    image.posterior().contracted_moments(at.x, at.sigma, *workspace, found);
    flat->posterior().contracted_moments(at.x, at.sigma, *other, expected);
    for (int c = 8; c < kTileWidth; ++c) {  // below sigma = 0.03 rounding of x - mu shows, differently on both sides
        const double size = 1e-11 * (1.0 + at.sigma[c] * at.sigma[c]);
        for (int i = 0; i < 4; ++i) {
            EXPECT_NEAR(found.nu_g(i, c), expected.nu_g(i, c), size);
            EXPECT_NEAR(found.nu_gg(i, c), expected.nu_gg(i, c), size * (1.0 + at.sigma[c] * at.sigma[c]));
        }
        EXPECT_NEAR(found.square_g[c], expected.square_g[c], size);
        EXPECT_NEAR(found.square_gg[c], expected.square_gg[c], size * (1.0 + at.sigma[c] * at.sigma[c]));
    }
    EXPECT_FALSE(
        IsometricImage(test::make("ellipsoid_shell", {{"dim", Value(3)}}), map).posterior().has_contracted_moments());
}

}  // namespace
}  // namespace sigmaflow
