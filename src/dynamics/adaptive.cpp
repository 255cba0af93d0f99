// The control of step sizes of AdaptiveSolver.
#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/dynamics/embedded_pairs.hpp"

namespace sigmaflow {
namespace {

constexpr int kStages = EmbeddedPair::stages;
constexpr double kSafety = 0.9;
constexpr double kBeta = 0.04;
constexpr double kAlpha = 0.2 - 0.75 * kBeta;
constexpr double kLeastFactor = 0.2;
constexpr double kMostFactor = 10.0;
constexpr double kLeastError = 1e-4;  // what the controller remembers of a smaller error
constexpr double kStretch = 1.01;     // an end this near is taken in one step
constexpr double kLeastStep = 1e-14;  // in ln sigma: what is left of rounding

/// Weighted root mean square of the rows of x, one per column.
Row norm(int dim, const Tile& v, const Tile& x, const Tile& y, const Tolerances& tolerances) {
    Row sum = Row::Zero();
    for (int i = 0; i < dim; ++i) {
        const Row size = x.row(i).array().abs().max(y.row(i).array().abs());
        sum += (v.row(i).array() / (tolerances.absolute + tolerances.relative * size)).square();
    }
    return (sum / dim).sqrt();
}

Row exponential(const Row& tau) {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = std::exp(tau[c]);
    return out;
}

/// The columns of a tile on their way over one step of the route.
class Columns {
  public:
    Columns(const EmbeddedPair& pair, const Tolerances& tolerances, const Step& step)
        : pair_(pair),
          tolerances_(tolerances),
          step_(step),
          begin_(std::log(step.from)),
          end_(std::log(step.to)),
          sign_(end_ < begin_ ? -1.0 : 1.0),
          proposal_(step.history.number(0)),
          last_error_(step.history.number(1)),
          z_(step.state.z),
          next_(step.history.stage(kStages - 1)),
          error_(step.history.stage(kStages)) {
        tau_.setConstant(begin_);
        for (int c = 0; c < kTileWidth; ++c) {
            active_[index(c)] = step.state.status[index(c)] == ParticleStatus::ok;
        }
        if (step.history.length() == 0) {
            step.flow.slope(z_, exponential(tau_), step.history.push(0.0));
            choose_first_steps();
        }
    }

    void run() {
        while (std::find(active_.begin(), active_.end(), true) != active_.end()) {
            choose_steps();
            take_stages();
            judge();
        }
    }

  private:
    static std::size_t index(int c) { return static_cast<std::size_t>(c); }
    Tile& k(int stage) { return stage == 0 ? step_.history.past(0) : step_.history.stage(stage - 1); }

    /// Hairer, Norsett & Wanner (1993), II.4: a first Euler step of 1 % of the size of x, then the second derivative.
    void choose_first_steps() {
        const int dim = step_.state.layout.dim;
        const Row size = norm(dim, z_, z_, z_, tolerances_);
        const Row slope = norm(dim, k(0), z_, z_, tolerances_);
        Row h;
        for (int c = 0; c < kTileWidth; ++c) {
            h[c] = size[c] < 1e-5 || slope[c] < 1e-5 ? 1e-6 : 0.01 * size[c] / slope[c];
        }
        next_ = z_ + (k(0).array().rowwise() * (sign_ * h)).matrix();
        step_.flow.slope(next_, exponential(tau_ + sign_ * h), k(1));
        k(1) -= k(0);
        const Row bend = norm(dim, k(1), z_, z_, tolerances_) / h;
        for (int c = 0; c < kTileWidth; ++c) {
            const double largest = std::max(slope[c], bend[c]);
            const double fitting = largest <= 1e-15 ? std::max(1e-6, 1e-3 * h[c]) : std::pow(0.01 / largest, 0.2);
            proposal_[c] = std::min(100.0 * h[c], fitting);
            last_error_[c] = kLeastError;
            if (active_[index(c)]) step_.state.evaluations[c] += 2.0;
        }
    }

    void choose_steps() {
        for (int c = 0; c < kTileWidth; ++c) {
            const double remaining = std::abs(end_ - tau_[c]);
            lands_[index(c)] = remaining <= kStretch * proposal_[c];
            const double length = lands_[index(c)] ? remaining : proposal_[c];
            h_[c] = active_[index(c)] ? sign_ * length : 0.0;
        }
    }

    void take_stages() {
        Tile& trial = next_;
        for (int i = 1; i < kStages; ++i) {
            const auto& a = pair_.a[index(i)];
            trial = a[0] * k(0);
            for (int j = 1; j < i; ++j) trial += a[index(j)] * k(j);
            trial = z_ + (trial.array().rowwise() * h_).matrix();
            step_.flow.slope(trial, exponential(tau_ + pair_.c[index(i)] * h_), k(i));
        }
        error_ = pair_.e[0] * k(0);
        for (int j = 1; j < kStages; ++j) error_ += pair_.e[index(j)] * k(j);
        error_ = (error_.array().rowwise() * h_).matrix();
        size_of_error_ = norm(step_.state.layout.dim, error_, z_, next_, tolerances_);
    }

    void judge() {
        for (int c = 0; c < kTileWidth; ++c) {
            if (!active_[index(c)]) continue;
            step_.state.evaluations[c] += kStages - 1;
            if (size_of_error_[c] <= 1.0) {
                accept(c);
            } else {
                reject(c);
            }
            const double tried = step_.state.steps[c] + step_.state.rejected[c];
            if (active_[index(c)] && (tried >= tolerances_.max_steps || proposal_[c] < kLeastStep)) give_up(c);
        }
    }

    /// The particle never reaches the end: what would be recorded there is not a number.
    void give_up(int c) {
        step_.state.status[index(c)] = ParticleStatus::step_limit;
        z_.col(c).setConstant(std::numeric_limits<double>::quiet_NaN());
        active_[index(c)] = false;
    }

    void accept(int c) {
        const double error = std::max(size_of_error_[c], 1e-300);
        const double wanted = kSafety * std::pow(error, -kAlpha) * std::pow(last_error_[c], kBeta);
        const double factor = std::clamp(wanted, kLeastFactor, after_rejection_[index(c)] ? 1.0 : kMostFactor);
        const double longer = std::abs(h_[c]) * factor;
        // A step that was cut to land says nothing against the longer one that was proposed.
        proposal_[c] = lands_[index(c)] ? std::max(proposal_[c], longer) : longer;
        last_error_[c] = std::max(error, kLeastError);
        after_rejection_[index(c)] = false;
        z_.col(c) = next_.col(c);
        k(0).col(c) = k(kStages - 1).col(c);
        tau_[c] += h_[c];
        step_.state.steps[c] += 1.0;
        if (lands_[index(c)]) active_[index(c)] = false;
    }

    void reject(int c) {
        // An error that is not a number shrinks the step as much as can be.
        const double wanted = kSafety * std::pow(size_of_error_[c], -kAlpha);
        proposal_[c] = std::abs(h_[c]) * (wanted > kLeastFactor ? wanted : kLeastFactor);
        after_rejection_[index(c)] = true;
        step_.state.rejected[c] += 1.0;
    }

    const EmbeddedPair& pair_;
    const Tolerances& tolerances_;
    const Step& step_;
    double begin_;
    double end_;
    double sign_;
    Row& proposal_;    // length of the next step, kept between steps of the route
    Row& last_error_;  // likewise
    Tile& z_;
    Tile& next_;
    Tile& error_;
    Row tau_;
    Row h_;
    Row size_of_error_;
    std::array<bool, kTileWidth> active_{};
    std::array<bool, kTileWidth> lands_{};
    std::array<bool, kTileWidth> after_rejection_{};
};

}  // namespace

SolverTraits AdaptiveSolver::traits() const {
    return {.stages = kStages + 1, .memory = 1, .numbers = 2, .adaptive = true};
}

/// Six evaluations a step; steps as measured on mixtures (tests: Adaptive.EvaluationsAreForecast), at least one per
/// landing.
double AdaptiveSolver::evaluations(const std::vector<double>& sigmas) const {
    const double last = sigmas.back() > 0.0 ? sigmas.back() : sigmas[sigmas.size() - 2];
    const double range = std::abs(std::log(last / sigmas.front()));
    const double steps = 0.22 * range * std::pow(tolerances_.relative, -0.2);
    return 6.0 * std::max(steps, static_cast<double>(sigmas.size() - 1));
}

void AdaptiveSolver::advance(const Step& step) const { Columns(*pair_, tolerances_, step).run(); }

}  // namespace sigmaflow
