// What all stochastic solvers have in common.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "dynamics/support.hpp"

namespace sigmaflow {
namespace {

using testing_support::make_model;
using testing_support::run_block;

const std::vector<std::string> kDown = {"euler_maruyama", "ancestral",          "sde_heun", "edm_churn",
                                        "dpmpp_sde",      "dpmpp_2m_sde",       "langevin", "annealed_langevin",
                                        "mala",           "predictor_corrector"};
const Value::Table ring = {{"count", 5}, {"width", 0.1}};

double difference(const BlockBuffer& a, const BlockBuffer& b) {
    double worst = 0.0;
    for (std::size_t field = 0; field < a.fields().size(); ++field) {
        for (int level = 0; level < a.levels(); ++level) {
            for (int i = 0; i < a.fields()[field].components; ++i) {
                const auto one = a.values(field, level, i), other = b.values(field, level, i);
                for (std::size_t p = 0; p < one.size(); ++p) worst = std::max(worst, std::abs(one[p] - other[p]));
            }
        }
    }
    return worst;
}

PointModel ring_model(const std::string& solver) {
    const bool walks = solver == "mala" || solver.ends_with("langevin");
    return make_model("ring", ring, "edm", {{"steps", 9}}, solver.c_str(), {"positions", "evaluations"},
                      walks ? Value::Table{{"steps", 5}} : Value::Table{});
}

// eta = 0 draws nothing and is the flow, to the last bit where the formula is Euler's.
TEST(Stochastic, WithoutNoiseIsTheFlow) {
    const auto x_of = [](const char* solver, const Value::Table& choices) {
        return run_block(make_model("ring", ring, "edm", {{"steps", 30}}, solver, {"positions"}, choices), 64);
    };
    const Value::Table still = {{"eta", 0.0}};
    EXPECT_EQ(difference(x_of("euler_maruyama", still), x_of("euler", {})), 0.0);
    EXPECT_EQ(difference(x_of("ancestral", still), x_of("euler", {})), 0.0);
    EXPECT_EQ(difference(x_of("edm_churn", {{"churn", 0.0}}), x_of("heun", {})), 0.0);
    // Here the same method is written in other operations; 1e-11 are 30 steps of rounding at |x| up to 300, times the
    // growth of differences where the ring branches.
    EXPECT_LE(difference(x_of("sde_heun", still), x_of("heun", {})), 1e-11);
    EXPECT_LE(difference(x_of("dpmpp_sde", still), x_of("dpmpp_2s", {})), 1e-11);
    EXPECT_LE(difference(x_of("dpmpp_2m_sde", still), x_of("dpmpp_2m", {})), 1e-11);
}

TEST(Stochastic, ParticlesDoNotDependOnTheirTile) {
    for (const auto& solver : kDown) {
        const PointModel model = ring_model(solver);
        ASSERT_EQ(model.mismatch(), "") << solver;
        const BlockBuffer together = run_block(model, 70);
        BlockBuffer apart(model.fields(), 9, 70);
        TrajectoryRunner runner(model);
        for (int p = 69; p >= 0; --p) runner.run({p, 1}, p, apart);
        EXPECT_EQ(difference(together, apart), 0.0) << solver;
    }
}

// The forecast of evaluations, which the plan costs a point by, is what happens.
TEST(Stochastic, EvaluationsAreForecast) {
    for (const auto& solver : kDown) {
        const PointModel model = ring_model(solver);
        const BlockBuffer block = run_block(model, 1);
        const double forecast = model.solver->evaluations(model.grid);
        const double first = solver == "dpmpp_2m_sde" ? 1.0 : 0.0;  // its first step is singlestep
        EXPECT_EQ(block.values(1, 8, 0)[0], forecast + first) << solver;
    }
}

// Another seed, another path; the same path for every solver: at these tiny steps all end where one SDE takes them.
TEST(Stochastic, NoiseIsKeyedByTheSeedAlone) {
    const auto x_of = [](const char* solver, std::uint64_t seed) {
        PointModel model = make_model("gaussian", {{"dim", 2}}, "edm",
                                      {{"steps", 801}, {"grid", "log"}, {"sigma_min", 0.5}, {"sigma_max", 5.0}}, solver,
                                      {"positions"});
        model.key.seed = seed;
        return run_block(model, 32);
    };
    const BlockBuffer one = x_of("euler_maruyama", 1);
    for (const char* solver : {"ancestral", "sde_heun", "dpmpp_sde", "dpmpp_2m_sde"}) {
        EXPECT_LE(difference(one, x_of(solver, 1)), 0.05) << solver;
        EXPECT_GE(difference(one, x_of(solver, 2)), 1.0) << solver;
    }
}

// More steps of the forward process pass through the same points.
TEST(Stochastic, ForwardPathsDoNotDependOnTheSteps) {
    const auto x_of = [](int steps) {
        return run_block(make_model("ring", ring, "edm", {{"steps", steps}, {"grid", "log"}, {"direction", "up"}},
                                    "forward_sde", {"positions"}),
                         64);
    };
    const BlockBuffer few = x_of(2), many = x_of(101);
    for (std::size_t p = 0; p < 64; ++p) {
        EXPECT_EQ(few.values(0, 0, 0)[p], many.values(0, 0, 0)[p]);
        EXPECT_NEAR(few.values(0, 1, 0)[p], many.values(0, 100, 0)[p], 1e-11);  // 100 sums of up to 300
    }
}

// More noise than a step holds is capped: the step forgets x - m.
TEST(Stochastic, AncestralNoiseIsCapped) {
    const auto x_of = [](double eta) {
        return run_block(make_model("ring", ring, "edm", {{"steps", 5}}, "ancestral", {"positions"}, {{"eta", eta}}),
                         32);
    };
    const double largest = std::sqrt(1.0 / (1.0 - std::pow(0.3, 2)));  // every step of this grid is longer than that
    EXPECT_EQ(difference(x_of(50.0), x_of(1e3)), 0.0);
    EXPECT_LE(difference(x_of(1.2 * largest), x_of(50.0)), 1e-12);
    EXPECT_GE(difference(x_of(0.8), x_of(50.0)), 0.1);
}

TEST(Stochastic, WhatHasNoMeaningIsRefused) {
    const auto message = [](const std::string& solver, const char* direction, std::vector<std::string> quantities,
                            const Value::Table& more = {}, const char* schedule = "edm") {
        Value::Table clock = {{"direction", direction}};
        clock.insert(clock.end(), more.begin(), more.end());
        return make_model("ring", ring, schedule, clock, solver.c_str(), quantities).mismatch();
    };
    for (const auto& solver : kDown) {
        EXPECT_NE(message(solver, "down", {"likelihood"}).find("follows the flow"), std::string::npos) << solver;
        EXPECT_NE(message(solver, "round_trip", {"positions"}).find("follows the flow"), std::string::npos) << solver;
        const std::string scaled = message(solver, "down", {"positions"}, {{"coordinates", "scaled"}}, "vp");
        EXPECT_NE(scaled.find("steps in the schedule's t"), std::string::npos) << solver;
        const std::string prior = message(solver, "down", {"positions"}, {{"start", "gaussian"}});
        const bool draws = solver == "langevin" || solver == "mala";
        EXPECT_EQ(prior.find("has no meaning") != std::string::npos, draws) << solver << prior;
    }
    for (const char* solver : {"ancestral", "edm_churn", "dpmpp_sde", "dpmpp_2m_sde", "predictor_corrector"}) {
        EXPECT_NE(message(solver, "up", {"positions"}).find("must be \"down\""), std::string::npos) << solver;
    }
    for (const char* solver : {"euler_maruyama", "sde_heun", "langevin", "annealed_langevin", "mala", "forward_sde"}) {
        EXPECT_EQ(message(solver, "up", {"positions"}), "") << solver;
    }
    EXPECT_NE(message("forward_sde", "down", {"positions"}).find("must be \"up\""), std::string::npos);
    const Value::Table tight = {{"grid", "list"}, {"sigmas", Value::List{1.0, 1.0 - 5e-7, 0.5}}};
    EXPECT_NE(message("ancestral", "down", {"positions"}, tight).find("shorter than 1e-6"), std::string::npos);
    EXPECT_EQ(message("euler", "down", {"positions"}, tight), "");
    const PointModel model = ring_model("ancestral");
    ProbabilityFlow flow(*model.distribution, {});
    State state(flow.layout());
    History history(2, 0, 0, 2);
    state.sigma.setConstant(1.0);
    EXPECT_THROW(advance(*model.solver, flow, 0.5, history, state), std::logic_error);
}

}  // namespace
}  // namespace sigmaflow
