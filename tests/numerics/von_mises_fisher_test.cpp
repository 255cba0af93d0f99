#include "sigmaflow/numerics/von_mises_fisher.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "support/claim.hpp"

namespace sigmaflow {
namespace {

double relative(double value, double truth) { return std::abs(value - truth) / std::abs(truth); }

std::vector<std::vector<double>> table(const std::string& name) {
    std::ifstream file(SIGMAFLOW_SOURCE_DIR "/tests/data/" + name);
    std::vector<std::vector<double>> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#' || line[0] == 'd') continue;
        std::istringstream cells(line);
        out.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');) out.back().push_back(std::stod(cell));
    }
    return out;
}

TEST(VonMisesFisher, AgreesWithTheTable) {
    const auto rows = table("vmf_ratio.csv");
    ASSERT_EQ(rows.size(), 24U);
    double worst = 0.0;
    for (const auto& row : rows) {
        const int d = static_cast<int>(row[0]);
        SCOPED_TRACE("d " + std::to_string(d) + ", kappa " + std::to_string(row[1]));
        const VonMisesFisher law = von_mises_fisher(d, row[1]);
        const double log_z = log_mean_exponential(d, row[1]) + log_sphere_area(d);
        EXPECT_LT(relative(law.ratio, row[2]), 1e-14);
        EXPECT_LT(relative(law.radial, row[3]), 1e-13);
        EXPECT_LT(relative(law.tangential, row[2] / row[1]), 1e-14);
        EXPECT_LT(std::abs(law.complement - (1.0 - row[2])), 1e-15);
        EXPECT_LT(relative(log_z, row[4]), 1e-13);
        worst = std::max({worst, relative(law.ratio, row[2]), relative(law.radial, row[3]), relative(log_z, row[4])});
    }
    testing_support::claim("shell-vmf-table", worst);
}

// I_nu - I_{nu+2} = 2 (nu + 1)/kappa I_{nu+1}: neighbours in d, which take different expansions at the borders.
TEST(VonMisesFisher, ObeysTheRecurrenceAcrossItsExpansions) {
    double worst = 0.0;
    for (const int d : {2, 3, 4, 7, 20, 46, 47, 48, 49, 50, 51, 52, 64, 300, 4094}) {
        for (double kappa = 1e-3; kappa < 1e9; kappa *= 1.17) {
            const VonMisesFisher here = von_mises_fisher(d, kappa);
            const VonMisesFisher next = von_mises_fisher(d + 2, kappa);
            const double expected = 1.0 / (d / kappa + next.ratio);
            ASSERT_LT(relative(here.ratio, expected), 2e-15 * 4) << d << " " << kappa;
            worst = std::max(worst, relative(here.ratio, expected));
            ASSERT_NEAR(here.radial, 1.0 - here.ratio * here.ratio - (d - 1) * here.tangential, 1e-14);
            // dlnM/dkappa = A
            const double step = 1e-4 * kappa;
            const double rise = log_mean_exponential(d, kappa + step) - log_mean_exponential(d, kappa - step);
            const double noise = 1e-15 * (d + kappa) / step;
            ASSERT_NEAR(rise / (2 * step), here.ratio, 1e-7 * here.ratio + noise) << d << " " << kappa;
        }
    }
    testing_support::claim("shell-vmf-recurrence", worst);
}

TEST(VonMisesFisher, IsElementaryOnTheTwoSphere) {
    double worst = 0.0;
    for (const double kappa : {1.0, 3.0, 10.0, 17.0, 20.0, 23.0, 25.0, 40.0, 90.0, 1e3, 1e8, 1e16}) {
        const VonMisesFisher law = von_mises_fisher(3, kappa);
        const double tail = 2.0 * std::exp(-2.0 * kappa) / -std::expm1(-2.0 * kappa);  // coth - 1
        const double sinh_square = std::pow(std::sinh(std::min(kappa, 300.0)), 2);
        const double complement = 1.0 / kappa - tail;
        const double radial = 1.0 / (kappa * kappa) - (kappa > 300.0 ? 0.0 : 1.0 / sinh_square);
        EXPECT_LT(relative(law.complement, complement), 2e-14) << kappa;
        EXPECT_LT(relative(law.radial, radial), 3e-13) << kappa;
        worst = std::max(worst, relative(law.radial, radial));
        const double log_mean = kappa + std::log(-std::expm1(-2.0 * kappa) / (2.0 * kappa));
        EXPECT_LT(relative(log_mean_exponential(3, kappa), log_mean), 1e-14) << kappa;
        EXPECT_LT(relative(log_mean_exponential_excess(3, kappa), log_mean - kappa), kappa < 1e3 ? 1e-13 : 1.0);
    }
    EXPECT_NEAR(log_mean_exponential_excess(3, 1e16), -std::log(2e16), 1e-13);
    testing_support::claim("shell-vmf-radial", worst);
}

TEST(VonMisesFisher, KeepsRelativeAccuracyInBothLimits) {
    for (const int d : {2, 3, 5, 64, 784, 4096}) {
        const VonMisesFisher flat = von_mises_fisher(d, 1e-12);
        EXPECT_LT(relative(flat.ratio, 1e-12 / d), 1e-14);
        EXPECT_LT(relative(flat.tangential, 1.0 / d), 1e-14);
        EXPECT_LT(relative(flat.radial, 1.0 / d), 1e-13);
        EXPECT_LT(relative(log_mean_exponential(d, 1e-12), 0.5e-24 / d), 1e-14);
        const VonMisesFisher zero = von_mises_fisher(d, 0.0);
        EXPECT_EQ(zero.ratio, 0.0);
        EXPECT_LT(relative(zero.tangential, 1.0 / d), 1e-14);
        EXPECT_EQ(log_mean_exponential(d, 0.0), 0.0);

        const VonMisesFisher sharp = von_mises_fisher(d, 1e16);
        EXPECT_LT(relative(sharp.complement, 0.5e-16 * (d - 1)), 1e-12);
        EXPECT_LT(relative(sharp.radial, 0.5e-32 * (d - 1)), 1e-12);
        EXPECT_LT(relative(sharp.tangential, 1e-16), 1e-12);
        EXPECT_EQ(von_mises_fisher(d, 1e270).ratio, 1.0);
    }
}

}  // namespace
}  // namespace sigmaflow
