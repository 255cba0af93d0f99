#pragma once
// What a solver does to a Gaussian, without Monte Carlo: on N(0, c^2) every solver of the SDEs is linear, x_end = A
// x_start + sum_j B_j (W(t_j+1) - W(t_j)), and A and B_j are read off by feeding the real solver unit starts and paths
// that rise by 1 in one interval alone.

#include <map>
#include <set>
#include <vector>

#include "dynamics/support.hpp"

namespace sigmaflow::testing_support {

/// Notes which times are asked for, and answers 0; or lets the path of column c rise by 1 in interval first + c.
class UnitNoise final : public Noise {
  public:
    void increment(NoiseClock clock, double from, double to, Tile& out) override {
        out.setZero();
        if (!cut_) {
            times_[clock].insert({from, to});
            return;
        }
        for (int c = 0; c < kTileWidth; ++c) {
            const auto i = static_cast<std::size_t>(first_ + c);
            if (first_ < 0 || i >= intervals_.size() || intervals_[i].clock != clock) continue;
            const double end = intervals_[i].to;
            out.col(c).setConstant((to >= end ? 1.0 : 0.0) - (from >= end ? 1.0 : 0.0));
        }
    }
    void decision(double, Row& out) override { out.setConstant(0.5); }

    /// From here on it answers, for the intervals between all times that were noted.
    void cut() {
        cut_ = true;
        for (const auto& [clock, times] : times_) {
            for (auto it = times.begin(); std::next(it) != times.end(); ++it) {
                intervals_.push_back({clock, *it, *std::next(it)});
            }
        }
    }
    /// The first interval whose path rises, in column 0; -1 for none.
    void choose(int first) { first_ = first; }
    [[nodiscard]] std::size_t count() const { return intervals_.size(); }
    [[nodiscard]] double length(std::size_t i) const { return intervals_[i].to - intervals_[i].from; }

  private:
    struct Interval {
        NoiseClock clock;
        double from;
        double to;
    };
    std::map<NoiseClock, std::set<double>> times_;
    std::vector<Interval> intervals_;
    int first_ = -1;
    bool cut_ = false;
};

/// Var(x_end) / (c^2 + sigma_end^2) - 1 of a solver that starts from the exact N(0, c^2 + sigma_start^2).
class VarianceOf {
  public:
    VarianceOf(double law_variance, const Value::Table& clock, const char* solver, const Value::Table& choices)
        : variance_(law_variance),
          model_(make_model("gaussian", {{"dim", 1}, {"variances", Value::List{law_variance}}}, "edm", clock, solver,
                            {}, choices)),
          flow_(*model_.distribution, {}),
          state_(flow_.layout()),
          history_(model_.solver->traits().stages, model_.solver->traits().memory, 0, 1) {}

    double relative_error() {
        run(0.0);
        noise_.cut();
        noise_.choose(-1);
        run(1.0);
        const double first = model_.grid.front(), last = model_.grid.back();
        double variance = state_.z(0, 0) * state_.z(0, 0) * (variance_ + first * first);
        for (std::size_t j = 0; j < noise_.count(); j += kTileWidth) {
            noise_.choose(static_cast<int>(j));
            run(0.0);
            for (std::size_t i = j; i < std::min(j + kTileWidth, noise_.count()); ++i) {
                const double b = state_.z(0, static_cast<int>(i - j));
                variance += b * b * noise_.length(i);
            }
        }
        return variance / (variance_ + last * last) - 1.0;
    }

  private:
    void run(double start) {
        state_.x().setConstant(start);
        state_.sigma.setConstant(model_.grid.front());
        history_.clear();
        for (std::size_t i = 1; i < model_.grid.size(); ++i) {
            advance(*model_.solver, flow_, model_.grid[i], history_, state_, {model_.positive_sigmas(), &noise_});
        }
    }

    double variance_;
    PointModel model_;
    ProbabilityFlow flow_;
    State state_;
    History history_;
    UnitNoise noise_;
};

}  // namespace sigmaflow::testing_support
