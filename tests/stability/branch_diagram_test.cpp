#include "sigmaflow/stability/branch_diagram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/stability/stationary_points.hpp"
#include "stability/laws_at_hand.hpp"
#include "stability/reference_table.hpp"
#include "support/claim.hpp"
#include "support/line_witness.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::cloud;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::planar_mixture;
using testing_support::reference;

bool all_asked() { return std::getenv("FULL") != nullptr; }

std::vector<SpecialPoint> of_kind(const BranchDiagram& diagram, SpecialKind kind) {
    std::vector<SpecialPoint> out;
    for (const auto& point : diagram.special_points) {
        if (point.kind == kind) out.push_back(point);
    }
    return out;
}

double sigma_of(const SpecialPoint& point) { return std::exp(point.tau); }

/// The kind, which derivatives decide, against the indices of the branches that leave to higher and to lower sigma.
void expect_kind(const SpecialPoint& point, std::vector<int> above, std::vector<int> below, const std::string& where) {
    if (above.size() > below.size()) std::swap(above, below);
    std::sort(below.begin(), below.end());
    if (point.kind == SpecialKind::fold) {
        ASSERT_TRUE(above.empty() && below.size() == 2) << where;
        EXPECT_EQ(below[1], below[0] + 1) << where;
    } else if (point.kind == SpecialKind::transcritical) {
        EXPECT_TRUE(above.size() == 2 && below.size() == 2) << where;
    } else if (point.kind != SpecialKind::multiple && point.zero_directions.cols() == 0) {
        // The sides of a fork have the index of its handle; what goes on between them has lost a direction if it is
        // supercritical.
        ASSERT_TRUE(above.size() == 1 && below.size() == 3) << where;
        const int handle = above[0];
        const bool is_super = point.kind == SpecialKind::pitchfork_supercritical;
        EXPECT_EQ(below, (is_super ? std::vector{handle, handle, handle + 1} : std::vector{handle - 1, handle, handle}))
            << where;
    }
}

/// What every diagram must be.
void expect_sound(const BranchDiagram& diagram, const std::string& what) {
    EXPECT_TRUE(diagram.complete) << what << ": " << diagram.doubt;
    for (const auto& stretch : diagram.stretches) EXPECT_EQ(stretch.euler_sum, 1) << what;
    std::map<int, std::vector<int>> above, below;  // indices of branches that leave to higher and to lower sigma
    for (const auto& branch : diagram.branches) {
        for (const auto* end : {&branch.low, &branch.high}) EXPECT_NE(end->why, BranchEnd::lost) << what;
        if (branch.low.special >= 0) above[branch.low.special].push_back(branch.index);
        if (branch.high.special >= 0) below[branch.high.special].push_back(branch.index);
        EXPECT_TRUE(std::is_sorted(branch.points.begin(), branch.points.end(), [](const auto& a, const auto& b) {
            return a.tau < b.tau;
        })) << what;
    }
    for (std::size_t i = 0; i < diagram.special_points.size(); ++i) {
        const auto& point = diagram.special_points[i];
        EXPECT_TRUE(point.converged) << what;
        expect_kind(point, above[static_cast<int>(i)], below[static_cast<int>(i)],
                    what + " at " + std::to_string(sigma_of(point)));
        for (std::size_t j = 0; j < i; ++j) {
            const auto& other = diagram.special_points[j];
            EXPECT_FALSE(std::abs(point.tau - other.tau) < 1e-10 && (point.x - other.x).norm() < 1e-6) << what;
        }
    }
}

TEST(BranchDiagram, FoldsOfTwoGaussiansAreThoseOfTheTable) {
    double worst = 0.0;
    for (const auto& row : reference("two_gaussian_folds.csv")) {
        for (const double width : {0.0, 0.3}) {
            const double mu = 1.7;
            const auto law =
                law_of("two_deltas",
                       {{"dim", Value(1)}, {"radius", Value(mu)}, {"width", Value(width)}, {"weight", Value(row[0])}});
            const auto diagram = trace_branches(*law, 0.1, 2.0);
            expect_sound(diagram, "weight " + std::to_string(row[0]));
            ASSERT_EQ(diagram.special_points.size(), 1U) << row[0];
            const auto& point = diagram.special_points[0];
            EXPECT_EQ(point.kind, row[0] == 0.5 ? SpecialKind::pitchfork_supercritical : SpecialKind::fold);
            const double s = std::hypot(sigma_of(point), width) / mu;
            worst = std::max({worst, std::abs(s / row[4] - 1.0), std::abs(point.x[0] / mu - row[5])});
        }
    }
    claim("branches-two-gaussians", worst);
    EXPECT_LE(worst, 1e-10);
}

TEST(BranchDiagram, PitchforksOfThreeAtomsAreThoseOfTheTable) {
    double worst = 0.0;
    for (const auto& row : reference("three_atom_pitchforks.csv")) {
        const auto law = cloud({{-1.0}, {0.0}, {1.0}}, {row[0], 1.0 - 2.0 * row[0], row[0]});
        const auto diagram = trace_branches(*law, 0.1, 1.1);
        expect_sound(diagram, "w " + std::to_string(row[0]));
        std::vector<SpecialPoint> centre;
        for (const auto& point : diagram.special_points) {
            if (std::abs(point.x[0]) < 1e-6) centre.push_back(point);
        }
        ASSERT_EQ(centre.size(), 2U) << row[0];
        worst = std::max(
            {worst, std::abs(sigma_of(centre[0]) / row[2] - 1.0), std::abs(sigma_of(centre[1]) / row[1] - 1.0)});
        // Supercritical iff sigma^2 = W > 1/3.
        for (const auto& point : centre) {
            const double w = std::pow(sigma_of(point), 2);
            EXPECT_EQ(point.kind,
                      w > 1.0 / 3.0 ? SpecialKind::pitchfork_supercritical : SpecialKind::pitchfork_subcritical)
                << row[0];
        }
    }
    claim("branches-three-atoms", worst);
    EXPECT_LE(worst, 1e-10);
}

TEST(BranchDiagram, PitchforksOfEllipsesAreThoseOfTheTable) {
    double worst = 0.0;
    for (const auto& row : reference("ellipse_pitchforks.csv")) {
        if (!all_asked() && row[0] != 1.0 && row[0] != 2.0) continue;
        const auto law = law_of("ellipsoid_shell", {{"axes", numbers({row[0], row[1]})}});
        const auto diagram = trace_branches(*law, 0.3 * row[3], 1.2 * row[2]);
        expect_sound(diagram, "a1 " + std::to_string(row[0]));
        if (row[0] == row[1]) {
            ASSERT_EQ(diagram.special_points.size(), 1U);
            EXPECT_EQ(diagram.special_points[0].kind, SpecialKind::multiple);
            EXPECT_EQ(diagram.special_points[0].null_space.cols(), 2);
            worst = std::max(worst, std::abs(sigma_of(diagram.special_points[0]) / row[2] - 1.0));
            continue;
        }
        std::vector<SpecialPoint> centre;
        for (const auto& point : diagram.special_points) {
            if (point.x.norm() < 1e-6) centre.push_back(point);
        }
        ASSERT_EQ(centre.size(), 2U) << row[0];
        worst = std::max(
            {worst, std::abs(sigma_of(centre[0]) / row[2] - 1.0), std::abs(sigma_of(centre[1]) / row[3] - 1.0)});
    }
    claim("branches-ellipses", worst);
    EXPECT_LE(worst, 1e-9);
}

/// The fold of the vertices of a simplex in n dimensions, by bisection on d s^2/dz = 0 of the formula in the table's
/// first line.
double simplex_fold(int n) {
    const auto s2 = [&](long double z) { return (1.0L + 1.0L / n) / z * std::expm1(z) / (std::exp(z) + n); };
    long double low = 1e-3L, high = 20.0L;
    for (int i = 0; i < 300; ++i) {
        const long double a = low + (high - low) / 3, b = high - (high - low) / 3;
        (s2(a) < s2(b) ? low : high) = s2(a) < s2(b) ? a : b;
    }
    return static_cast<double>(std::sqrt(s2(0.5L * (low + high))));
}

TEST(BranchDiagram, SimplicesHaveTheirWindows) {
    double fold_error = 0.0, centre_error = 0.0;
    const auto row = reference("simplex_windows.csv").front();
    EXPECT_NEAR(simplex_fold(2), row[2], 1e-9);
    for (int n = 2; n <= (all_asked() ? 4 : 3); ++n) {
        for (const double width : {0.0, 0.25}) {
            const auto law = law_of("simplex", {{"dim", Value(n)}, {"radius", Value(1.0)}, {"width", Value(width)}});
            const auto diagram = trace_branches(*law, 0.35, 0.95);
            for (const auto& fold : of_kind(diagram, SpecialKind::fold)) {
                if (fold.tau < diagram.special_points.front().tau - 1e-6) continue;
                const double s = std::hypot(sigma_of(fold), width);
                fold_error = std::max(fold_error, std::abs(s / simplex_fold(n) - 1.0));
            }
            const auto multiple = of_kind(diagram, SpecialKind::multiple);
            ASSERT_FALSE(multiple.empty()) << n;
            // The centre loses its stability where s^2 = 1/n.
            double nearest = 1.0;
            for (const auto& point : multiple) {
                if (point.x.norm() > 1e-6) continue;
                EXPECT_EQ(point.null_space.cols(), n);
                nearest = std::min(nearest, std::abs(std::hypot(sigma_of(point), width) * std::sqrt(n) - 1.0));
            }
            centre_error = std::max(centre_error, nearest);
            if (n == 2) {
                expect_sound(diagram, "triangle");
                EXPECT_EQ(diagram.special_points.size(), 4U);
                EXPECT_EQ(diagram.branches.size(), 11U);
            }
        }
    }
    claim("branches-simplex-folds", fold_error);
    claim("branches-simplex-centre", centre_error);
    EXPECT_LE(fold_error, 1e-10);
    EXPECT_LE(centre_error, 1e-9);
}

/// {-1,1}^d: 3^d branches leave the one point at sigma = 1, one comes to it; rings of k points: 2 k + 1 at 1/sqrt 2.
TEST(BranchDiagram, CubesAndRingsBranchAtOnce) {
    const auto expect_star = [](const Distribution& law, double sigma, std::size_t below, const std::string& what) {
        const auto diagram = trace_branches(law, 0.2, 1.5);
        expect_sound(diagram, what);
        ASSERT_EQ(diagram.special_points.size(), 1U) << what;
        EXPECT_EQ(diagram.special_points[0].kind, SpecialKind::multiple) << what;
        EXPECT_NEAR(sigma_of(diagram.special_points[0]), sigma, 1e-12) << what;
        EXPECT_EQ(diagram.branches.size(), below + 1) << what;
    };
    expect_star(*law_of("hypercube", {{"dim", Value(2)}, {"radius", Value(1.0)}}), 1.0, 9, "square");
    expect_star(*law_of("hypercube", {{"dim", Value(3)}, {"radius", Value(1.0)}}), 1.0, 27, "cube");
    // From six points on the angle is left to rounding near the centre.
    for (const int k : {4, 5, 6, 8}) {
        expect_star(*law_of("ring", {{"count", Value(k)}, {"radius", Value(1.0)}}), std::sqrt(0.5),
                    static_cast<std::size_t>(2 * k + 1), "ring of " + std::to_string(k));
    }
}

/// Two points and a third on their axis of symmetry: whether the pitchfork on the axis is super- or subcritical is
/// decided by how the axis gives way (kappa_3 J^+ kappa_3), and the branches show it.
TEST(BranchDiagram, PitchforksOfIsoscelesTrianglesAreOfTheirKind) {
    int supercritical = 0, subcritical = 0;
    for (int i = 0; i < 24; ++i) {
        const double height = 0.3 + 0.12 * i;
        const auto law = cloud({{-1.0, 0.0}, {1.0, 0.0}, {0.0, height}}, {1.0, 1.0, i % 2 == 0 ? 0.6 : 1.3});
        const auto diagram = trace_branches(*law, 0.1, 3.0);
        expect_sound(diagram, "height " + std::to_string(height));
        supercritical += static_cast<int>(of_kind(diagram, SpecialKind::pitchfork_supercritical).size());
        subcritical += static_cast<int>(of_kind(diagram, SpecialKind::pitchfork_subcritical).size());
    }
    EXPECT_GT(supercritical, 5);
    EXPECT_GT(subcritical, 5);
}

/// sigma_c^2 = R^2/d, and below it one family with d - 1 zero directions at r = R A_d(kappa), sigma^2 = R^2 A_d/kappa.
TEST(BranchDiagram, SpheresBranchOnce) {
    double worst = 0.0;
    const std::vector<int> dimensions =
        all_asked() ? std::vector<int>{2, 3, 4, 5, 8, 16, 32, 64} : std::vector<int>{2, 3, 8};
    for (const int d : dimensions) {
        const double radius = 1.5;
        const auto law = law_of("ellipsoid_shell", {{"dim", Value(d)}, {"radius", Value(radius)}});
        const double critical = radius / std::sqrt(d);
        const auto diagram = trace_branches(*law, 0.3 * critical, 1.3 * critical);
        EXPECT_TRUE(diagram.complete) << d << ": " << diagram.doubt;
        ASSERT_EQ(diagram.special_points.size(), 1U) << d;
        EXPECT_EQ(diagram.special_points[0].null_space.cols(), d);
        worst = std::max(worst, std::abs(sigma_of(diagram.special_points[0]) / critical - 1.0));
        ASSERT_EQ(diagram.branches.size(), 3U) << d;
        for (const auto& branch : diagram.branches) {
            if (branch.zeros == 0) continue;
            EXPECT_EQ(branch.zeros, d - 1);
            for (std::size_t i = 0; i < branch.points.size(); i += 7) {
                // A_d = r/R and kappa = R r/sigma^2 belong together: A solves its own Riccati equation, checked by the
                // recurrence of Bessel functions as a continued fraction.
                const double r = branch.points[i].x.norm();
                const double kappa = radius * r * std::exp(-2.0 * branch.points[i].tau);
                double fraction = 0.0;
                for (int k = 4000; k >= 1; --k) fraction = 1.0 / ((d + 2.0 * (k - 1)) / kappa + fraction);
                worst = std::max(worst, std::abs(r / radius - fraction));
            }
        }
    }
    claim("branches-spheres", worst);
    EXPECT_LE(worst, 1e-9);
}

/// F = x^3 - x - tau: folds at tau = +-2/(3 sqrt 3), x = -+1/sqrt 3.
class CuspForm : public GradientSystem {
  public:
    [[nodiscard]] int dim() const override { return 1; }
    [[nodiscard]] double length(double) const override { return 1.0; }
    void evaluate(const Eigen::MatrixXd& x, const Eigen::VectorXd& tau, FieldSamples& out) override {
        out.values.resize(1, x.cols());
        out.jacobians.assign(static_cast<std::size_t>(x.cols()), Eigen::MatrixXd(1, 1));
        for (Eigen::Index c = 0; c < x.cols(); ++c) {
            out.values(0, c) = x(0, c) * x(0, c) * x(0, c) - x(0, c) - tau[c];
            out.jacobians[static_cast<std::size_t>(c)](0, 0) = 3.0 * x(0, c) * x(0, c) - 1.0;
        }
    }
};

TEST(BranchDiagram, GenericEngineFindsTheFoldsOfTheCusp) {
    CuspForm cusp;
    const auto oracle = [&](double tau) {
        StationaryFinder finder(cusp, tau);
        std::vector<SearchStart> starts;
        for (const double x : {-2.0, -1.0, 0.0, 1.0, 2.0}) {
            starts.push_back({.x = Eigen::VectorXd::Constant(1, x), .index = SearchStart::kNewton});
        }
        finder.search(starts);
        return finder.result();
    };
    const auto diagram = trace_branches(cusp, -1.0, 1.0, oracle, 5);
    expect_sound(diagram, "cusp");
    ASSERT_EQ(diagram.special_points.size(), 2U);
    const double fold = 2.0 / (3.0 * std::sqrt(3.0));
    EXPECT_NEAR(diagram.special_points[0].tau, fold, 1e-14);
    EXPECT_NEAR(diagram.special_points[1].tau, -fold, 1e-14);
    EXPECT_NEAR(diagram.special_points[0].x[0], -1.0 / std::sqrt(3.0), 1e-10);
    EXPECT_EQ(diagram.branches.size(), 3U);
    claim("branches-cusp",
          std::max(std::abs(diagram.special_points[0].tau - fold), std::abs(diagram.special_points[1].tau + fold)));
}

/// Critical bandwidths of kernel density estimates: every fold of the 50-digit solver and no other.
TEST(BranchDiagram, FoldsOfLineDensitiesAreThoseOfFiftyDigits) {
    double worst = 0.0;
    int missing = 0, folds = 0;
    for (int set = 0; set < (all_asked() ? 6 : 2); ++set) {
        Stream stream(11, static_cast<std::uint64_t>(set), 0, Purpose::test);
        witness::LineAtoms atoms;
        std::vector<std::vector<double>> points;
        for (int i = 0; i < 12 + 8 * set; ++i) {
            atoms.places.push_back(stream.normal() + (stream.uniform() < 0.4 ? 3.0 : 0.0));
            atoms.weights.push_back(set % 2 == 0 ? 1.0 : 0.2 + stream.uniform());
            points.push_back({atoms.places.back()});
        }
        const auto law = cloud(points, atoms.weights);
        const auto diagram = trace_branches(*law, 0.03, 4.0);
        expect_sound(diagram, "set " + std::to_string(set));
        const auto expected = witness::all_line_folds(atoms, 0.03, 4.0);
        int pitchforks = 0;
        for (const auto& point : diagram.special_points) {
            if (point.kind != SpecialKind::fold) {
                // Two points of one weight, so far from the others that these are below rounding: sigma_c is half their
                // distance.
                ++pitchforks;
                double nearest = 1.0;
                for (const double y : atoms.places) {
                    for (const double other : atoms.places) {
                        nearest = std::min(nearest, std::abs(0.5 * (y + other) - point.x[0]) +
                                                        std::abs(0.5 * (y - other) - sigma_of(point)));
                    }
                }
                EXPECT_LE(nearest, 1e-12) << name_of(point.kind);
                continue;
            }
            const bool known = std::any_of(expected.begin(), expected.end(), [&](const auto& fold) {
                return std::abs(point.x[0] - fold.x) < 1e-5 && std::abs(point.tau - fold.tau) < 1e-6;
            });
            EXPECT_TRUE(known) << "at x = " << point.x[0] << ", sigma = " << sigma_of(point);
        }
        EXPECT_EQ(diagram.special_points.size(), expected.size() + pitchforks) << set;
        for (const auto& fold : expected) {
            double nearest = 1.0;
            for (const auto& point : diagram.special_points) {
                if (std::abs(point.x[0] - fold.x) < 1e-5) nearest = std::min(nearest, std::abs(point.tau - fold.tau));
            }
            ++folds;
            missing += nearest > 1e-6 ? 1 : 0;
            if (nearest > 1e-6) std::printf("missing x %.12g tau %.12g\n", fold.x, fold.tau);
            if (nearest <= 1e-6) worst = std::max(worst, nearest);
        }
    }
    std::printf("%d folds\n", folds);
    claim("branches-line-folds", worst);
    claim("branches-line-missing", missing);
    EXPECT_EQ(missing, 0);
    EXPECT_LE(worst, 1e-10);
}

/// tau = x - sum_k (1 + b_k) tanh(x - c_k): one curve that folds forth and back at every c_k, the two folds being
/// (4/3) b^(3/2) apart in tau.
class FoldLadder : public GradientSystem {
  public:
    static constexpr int kRungs = 7;

    static double apart(int k) { return std::pow(10.0, -2 - k); }
    static long double excess(int k) { return std::pow(0.75L * apart(k), 2.0L / 3.0L); }
    static long double place(int k) { return 8.0L * k; }
    static long double curve(long double x) {
        long double out = x;
        for (int k = 0; k < kRungs; ++k) out -= (1.0L + excess(k)) * std::tanh(x - place(k));
        return out;
    }
    static long double slope(long double x) {
        long double out = 1.0L;
        for (int k = 0; k < kRungs; ++k) out -= (1.0L + excess(k)) / std::pow(std::cosh(x - place(k)), 2.0L);
        return out;
    }

    [[nodiscard]] int dim() const override { return 1; }
    [[nodiscard]] double length(double) const override { return 1.0; }
    void evaluate(const Eigen::MatrixXd& x, const Eigen::VectorXd& tau, FieldSamples& out) override {
        out.values.resize(1, x.cols());
        out.jacobians.assign(static_cast<std::size_t>(x.cols()), Eigen::MatrixXd(1, 1));
        for (Eigen::Index c = 0; c < x.cols(); ++c) {
            out.values(0, c) = static_cast<double>(curve(x(0, c)) - tau[c]);
            out.jacobians[static_cast<std::size_t>(c)](0, 0) = static_cast<double>(slope(x(0, c)));
        }
    }
};

TEST(BranchDiagram, FoldPairsAreNotMissed) {
    FoldLadder ladder;
    // From its ends alone: whatever lies between is met on the way.
    const auto oracle = [&](double tau) {
        StationaryFinder finder(ladder, tau);
        finder.search(
            {{.x = Eigen::VectorXd::Constant(1, tau < 0.0 ? tau + 7.0 : tau), .index = SearchStart::kNewton}});
        return finder.result();
    };
    const auto diagram = trace_branches(ladder, -12.0, 60.0, oracle, 2);
    expect_sound(diagram, "ladder");
    int found = 0;
    double worst = 0.0;
    for (int k = 0; k < FoldLadder::kRungs; ++k) {
        for (const double side : {-1.0, 1.0}) {
            // The zero of the slope beside c_k, in long double.
            long double low = FoldLadder::place(k), high = low + 2.0L * side * std::sqrt(FoldLadder::excess(k));
            for (int i = 0; i < 200; ++i) {
                const long double middle = 0.5L * (low + high);
                (FoldLadder::slope(middle) < 0.0L ? low : high) = middle;
            }
            const auto tau = static_cast<double>(FoldLadder::curve(low));
            for (const auto& point : diagram.special_points) {
                if (std::abs(point.x[0] - static_cast<double>(low)) >
                    0.1 * std::abs(static_cast<double>(low - FoldLadder::place(k))))
                    continue;
                ++found;
                worst = std::max(worst, std::abs(point.tau - tau) / FoldLadder::apart(k));
            }
        }
    }
    EXPECT_EQ(found, 2 * FoldLadder::kRungs);
    EXPECT_EQ(diagram.special_points.size(), 2U * FoldLadder::kRungs);
    claim("branches-fold-pairs", found);
    claim("branches-fold-pairs-error", worst);
    // Rounding of tau, up to 60, is 1e-14.
    EXPECT_LE(worst, 1e-5);
}

TEST(BranchDiagram, OfRandomPlanarMixturesAreComplete) {
    const int laws = all_asked() ? 200 : 12;
    int incomplete = 0, wrong = 0, specials = 0;
    for (int i = 0; i < laws; ++i) {
        const auto law = planar_mixture(i);
        const auto diagram = trace_branches(*law, 0.05, 4.0, {1, static_cast<std::uint64_t>(i)});
        specials += static_cast<int>(diagram.special_points.size());
        if (!diagram.complete) {
            ++incomplete;
            std::printf("law %d: %s\n", i, diagram.doubt.c_str());
            continue;
        }
        // The branches that cross a level are the stationary points there.
        for (const double sigma : {0.11, 0.23, 0.47, 0.9}) {
            const auto set = find_stationary_points(*law, sigma, {2, static_cast<std::uint64_t>(i)});
            std::size_t crossing = 0;
            for (const auto& branch : diagram.branches) crossing += branch.covers(std::log(sigma)) ? 1 : 0;
            if (crossing != set.points.size()) {
                ++wrong;
                std::printf("law %d at %g: %zu branches, %zu points\n", i, sigma, crossing, set.points.size());
            }
        }
    }
    std::printf("%d special points\n", specials);
    claim("branches-mixtures-incomplete", incomplete);
    claim("branches-mixtures-wrong", wrong);
    EXPECT_EQ(incomplete, 0);
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sigmaflow
