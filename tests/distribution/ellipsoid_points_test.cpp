// Points of an ellipsoid shell: where they lie, which they are, what normalising makes of them.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "distribution/laws.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using test::list;
using test::make;

std::unique_ptr<Distribution> points_with(Value::Table table) { return make("ellipsoid_points", table); }

Eigen::MatrixXd points_of(const Distribution& law) { return dynamic_cast<const IsotropicCloud&>(law).points(); }
Eigen::MatrixXd points_of(const Value::Table& table) { return points_of(*points_with(table)); }

Value::Table shell(const std::vector<double>& axes, int count, const char* arrangement) {
    return {{"axes", list(axes)}, {"count", Value(count)}, {"arrangement", Value(arrangement)}};
}

Value::Table with(Value::Table table, const std::string& name, const Value& value) {
    table.emplace_back(name, value);
    return table;
}

// From numpy's Philox4x64 and mpmath's logarithm and cosine (40 digits): what Stream documents. Near its zeros the
// cosine inherits the rounding of the angle, 2 pi eps.
TEST(EllipsoidPoints, AtRandomAreTheSameOnEveryMachine) {
    const Value::Table table = with(with(shell({2.0, 0.5}, 4, "random"), "draw", Value(3)), "dim", Value(3));
    const Eigen::MatrixXd bare{{0.7403403912708221, 1.873157029799258, 1.0819661849178395, 1.7812805820833773},
                               {-0.464481976578005, 0.17522891130490248, 0.4205167338149529, -0.2273542785902523},
                               {0.0, 0.0, 0.0, 0.0}};
    EXPECT_LT((points_of(table) - bare).cwiseAbs().maxCoeff(), 4e-15);
    const Eigen::MatrixXd displaced{
        {0.7184735422069602, 1.9461631620407138, 1.0059507613100467, 1.6268127900157363},
        {-0.6307987200250107, 0.26908573073647885, 0.5952854633208656, -0.2535895986438016},
        {0.026768562659984806, 0.01840566362683221, 0.5252059889083389, 0.027015446205430328}};
    EXPECT_LT((points_of(with(table, "jitter", Value(0.125))) - displaced).cwiseAbs().maxCoeff(), 4e-15);
}

TEST(EllipsoidPoints, LieOnTheShell) {
    const std::vector<double> axes{3.0, 0.25, 1.0, 1.5};
    for (const char* arrangement : {"random", "even"}) {
        for (const std::size_t span : {std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
            const std::vector<double> used(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(span));
            const Eigen::MatrixXd points = points_of(with(shell(used, 50, arrangement), "dim", Value(6)));
            ASSERT_EQ(points.rows(), 6);
            ASSERT_EQ(points.cols(), 50);
            for (Eigen::Index j = 0; j < 50; ++j) {
                double square = 0.0;
                for (std::size_t i = 0; i < span; ++i) {
                    square += std::pow(points(static_cast<Eigen::Index>(i), j) / used[i], 2);
                }
                EXPECT_NEAR(square, 1.0, 1e-14);
                EXPECT_EQ(points.col(j).tail(6 - static_cast<Eigen::Index>(span)).norm(), 0.0);
            }
        }
    }
}

TEST(EllipsoidPoints, OfARoundShellTakeDimAndRadius) {
    const Eigen::MatrixXd points = points_of({{"dim", Value(5)}, {"radius", Value(2.5)}});
    EXPECT_EQ(points.cols(), 100);
    EXPECT_LT((points.colwise().norm().array() - 2.5).abs().maxCoeff(), 1e-14);
}

// Uniform u: E u_i^2 = 1/k, E u_i^4 = 3/(k(k+2)), E u_i^2 u_j^2 = 1/(k(k+2)); five standard errors.
TEST(EllipsoidPoints, AtRandomHaveTheMomentsOfTheSphere) {
    for (const int k : {2, 3, 6}) {
        constexpr int n = 40000;
        const Eigen::MatrixXd u = points_of({{"dim", Value(k)}, {"count", Value(n)}});
        const Eigen::ArrayXXd squares = u.array().square();
        const double five = 5.0 / std::sqrt(static_cast<double>(n));
        for (int i = 0; i < k; ++i) {
            EXPECT_NEAR(u.row(i).mean(), 0.0, five / std::sqrt(k));
            EXPECT_NEAR(squares.row(i).mean(), 1.0 / k, five * std::sqrt(2.0) / k);
            EXPECT_NEAR(squares.row(i).square().mean(), 3.0 / (k * (k + 2)), five * std::sqrt(96.0) / (k * k));
            for (int j = 0; j < i; ++j) {
                EXPECT_NEAR(u.row(i).dot(u.row(j)) / n, 0.0, five / k);
                EXPECT_NEAR((squares.row(i) * squares.row(j)).mean(), 1.0 / (k * (k + 2)), five * 3.0 / (k * k));
            }
        }
    }
}

TEST(EllipsoidPoints, OfALargerCountStartWithThoseOfASmallerOne) {
    const Eigen::MatrixXd many = points_of(shell({1.0, 2.0, 3.0, 4.0, 5.0}, 60, "random"));
    EXPECT_EQ(points_of(shell({1.0, 2.0, 3.0, 4.0, 5.0}, 7, "random")), many.leftCols(7));
}

TEST(EllipsoidPoints, OfAnotherDrawAreOthers) {
    const Value::Table table = shell({1.0, 2.0, 3.0}, 10, "random");
    const Eigen::MatrixXd first = points_of(table);
    EXPECT_EQ(points_of(with(table, "draw", Value(0))), first);
    for (const int draw : {1, 2, 77}) {
        const Eigen::MatrixXd other = points_of(with(table, "draw", Value(draw)));
        EXPECT_GT((other - first).colwise().norm().minCoeff(), 1e-3);
    }
    const Kind& kind = distributions().at("ellipsoid_points").kind;
    const auto identity = [&](const Value::Table& given) { return Parameters(kind, given, {}).identity(kind); };
    EXPECT_EQ(identity(with(table, "draw", Value(0))), identity(table));
    EXPECT_NE(identity(with(table, "draw", Value(1))), identity(table));
}

TEST(EllipsoidPoints, AreDisplacedInEveryDirectionByTheJitter) {
    constexpr int n = 20000;
    for (const char* arrangement : {"random", "even"}) {
        const Value::Table table = with(shell({2.0, 1.0, 1.0}, n, arrangement), "dim", Value(4));
        const Eigen::MatrixXd moved = points_of(with(table, "jitter", Value(0.25))) - points_of(table);
        const double five = 5.0 / std::sqrt(static_cast<double>(n));
        for (int i = 0; i < 4; ++i) {
            EXPECT_NEAR(moved.row(i).mean() / 0.25, 0.0, five);
            EXPECT_NEAR(moved.row(i).squaredNorm() / (n * 0.0625), 1.0, five * std::sqrt(2.0));
            for (int j = 0; j < i; ++j) EXPECT_NEAR(moved.row(i).dot(moved.row(j)) / (n * 0.0625), 0.0, five);
        }
    }
    const Value::Table table = with(shell({2.0, 1.0, 1.0}, 5, "even"), "jitter", Value(0.25));
    EXPECT_EQ(points_of(table), points_of(with(table, "draw", Value(0))));
    EXPECT_NE(points_of(table), points_of(with(table, "draw", Value(1))));
}

// Whole antipodal bases keep the law on a round shell exactly: its moments are those of the shell, whatever N is.
TEST(EllipsoidPoints, EvenlySpreadHaveTheMomentsOfTheShell) {
    for (const int k : {2, 4, 8, 64}) {
        for (const int bases : {1, 5}) {
            Value::Table table{{"dim", Value(k)}, {"count", Value(2 * k * bases)}, {"arrangement", Value("even")}};
            const Moments moments = points_with(table)->moments();
            EXPECT_LT(moments.mean.norm(), 1e-16);
            EXPECT_LT((k * moments.covariance - Eigen::MatrixXd::Identity(k, k)).norm(), 1e-13);
            const Eigen::MatrixXd white = points_of(with(table, "normalize", Value("identity")));
            EXPECT_LT((white - std::sqrt(k) * points_of(table)).cwiseAbs().maxCoeff(), 1e-13);
        }
    }
}

TEST(EllipsoidPoints, AtRandomAreNormalizedFromTheirOwnMoments) {
    const auto white = points_with(with(shell({5.0, 1.0, 0.5}, 40, "random"), "normalize", Value("identity")));
    EXPECT_LT(white->moments().mean.norm(), 1e-14);
    EXPECT_LT((white->moments().covariance - Eigen::Matrix3d::Identity()).norm(), 1e-13);
}

TEST(EllipsoidPoints, RefuseWhatTheShellRefuses) {
    const std::vector<Value::Table> wrong{{},
                                          {{"axes", list({1.0})}},
                                          {{"axes", list({1.0, 2.0})}, {"radius", Value(1.0)}},
                                          {{"axes", list({1.0, 2.0, 3.0})}, {"dim", Value(2)}},
                                          {{"dim", Value(3)}, {"count", Value(0)}},
                                          {{"dim", Value(3)}, {"arrangement", Value("regular")}},
                                          {{"dim", Value(3)}, {"draw", Value(-1)}},
                                          {{"dim", Value(3)}, {"jitter", Value(-0.5)}},
                                          {{"dim", Value(3)}, {"count", Value(1)}, {"normalize", Value("identity")}}};
    for (const auto& table : wrong) EXPECT_THROW((void)points_with(table), InputError);
}

// A denoiser of 10^5 points in 64 dimensions; the limit is generous, since the machine is shared.
TEST(EllipsoidPoints, AreBuiltFast) {
    double slowest = 0.0;
    for (const char* arrangement : {"random", "even"}) {
        const auto start = std::chrono::steady_clock::now();
        const auto law = points_with({{"dim", Value(64)},
                                      {"count", Value(100000)},
                                      {"arrangement", Value(arrangement)},
                                      {"jitter", Value(0.01)},
                                      {"normalize", Value("identity")}});
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        slowest = std::max(slowest, took.count());
        EXPECT_EQ(law->dim(), 64);
    }
    EXPECT_LT(slowest, 60.0);
    testing_support::claim("shell-points-seconds", slowest);
}

}  // namespace
}  // namespace sigmaflow
