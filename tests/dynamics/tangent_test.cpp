// The tangent flow: closed forms, differences of the flow map, the likelihood's determinant, round trips, orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "sigmaflow/dynamics/tangent_observables.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::make_model;
using testing_support::regression_slope;
using testing_support::run_block;

// Every solver of the flow that steps all rows of a state.
const std::vector<const char*> kSteppers = {"euler",  "heun", "midpoint", "dpm2",     "rk4",      "ab2",
                                            "ab3",    "ab4",  "dpmpp_2s", "dpmpp_2m", "dpmpp_3m", "dpmpp_3m_corrected",
                                            "dopri5", "tsit5"};

Value::Table plane_mixture() {
    return {{"weights", Value::List{0.3, 0.5, 0.2}},
            {"means", Value::List{Value::List{-1.2, 0.3}, Value::List{0.6, 0.9}, Value::List{0.5, -1.1}}},
            {"covariances", Value::List{Value::List{Value::List{0.4, 0.1}, Value::List{0.1, 0.2}},
                                        Value::List{Value::List{0.2, -0.1}, Value::List{-0.1, 0.3}},
                                        Value::List{Value::List{0.5, 0.0}, Value::List{0.0, 0.2}}}}};
}

PointModel plane_model(const char* solver, int steps, const std::vector<std::string>& quantities,
                       const Value::Table& choices = {}, const char* direction = "down") {
    return make_model(
        "gaussian_mixture", plane_mixture(), "edm",
        {{"steps", steps + 1}, {"grid", "log"}, {"sigma_min", 0.1}, {"sigma_max", 5.0}, {"direction", direction}},
        solver, quantities, choices);
}

/// A covariance with eigenvalues 4, 1, 0 and no axis of space among its axes.
Value::Table turned_gaussian(std::vector<double> eigenvalues) {
    const double c = 0.6, s = 0.8;
    Eigen::Matrix3d turn;
    turn << c, -s * c, s * s, s, c * c, -c * s, 0.0, s, c;
    const Eigen::Matrix3d covariance =
        turn * Eigen::Map<Eigen::Vector3d>(eigenvalues.data()).asDiagonal() * turn.transpose();
    Value::List rows;
    for (int i = 0; i < 3; ++i) {
        rows.emplace_back(Value::List{covariance(i, 0), covariance(i, 1), covariance(i, 2)});
    }
    return {{"covariance", rows}};
}

TEST(Tangents, OfAGaussianFollowTheClosedForm) {
    const std::vector<double> variances = {4.0, 1.0, 0.01};
    const PointModel model = make_model("gaussian", turned_gaussian(variances), "edm", {{"steps", 12}}, "exact",
                                        {"singular_values", "lyapunov", "conditioning"});
    ASSERT_EQ(model.mismatch(), "");
    const BlockBuffer block = run_block(model, 40);
    double worst = 0.0;
    for (int level = 0; level < 12; ++level) {
        const double sigma = model.grid[static_cast<std::size_t>(level)];
        const double time = std::log(sigma / 80.0);
        for (std::size_t p = 0; p < 40; ++p) {
            for (int i = 0; i < 3; ++i) {
                const double v = variances[static_cast<std::size_t>(i)];
                const double log_factor = 0.5 * std::log((sigma * sigma + v) / (6400.0 + v));
                const double s = block.values(0, level, i)[p];
                worst = std::max(worst, std::abs(std::log(s) - log_factor));
                // Wide directions part more: their exponents come first, as their singular values do.
                const double expected = level == 0 ? 1.0 - v / (v + 6400.0) : log_factor / time;
                worst = std::max(worst, std::abs(block.values(1, level, i)[p] - expected));
            }
            const double ratio = block.values(0, level, 0)[p] / block.values(0, level, 2)[p];
            EXPECT_NEAR(block.values(2, level, 0)[p], ratio, 1e-12 * ratio);
        }
    }
    claim("gaussian-exponents", worst);
    EXPECT_LE(worst, 1e-13);  // of logarithms up to 13, after 11 steps
}

// Euler's factor per direction is a product of numbers in (0, 1): singular values 1e-3 and 1e-12 in the same map.
TEST(Tangents, KeepSmallSingularValues) {
    const std::vector<double> variances = {1.0, 1e-10, 0.0};
    const PointModel model = make_model("gaussian", turned_gaussian(variances), "edm",
                                        {{"steps", 60}, {"grid", "log"}, {"sigma_min", 1e-9}, {"sigma_max", 1e3}},
                                        "euler", {"singular_values"});
    const BlockBuffer block = run_block(model, 32);
    for (int i = 0; i < 3; ++i) {
        const double v = variances[static_cast<std::size_t>(i)];
        long double expected = 1.0L;
        for (std::size_t n = 1; n < model.grid.size(); ++n) {
            const long double from = model.grid[n - 1];
            expected *= 1.0L + (model.grid[n] - from) / from * (from * from / (from * from + v));
        }
        for (std::size_t p = 0; p < 32; ++p) {
            // eps/1e-10 is what the covariance itself loses of its small eigenvalues.
            EXPECT_NEAR(block.values(0, 59, i)[p] / static_cast<double>(expected), 1.0, i == 1 ? 1e-5 : 1e-11) << i;
        }
    }
}

/// Derivative of the solver's own map from start to end by central differences, d x count, for column c of `start`.
std::vector<Eigen::MatrixXd> differences(const PointModel& model, const Tile& start, int count) {
    const int d = model.dim();
    std::vector<Eigen::MatrixXd> out(kTileWidth, Eigen::MatrixXd(d, count));
    constexpr double h = 1e-4;
    for (int j = 0; j < count; ++j) {
        const auto ends = [&](double step) {
            Tile moved = start;
            moved.row(j).array() += step;
            BlockBuffer block(model.fields(), static_cast<int>(model.levels.sigma.size()), kTileWidth);
            TrajectoryRunner(model).run_from(moved, kTileWidth, block);
            Tile x(d, kTileWidth);
            for (int i = 0; i < d; ++i) {
                for (int c = 0; c < kTileWidth; ++c) {
                    x(i, c) = block.values(0, block.levels() - 1, i)[static_cast<std::size_t>(c)];
                }
            }
            return x;
        };
        // Fourth order: with h = 1e-4 the rest is rounding, 1e-12.
        const Tile slope = (8.0 * (ends(h) - ends(-h)) - (ends(2 * h) - ends(-2 * h))) / (12.0 * h);
        for (int c = 0; c < kTileWidth; ++c) out[static_cast<std::size_t>(c)].col(j) = slope.col(c);
    }
    return out;
}

Tile fan() {
    Tile out(2, kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) out.col(c) << 5.0 * std::cos(0.7 * c), 4.0 * std::sin(0.9 * c + 1.0);
    return out;
}

BlockBuffer run_fan(const PointModel& model) {
    BlockBuffer block(model.fields(), static_cast<int>(model.levels.sigma.size()), kTileWidth);
    TrajectoryRunner(model).run_from(fan(), kTileWidth, block);
    return block;
}

// A solver's tangents are the derivative of the solver's own map, whatever its error: multistep methods too, whose
// memory is turned with the frame.
TEST(Tangents, AreTheDerivativeOfTheSolversMap) {
    double worst = 0.0;
    for (const char* solver : kSteppers) {
        const bool adaptive = std::string(solver) == "dopri5" || std::string(solver) == "tsit5";
        const Value::Table tight = {{"rtol", 1e-12}, {"atol", 1e-12}};
        const PointModel model =
            plane_model(solver, 12, {"positions", "singular_values"}, adaptive ? tight : Value::Table{});
        const BlockBuffer block = run_fan(model);
        const auto expected = differences(model, fan(), 2);
        double error = 0.0;
        for (int c = 0; c < kTileWidth; ++c) {
            const Eigen::VectorXd values = singular_values(expected[static_cast<std::size_t>(c)]).values;
            for (int i = 0; i < 2; ++i) {
                const double found = block.values(1, block.levels() - 1, i)[static_cast<std::size_t>(c)];
                error = std::max(error, std::abs(found - values[i]) / values[0]);
            }
        }
        EXPECT_LE(error, 1e-9) << solver;
        worst = std::max(worst, error);
    }
    claim("tangents-of-the-map", worst);
}

// Laws of all sorts in three dimensions: derivatives of m from covariances, of composed laws, of points.
TEST(Tangents, AreTheDerivativeOfTheMapForEverySortOfLaw) {
    const Value ellipse(Value::Table{{"kind", "ellipsoid_shell"}, {"axes", Value::List{1.0, 0.5}}});
    const Value line(Value::Table{{"kind", "two_deltas"}, {"width", 0.2}});
    const Value blob(Value::Table{{"kind", "gaussian"}, {"dim", 3}});
    const Value sphere(Value::Table{{"kind", "ellipsoid_shell"}, {"dim", 3}, {"radius", 2.0}});
    const std::vector<std::pair<const char*, Value::Table>> laws = {
        {"ellipsoid_shell", {{"axes", Value::List{2.0, 1.0, 0.5}}}},
        {"ellipsoid_shell", {{"axes", Value::List{1.5, 1.0}}, {"dim", 3}, {"measure", "surface"}}},
        {"product", {{"factors", Value::List{ellipse, line}}}},
        {"mixture", {{"components", Value::List{sphere, blob}}}},
        {"points", {{"values", Value::List{Value::List{0.0, 0.0, 1.0}, Value::List{1.0, 1.0, 0.0}}}}},
        {"parallel_planes", {{"dim", 3}}}};
    Tile start(3, kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) {
        start.col(c) << 4.0 * std::cos(0.7 * c), 4.0 * std::sin(0.9 * c + 1.0), 3.0 * std::cos(1.3 * c + 2.0);
    }
    for (const auto& [kind, table] : laws) {
        const PointModel model =
            make_model(kind, table, "edm", {{"steps", 12}, {"grid", "log"}, {"sigma_min", 0.3}, {"sigma_max", 5.0}},
                       "ab3", {"positions", "singular_values"});
        ASSERT_EQ(model.mismatch(), "") << kind;
        BlockBuffer block(model.fields(), 12, kTileWidth);
        TrajectoryRunner(model).run_from(start, kTileWidth, block);
        const auto expected = differences(model, start, 3);
        for (std::size_t c = 0; c < kTileWidth; ++c) {
            const Eigen::VectorXd values = singular_values(expected[c]).values;
            // Differences are good to 1e-9 where the map bends little, and lines between basins bend it most.
            for (int i = 0; i < 3; ++i) EXPECT_NEAR(block.values(1, 11, i)[c], values[i], 1e-7 * values[0]) << kind;
        }
    }
}

TEST(Tangents, OfFewerDirectionsAreThoseOfTheFirstAxes) {
    PointModel model = plane_model("ab3", 12, {"positions"});
    model.observables.push_back(std::make_shared<MapSingularValues>(1));
    model.observables.push_back(std::make_shared<LyapunovExponents>(1));
    ASSERT_EQ(model.mismatch(), "");
    const BlockBuffer block = run_fan(model);
    const auto expected = differences(model, fan(), 1);
    const PointModel whole = plane_model("exact", 12, {"spectrum"});
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        EXPECT_NEAR(block.values(1, 12, 0)[c], expected[c].norm(), 1e-9);
    }
    // At the start: 1 and the first diagonal element of J.
    PosteriorTile posterior(2, {.trace = true, .covariance = true});
    auto workspace = model.distribution->posterior().workspace();
    model.distribution->posterior().evaluate(fan(), Row::Constant(5.0), {.trace = true, .covariance = true}, *workspace,
                                             posterior);
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        EXPECT_EQ(block.values(1, 0, 0)[c], 1.0);
        EXPECT_NEAR(block.values(2, 0, 0)[c], 1.0 - posterior.covariance[c](0, 0) / 25.0, 1e-14);
    }
}

// ln |det| from the trace and the sum of ln s are two integrals of one thing: equal to the solver's order.
TEST(Tangents, DeterminantIsThatOfTheLikelihood) {
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{
             {"euler", 1}, {"heun", 2}, {"dpmpp_2m", 2}, {"ab3", 3}, {"dpmpp_3m_corrected", 3}, {"rk4", 4}}) {
        const std::vector<int> counts = {64, 128, 256};
        std::vector<double> errors;
        for (const int n : counts) {
            const BlockBuffer block = run_fan(plane_model(solver, n, {"singular_values", "likelihood"}));
            double sum = 0.0;
            for (std::size_t c = 0; c < kTileWidth; ++c) {
                const double from_trace = block.values(1, 0, 0)[c] - block.values(1, n, 0)[c];
                const double from_map = std::log(block.values(0, n, 0)[c] * block.values(0, n, 1)[c]);
                sum += std::pow(from_trace - from_map, 2);
            }
            errors.push_back(std::sqrt(sum));
        }
        EXPECT_NEAR(regression_slope(counts, errors), -order, 0.2) << solver;
    }
    // Closed forms: to rounding, in space and on the line.
    const PointModel gaussian = make_model("gaussian", turned_gaussian({4.0, 1.0, 0.01}), "edm", {{"steps", 9}},
                                           "exact", {"singular_values", "likelihood"});
    const PointModel line =
        make_model("two_deltas", {{"width", 0.1}}, "edm", {{"steps", 9}}, "exact", {"singular_values", "likelihood"});
    for (const PointModel* model : {&gaussian, &line}) {
        const BlockBuffer block = run_block(*model, 64);
        for (std::size_t p = 0; p < 64; ++p) {
            double sum = 0.0;
            for (int i = 0; i < model->dim(); ++i) sum += std::log(block.values(0, 8, i)[p]);
            EXPECT_NEAR(sum, block.values(1, 0, 0)[p] - block.values(1, 8, 0)[p], 1e-12);
        }
    }
}

// ln s against dopri5 at 1e-12.
TEST(Tangents, HaveTheSolversOrder) {
    const PointModel tight = plane_model("dopri5", 10, {"singular_values"}, {{"rtol", 1e-12}, {"atol", 1e-12}});
    const BlockBuffer exact = run_fan(tight);
    double worst = 0.0;
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{{"euler", 1},
                                                                                   {"heun", 2},
                                                                                   {"midpoint", 2},
                                                                                   {"dpm2", 2},
                                                                                   {"rk4", 4},
                                                                                   {"ab2", 2},
                                                                                   {"ab3", 3},
                                                                                   {"ab4", 4},
                                                                                   {"dpmpp_2s", 2},
                                                                                   {"dpmpp_2m", 2},
                                                                                   {"dpmpp_3m", 2},
                                                                                   {"dpmpp_3m_corrected", 3}}) {
        const std::vector<int> counts = {64, 128, 256};
        std::vector<double> errors;
        for (const int n : counts) {
            const BlockBuffer block = run_fan(plane_model(solver, n, {"singular_values"}));
            double sum = 0.0;
            for (std::size_t c = 0; c < kTileWidth; ++c) {
                for (int i = 0; i < 2; ++i) {
                    sum += std::pow(std::log(block.values(0, n, i)[c] / exact.values(0, 10, i)[c]), 2);
                }
            }
            errors.push_back(std::sqrt(sum));
        }
        const double deviation = std::abs(regression_slope(counts, errors) + order);
        EXPECT_LE(deviation, 0.15) << solver;
        worst = std::max(worst, deviation);
    }
    claim("orders-of-tangents", worst);
}

// Up and down again is the identity, to the solver's error; in between the map up is there.
TEST(Tangents, OfARoundTripAreOne) {
    const PointModel trip =
        plane_model("dopri5", 10, {"singular_values", "lyapunov"}, {{"rtol", 1e-11}, {"atol", 1e-11}}, "round_trip");
    const PointModel up =
        plane_model("dopri5", 10, {"singular_values", "lyapunov"}, {{"rtol", 1e-11}, {"atol", 1e-11}}, "up");
    const BlockBuffer block = run_block(trip, 64), half = run_block(up, 64);
    for (std::size_t p = 0; p < 64; ++p) {
        for (int i = 0; i < 2; ++i) {
            EXPECT_NEAR(block.values(0, 10, i)[p], 1.0, 1e-7);
            EXPECT_NEAR(block.values(0, 0, i)[p], half.values(0, 10, i)[p], 1e-7);
            EXPECT_NEAR(block.values(1, 0, i)[p], half.values(1, 10, i)[p], 1e-7);
        }
        EXPECT_LE(block.values(1, 0, 0)[p], block.values(1, 0, 1)[p]);  // ascending on the way up too
    }
}

TEST(Tangents, InScaledCoordinatesAreThoseOfX) {
    const std::vector<int> counts = {64, 128, 256};
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{{"heun", 2}, {"ab3", 3}}) {
        std::vector<double> errors;
        for (const int n : counts) {
            const auto model = [&](const char* kind, const char* coordinates) {
                return make_model("gaussian", turned_gaussian({4.0, 1.0, 0.01}), "vp",
                                  {{"steps", n + 1},
                                   {"grid", "log"},
                                   {"sigma_min", 0.1},
                                   {"sigma_max", 5.0},
                                   {"coordinates", coordinates}},
                                  kind, {"singular_values"});
            };
            const BlockBuffer block = run_block(model(solver, "scaled"), 1);
            const BlockBuffer exact = run_block(model("exact", "canonical"), 1);
            double sum = 0.0;
            for (int i = 0; i < 3; ++i) sum += std::pow(block.values(0, n, i)[0] - exact.values(0, n, i)[0], 2);
            errors.push_back(std::sqrt(sum));
        }
        EXPECT_NEAR(regression_slope(counts, errors), -order, 0.15) << solver;
    }
}

// What is followed beside x changes no bit of x, nor of the steps of an adaptive solver; and a particle's numbers do
// not depend on the batch.
TEST(Tangents, ChangeNothingElse) {
    for (const char* solver : kSteppers) {
        const PointModel plain = plane_model(solver, 10, {"positions", "evaluations"});
        const PointModel followed = plane_model(solver, 10, {"positions", "evaluations", "lyapunov"});
        const BlockBuffer a = run_block(plain, 45), b = run_block(followed, 45);
        BlockBuffer alone(followed.fields(), 11, 1);
        TrajectoryRunner(followed).run({37, 1}, 0, alone);
        for (int level = 0; level < 11; ++level) {
            for (int i = 0; i < 2; ++i) {
                for (std::size_t p = 0; p < 45; ++p) {
                    EXPECT_EQ(a.values(0, level, i)[p], b.values(0, level, i)[p]) << solver;
                    EXPECT_EQ(a.values(1, level, 0)[p], b.values(1, level, 0)[p]) << solver;
                }
                EXPECT_EQ(alone.values(2, level, i)[0], b.values(2, level, i)[37]) << solver;
            }
        }
    }
}

TEST(Tangents, NameWhatDoesNotFit) {
    const auto mismatch = [](const char* solver, std::vector<std::shared_ptr<const Observable>> observables) {
        PointModel model = make_model("ring", {{"count", 3}}, "edm", {{"steps", 4}}, solver, {});
        model.observables = std::move(observables);
        return model.mismatch();
    };
    const auto all = std::make_shared<MapSingularValues>(kEveryDirection);
    EXPECT_EQ(mismatch("heun", {all, std::make_shared<Conditioning>(2)}), "");  // d = 2
    EXPECT_NE(mismatch("heun", {all, std::make_shared<Conditioning>(1)}).find("equal k"), std::string::npos);
    EXPECT_NE(mismatch("heun", {std::make_shared<Conditioning>(3)}).find("greater than the dimension"),
              std::string::npos);
    EXPECT_NE(mismatch("taylor2", {all}).find("another solver"), std::string::npos);
    EXPECT_NE(mismatch("marginal", {all}).find("follows the flow"), std::string::npos);
    EXPECT_NE(mismatch("exact", {all}), "");  // no closed form for this law
    PointModel large = make_model("gaussian", {{"dim", 400}}, "edm", {{"steps", 4}}, "heun", {"conditioning"});
    EXPECT_NE(large.mismatch().find("65536"), std::string::npos);
}

TEST(Tangents, CostIsInThePlan) {
    const auto bytes = [](const std::vector<std::string>& quantities) {
        return make_model("ring", {{"dim", 16}}, "edm", {{"steps", 20}}, "ab4", quantities).state_bytes();
    };
    const double tile = 16.0 * kTileWidth * sizeof(double);
    EXPECT_EQ(bytes({}), 9.0 * tile);                                        // 3 stages, 4 slopes, state, x
    EXPECT_EQ(bytes({"singular_values"}), 9.0 * 17.0 * tile + 32.0 * tile);  // and 16 tangents with directions
    EXPECT_GT(bytes({"error_budget"}), 12.0 * 17.0 * tile);
    const auto flops = [](const std::vector<std::string>& quantities) {
        return make_model("ring", {{"dim", 16}}, "edm", {{"steps", 20}}, "ab4", quantities).cost(kTileWidth).flops;
    };
    const double none = flops({});
    EXPECT_GT(flops({"singular_values"}), 10.0 * none);
    EXPECT_GT(flops({"likelihood_hutchinson"}), 1.5 * none);
}

}  // namespace
}  // namespace sigmaflow
