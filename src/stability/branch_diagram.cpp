#include "sigmaflow/stability/branch_diagram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "branch_point.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/stability/stationary_family.hpp"
#include "sigmaflow/stability/stationary_points.hpp"
#include "special_points_met.hpp"

namespace sigmaflow {
namespace {

constexpr double kLaunch = 2e-4;          ///< first step away from a special point
constexpr double kSamePlace = 1e-5;       ///< stationary points this near in x / length are one
constexpr double kBesideMultiple = 0.01;  ///< where branches of a multiple point are looked for
constexpr double kInside = 1e-6;          ///< of the range
constexpr int kMostRounds = 4;
constexpr std::size_t kMostBranches = 20000;

class DiagramBuilder {
  public:
    DiagramBuilder(GradientSystem& system, double tau_min, double tau_max, const StationaryOracle& oracle)
        : system_(system),
          curve_(system),
          tracer_(curve_, tau_min, tau_max),
          tau_min_(tau_min),
          tau_max_(tau_max),
          oracle_(oracle) {}

    BranchDiagram build(int levels) {
        for (int i = 0; i < levels; ++i) {
            // Both ends as well, from just inside: what appears between levels goes on to the lower end as a rule.
            look_at(tau_max_ + (tau_min_ - tau_max_) * std::clamp(i / (levels - 1.0), kInside, 1.0 - kInside));
        }
        for (int round = 0; round < kMostRounds && supplement(); ++round) {
        }
        finish();
        return std::move(diagram_);
    }

  private:
    /// Traces what is not yet known of the stationary points at tau.
    void look_at(double tau) {
        const StationarySet set = oracle_(tau);
        if (!set.complete) doubts_.push_back({tau, set.doubt});
        for (const auto& point : set.points) {
            if ((point.zeros() > 0 && !point.is_family) || is_known(point, tau)) continue;
            trace_both_ways(point, tau);
            follow_departures();
        }
    }

    [[nodiscard]] bool is_known(const StationaryPoint& point, double tau) {
        const double length = system_.length(tau);
        StationarySearch search(system_, tau);
        for (const auto& branch : diagram_.branches) {
            if (!branch.covers(tau) || branch.index != point.index || branch.zeros != point.zeros()) continue;
            const auto there = point_at(curve_, branch, tau);
            if (!there) continue;
            if ((there->x - point.x).norm() <= kSamePlace * length) return true;
            if (point.zeros() == 0) continue;
            if (const auto polished = search.polish(there->x)) {
                if (is_same_family(search, length, *polished, point)) return true;
            }
        }
        return false;
    }

    void trace_both_ways(const StationaryPoint& point, double tau) {
        const Eigen::MatrixXd zeros = point.is_family ? point.zero_directions : Eigen::MatrixXd(point.x.size(), 0);
        auto start = curve_.through(point.x, tau, zeros);
        if (!start) {
            doubts_.push_back({tau, "a stationary point could not be followed"});
            return;
        }
        constexpr double kFirstStep = 1e-2;
        TracedBranch up = tracer_.trace(*start, kFirstStep);
        start->direction = -start->direction;
        const TracedBranch down = tracer_.trace(*start, kFirstStep);
        Branch branch;
        branch.low = arrive(down, branch.tau_low);
        branch.high = arrive(up, branch.tau_high);
        branch.points.assign(down.points.rbegin(), down.points.rend());
        branch.points.insert(branch.points.end(), up.points.begin() + 1, up.points.end());
        add(std::move(branch));
    }

    void add(Branch branch) {
        const CurvePoint& middle = branch.points[branch.points.size() / 2];
        branch.index = middle.index;
        branch.zeros = static_cast<int>(middle.zero_directions.cols());
        branch.euler_characteristic = euler_characteristic(middle);
        diagram_.branches.push_back(std::move(branch));
    }

    [[nodiscard]] int euler_characteristic(const CurvePoint& point) {
        const auto z = point.zero_directions.cols();
        if (z == 0) return 1;
        if (z % 2 == 1) return 0;
        StationarySearch search(system_, point.tau);
        auto polished = search.polish(point.x);
        if (!polished || polished->zeros() != z) return -1;
        recognise_family(search, system_.length(point.tau), *polished);
        return polished->is_family ? polished->euler_characteristic : -1;
    }

    /// Notes where a traced branch has ended.
    BranchEnding arrive(const TracedBranch& traced, double& tau) {
        BranchEnding out{traced.end, -1};
        tau = traced.points.back().tau;
        if (traced.end == BranchEnd::lost) doubts_.push_back({tau, "a branch was lost"});
        if (traced.end != BranchEnd::special_point) return out;
        const auto known = met_.points().size();
        out.special = met_.number_of(*traced.special, system_.length(traced.special->tau));
        if (met_.points().size() > known && !traced.special->converged) {
            doubts_.push_back({traced.special->tau, "a special point was not refined"});
        }
        tau = met_.at(out.special).tau;
        if (!met_.leave_by(out.special, traced.arrival)) {
            doubts_.push_back({tau, "two branches leave a point in one direction"});
        }
        return out;
    }

    /// Traces every way out of the special points that no branch has come by.
    void follow_departures() {
        while (diagram_.branches.size() < kMostBranches) {
            auto departure = met_.next();
            if (!departure) return;
            launch(departure->number, std::move(departure->direction));
        }
    }

    void launch(int special, Eigen::VectorXd direction) {
        const SpecialPoint from = met_.at(special);
        CurvePoint start;
        start.x = from.x;
        start.tau = from.tau;
        start.direction = std::move(direction);
        start.zero_directions = from.zero_directions;
        const double tau_from = from.tau;
        const auto first = curve_.along(start, kLaunch);
        if (!first) {
            doubts_.push_back({from.tau, "a branch does not leave a special point"});
            return;
        }
        const bool up = first->tau_rate() > 0.0;
        if ((up ? first->tau >= tau_max_ : first->tau <= tau_min_)) return;
        TracedBranch traced = tracer_.trace(*first, kLaunch);
        Branch branch;
        BranchEnding& near = up ? branch.low : branch.high;
        (up ? branch.tau_low : branch.tau_high) = tau_from;
        near = {BranchEnd::special_point, special};
        (up ? branch.high : branch.low) = arrive(traced, up ? branch.tau_high : branch.tau_low);
        if (!up) std::reverse(traced.points.begin(), traced.points.end());
        branch.points = std::move(traced.points);
        add(std::move(branch));
    }

    /// Stretches between special points with their sums.
    void sum_up() {
        std::vector<double> ends{tau_min_, tau_max_};
        for (const auto& special : met_.points()) ends.push_back(special.tau);
        std::sort(ends.begin(), ends.end());
        diagram_.stretches.clear();
        for (std::size_t i = 1; i < ends.size(); ++i) {
            // Points of one orbit are at one tau, to rounding.
            if (ends[i] - ends[i - 1] < 1e-11) continue;
            DiagramStretch stretch{ends[i - 1], ends[i], 0, 0};
            const double middle = 0.5 * (ends[i - 1] + ends[i]);
            for (const auto& branch : diagram_.branches) {
                if (!branch.covers(middle)) continue;
                stretch.euler_sum += (branch.index % 2 == 0 ? 1 : -1) * branch.euler_characteristic;
                stretch.modes += branch.index == 0 ? 1 : 0;
            }
            diagram_.stretches.push_back(stretch);
        }
    }

    /// Looks again beside multiple points and where the sum is not 1; false if there is nothing to do.
    bool supplement() {
        bool looked = false;
        for (; looked_beside_ < met_.points().size(); ++looked_beside_) {
            const SpecialPoint point = met_.points()[looked_beside_];
            if (point.kind != SpecialKind::multiple) continue;
            for (const double side : {-kBesideMultiple, kBesideMultiple}) {
                const double tau = point.tau + side;
                if (tau > tau_min_ && tau < tau_max_) look_at(tau);
            }
            looked = true;
        }
        sum_up();
        const auto stretches = diagram_.stretches;
        for (const auto& stretch : stretches) {
            if (stretch.euler_sum == 1 || stretch.tau_high - stretch.tau_low < 1e-6) continue;
            look_at(0.5 * (stretch.tau_low + stretch.tau_high));
            looked = true;
        }
        return looked;
    }

    void finish() {
        sum_up();
        for (const auto& stretch : diagram_.stretches) {
            if (stretch.euler_sum != 1) doubts_.push_back({stretch.tau_low, "the Euler sum is not 1"});
        }
        diagram_.complete = doubts_.empty();
        if (!diagram_.complete) {
            diagram_.doubt =
                doubts_.front().second + " near sigma = " + std::to_string(std::exp(doubts_.front().first));
        }
        sort_special_points();
        std::stable_sort(diagram_.branches.begin(), diagram_.branches.end(), [](const Branch& a, const Branch& b) {
            return a.index != b.index ? a.index < b.index : a.tau_high > b.tau_high;
        });
    }

    /// Hands the special points over, in the order of generation; branches follow.
    void sort_special_points() {
        const auto& points = met_.points();
        std::vector<int> order(points.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return met_.at(a).tau > met_.at(b).tau; });
        std::vector<int> place(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
            diagram_.special_points.push_back(met_.at(order[i]));
        }
        for (auto& branch : diagram_.branches) {
            for (int* special : {&branch.low.special, &branch.high.special}) {
                if (*special >= 0) *special = place[static_cast<std::size_t>(*special)];
            }
        }
    }

    GradientSystem& system_;
    SolutionCurve curve_;
    BranchTracer tracer_;
    double tau_min_;
    double tau_max_;
    const StationaryOracle& oracle_;
    BranchDiagram diagram_;
    SpecialPointsMet met_;
    std::vector<std::pair<double, std::string>> doubts_;  ///< tau and reason
    std::size_t looked_beside_ = 0;                       ///< special points whose surroundings were looked at
};

}  // namespace

BranchDiagram trace_branches(GradientSystem& system, double tau_min, double tau_max, const StationaryOracle& oracle,
                             int levels) {
    return DiagramBuilder(system, tau_min, tau_max, oracle).build(levels);
}

BranchDiagram trace_branches(const Distribution& law, double sigma_min, double sigma_max, const StreamKey& key) {
    FrozenFlow flow(law.posterior());
    const auto oracle = [&](double tau) { return find_stationary_points(law, std::exp(tau), key); };
    constexpr int kLevels = 16;
    return trace_branches(flow, std::log(sigma_min), std::log(sigma_max), oracle, kLevels);
}

double unimodal_sigma(const Distribution& law, const StreamKey& key) {
    const Eigen::VectorXd mean = law.mean();
    double out = 0.0;
    if (const auto mixture = law.mixture(4096)) {
        for (const auto& component : mixture->components) out = std::max(out, (component.mean - mean).norm());
    } else {
        Eigen::VectorXd x(law.dim());
        for (int i = 0; i < 1024; ++i) {
            Stream stream = key.stream(i, Purpose::data);
            law.draw(stream, x);
            out = std::max(out, (x - mean).norm());
        }
    }
    return out > 0.0 ? 1.05 * out : 1.0;
}

}  // namespace sigmaflow
