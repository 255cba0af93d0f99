// The kinds speciation, commitment, collapse, memorisation and least_noise: records against the functions behind them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sigmaflow/stability/information_curve.hpp"
#include "sigmaflow/stability/memorisation.hpp"
#include "sigmaflow/stability/speciation.hpp"
#include "stability/support.hpp"

namespace sigmaflow {
namespace {

using testing_support::law_of;
using testing_support::make_analysis;
using testing_support::numbers;
using testing_support::Records;
using testing_support::run_parts;

constexpr StreamKey kKey{11, 22};

std::unique_ptr<Distribution> clusters() {
    return law_of("two_deltas", {{"dim", 36}, {"radius", 6.0}, {"width", 1.0}});
}

TEST(MemorisationAnalyses, SpeciationRecordsEveryDefinition) {
    const auto law = clusters();
    const Records found = run_parts(*make_analysis("speciation", {{"samples", 2000}}), *law);
    EXPECT_EQ(found.at("definition"), (std::vector<double>{0, 1, 2, 3, 4}));
    const auto& time = found.at("ou_time");
    EXPECT_NEAR(time[0], 0.5 * std::log(36.0), 1e-12);
    EXPECT_NEAR(found.at("sigma")[1], speciation(*law, SpeciationFrame::reverse_vp_sde, CentreRule::stationary).sigma,
                0.0);
    EXPECT_TRUE(std::isinf(found.at("sigma")[2]));
    EXPECT_NEAR(time[3], 0.5 * std::log(36.0), 1e-12);
    EXPECT_NEAR(time[4], 0.5 * std::log(37.0), 1e-12);
    EXPECT_NEAR(found.at("variance")[4], 37.0, 1e-11);
    EXPECT_NEAR(found.at("commitment_exact")[0], 0.7752002453966636, 1e-12);
    EXPECT_NEAR(found.at("commitment")[0], 0.7752002453966636, 4.0 * found.at("commitment_error")[0]);
    EXPECT_TRUE(std::isnan(found.at("commitment")[2]));
}

TEST(MemorisationAnalyses, SpeciationOfTheMeanIsChosen) {
    const auto law = law_of("two_deltas", {{"dim", 1}, {"weight", 0.45}});
    EXPECT_TRUE(std::isnan(run_parts(*make_analysis("speciation", {}), *law).at("sigma")[0]));
    const auto of_mean = make_analysis("speciation", {{"centre", "mean"}});
    EXPECT_EQ(run_parts(*of_mean, *law).at("sigma")[0],
              speciation(*law, SpeciationFrame::canonical, CentreRule::mean).sigma);
}

TEST(MemorisationAnalyses, CommitmentGoesThroughItsLevels) {
    const auto law = clusters();
    const auto analysis = make_analysis("commitment", {{"sigma_min", 1.0}, {"sigma_max", 100.0}, {"levels", 5}});
    EXPECT_EQ(analysis->part_axis(), "level");
    const Records found = run_parts(*analysis, *law);
    ASSERT_EQ(found.at("sigma").size(), 5U);
    EXPECT_NEAR(found.at("sigma")[2], 10.0, 1e-12);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(found.at("commitment")[i], found.at("commitment_exact")[i],
                    4.0 * found.at("commitment_error")[i] + 1e-4);
        if (i > 0) {
            EXPECT_GT(found.at("commitment_exact")[i], found.at("commitment_exact")[i - 1]);
        }
    }
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    EXPECT_NE(analysis->mismatch(*shell), "");
    EXPECT_EQ(analysis->mismatch(*law), "");
}

TEST(MemorisationAnalyses, CollapseRecordsBothDefinitions) {
    const auto law = law_of("two_deltas", {{"dim", 256}, {"radius", 16.0}, {"width", 1.0}});
    const Records found = run_parts(*make_analysis("collapse", {{"points", 20000}}), *law);
    EXPECT_EQ(found.at("definition"), (std::vector<double>{0, 1}));
    EXPECT_NEAR(found.at("ou_time")[0], 1.2987896867558646, 1e-13);
    EXPECT_NEAR(found.at("ou_time")[1], 1.3337308785480498, 1e-13);
    EXPECT_EQ(found.at("sigma_error")[1], 0.0);
    // Of one Gaussian both are the same; of other laws the first is not known; points have no width.
    const auto gaussian = law_of("gaussian", {{"variances", numbers({2.0, 0.5})}});
    const Records same = run_parts(*make_analysis("collapse", {{"points", 50}}), *gaussian);
    EXPECT_NEAR(same.at("sigma")[0], same.at("sigma")[1], 1e-14);
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    const Records drawn = run_parts(*make_analysis("collapse", {{"points", 50}, {"samples", 500}}), *shell);
    EXPECT_TRUE(std::isnan(drawn.at("sigma")[0]));
    EXPECT_GT(drawn.at("sigma_error")[1], 0.0);
    const auto ring = law_of("ring", {{"count", 100}});
    EXPECT_EQ(run_parts(*make_analysis("collapse", {{"points", 50}, {"samples", 100}}), *ring).at("sigma")[0], 0.0);
}

TEST(MemorisationAnalyses, MemorisationRecordsItsLevels) {
    const auto law = law_of("gaussian", {{"dim", 2}});
    const auto analysis = make_analysis(
        "memorisation", {{"sigma_min", 0.1}, {"sigma_max", 10.0}, {"levels", 3}, {"points", 40}, {"samples", 200}});
    const Records found = run_parts(*analysis, *law, kKey);
    Memorisation memory(*law, kKey, 40, 200);
    const MemorisationLevel level = memory.at(found.at("sigma")[1]);
    const auto same = [&](const std::string& name, const MeanEstimate& estimate) {
        EXPECT_EQ(found.at(name)[1], estimate.mean) << name;
        EXPECT_EQ(found.at(name + "_error")[1], estimate.error) << name;
    };
    same("divergence", level.divergence);
    same("fisher", level.fisher);
    same("held_out", level.held_out);
    same("gap", level.gap);
    same("weight_entropy", level.weight_entropy);
    same("effective_number", level.effective_number);
    same("max_weight", level.max_weight);
    EXPECT_NEAR(found.at("information")[1], std::log(2.0), 1e-13);
    EXPECT_NEAR(found.at("excess_entropy")[1], 1.0 - std::log(2.0) / std::log(40.0), 1e-13);
    EXPECT_EQ(found.at("information_error")[1], 0.0);
}

TEST(MemorisationAnalyses, LeastNoiseOfEverySetIsItsOwn) {
    const auto law = law_of("gaussian", {{"dim", 1}});
    const auto analysis = make_analysis("least_noise", {{"points", 100}, {"samples", 500}, {"sets", 3}});
    EXPECT_EQ(analysis->parts(*law), 3);
    EXPECT_EQ(analysis->part_axis(), "set");
    const Records found = run_parts(*analysis, *law, kKey);
    const auto& sigma = found.at("sigma");
    EXPECT_TRUE(sigma[0] != sigma[1] && sigma[1] != sigma[2]);
    for (int set = 0; set < 3; ++set) {
        const auto i = static_cast<std::size_t>(set);
        Memorisation memory(*law, kKey, 100, 500, set);
        EXPECT_EQ(sigma[i], memory.least_noise().sigma);
        EXPECT_EQ(found.at("gap")[i], memory.at(sigma[i]).gap.mean);
        EXPECT_EQ(found.at("inside")[i], 1.0);
        EXPECT_GT(sigma[i], 0.2);
        EXPECT_LT(sigma[i], 0.9);
    }
    // Held-out draws of one set are not training points of another.
    EXPECT_FALSE(Memorisation(*law, kKey, 5, 5, 1).empirical().points() ==
                 Memorisation(*law, kKey, 5, 5, 0).empirical().points());
}

// Training sets of 3e4 points are nearly the same law: what differs between sets is what they are tested on.
TEST(MemorisationAnalyses, LeastNoiseOfEverySetTestsOnDrawsOfItsOwn) {
    const auto law = law_of("gaussian", {{"dim", 1}});
    std::vector<double> found;
    for (int set = 0; set < 6; ++set) found.push_back(Memorisation(*law, kKey, 30000, 32, set).held_out(0.3).mean);
    const auto [least, most] = std::minmax_element(found.begin(), found.end());
    EXPECT_GT(*most - *least, 0.1);  // of one set of 32 draws: 0.1; of 3e4 points: 0.003
}

TEST(MemorisationAnalyses, CostGrowsWithTheTrainingSet) {
    const auto law = law_of("gaussian", {{"dim", 2}});
    for (const char* kind : {"memorisation", "least_noise"}) {
        const double small = make_analysis(kind, {{"points", 100}})->cost(*law, 0).flops;
        const double large = make_analysis(kind, {{"points", 100000}})->cost(*law, 0).flops;
        EXPECT_GT(large, 500.0 * small);
    }
    for (const char* kind : {"speciation", "commitment", "collapse"}) {
        EXPECT_GT(make_analysis(kind, {})->cost(*clusters(), 0).flops, 0.0);
    }
}

}  // namespace
}  // namespace sigmaflow
