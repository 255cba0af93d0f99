#include "sigmaflow/dynamics/quantile_flow.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "sigmaflow/numerics/log_erfc.hpp"

namespace sigmaflow {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// ln sum exp of terms that come one by one.
class LogSum {
  public:
    void add(double term) {
        if (term == -infinity) return;
        if (term > largest_) {
            sum_ = sum_ * std::exp(largest_ - term) + 1.0;
            largest_ = term;
        } else {
            sum_ += std::exp(term - largest_);
        }
    }
    [[nodiscard]] double value() const { return sum_ > 0.0 ? largest_ + std::log(sum_) : -infinity; }

  private:
    double largest_ = -infinity;
    double sum_ = 0.0;
};

/// The mass on the side of x where side * (x0 - x) < 0.
double log_tail(const LineLaw& law, double x, double sigma, double side) {
    LogSum sum;
    const double total = law.weights.sum();
    for (Eigen::Index k = 0; k < law.weights.size(); ++k) {
        const double weight = std::log(law.weights[k] / total);
        const double width = std::sqrt(law.variances[k] + sigma * sigma);
        const double distance = side * (law.means[k] - x);
        if (width > 0.0) {
            sum.add(weight + log_erfc(distance / (std::numbers::sqrt2 * width)) - std::numbers::ln2);
        } else if (distance < 0.0 || (distance == 0.0 && side > 0.0)) {
            sum.add(weight);
        }
    }
    return sum.value();
}

/// Solves log_tail(x') = wanted for a tail that grows with side * x'.
class TailRoot {
  public:
    TailRoot(const LineLaw& law, double sigma, double side, double wanted)
        : law_(law), sigma_(sigma), side_(side), wanted_(wanted) {}

    double solve(double guess, double scale) {
        bracket(guess, scale);
        double x = std::clamp(guess, std::min(few_, many_), std::max(few_, many_));
        for (int i = 0; i < 200; ++i) {
            const double tail = log_tail(law_, x, sigma_, side_);
            (tail < wanted_ ? few_ : many_) = x;
            const double slope = side_ * std::exp(log_line_density(law_, x, sigma_) - tail);
            double next = x - (tail - wanted_) / slope;
            const bool inside = next > std::min(few_, many_) && next < std::max(few_, many_);
            // Newton's step halves the bracket at the least, or the middle does.
            if (!inside || i % 3 == 2) next = few_ + 0.5 * (many_ - few_);
            if (inside && std::abs(next - x) <= 0.5 * std::numeric_limits<double>::epsilon() * std::abs(x)) return next;
            if (next == few_ || next == many_) return next;
            x = next;
        }
        return x;
    }

  private:
    /// Doubles a step on either side of the guess until the wanted mass lies in between.
    void bracket(double guess, double scale) {
        few_ = guess - side_ * scale;
        for (double step = scale; log_tail(law_, few_, sigma_, side_) >= wanted_; step *= 2.0) few_ -= side_ * step;
        many_ = guess + side_ * scale;
        for (double step = scale; log_tail(law_, many_, sigma_, side_) < wanted_; step *= 2.0) many_ += side_ * step;
    }

    const LineLaw& law_;
    double sigma_;
    double side_;
    double wanted_;
    double few_ = 0.0;   // less mass than wanted
    double many_ = 0.0;  // at least as much
};

}  // namespace

double log_mass_below(const LineLaw& law, double x, double sigma) { return log_tail(law, x, sigma, 1.0); }
double log_mass_above(const LineLaw& law, double x, double sigma) { return log_tail(law, x, sigma, -1.0); }

double log_line_density(const LineLaw& law, double x, double sigma) {
    LogSum sum;
    const double total = law.weights.sum();
    for (Eigen::Index k = 0; k < law.weights.size(); ++k) {
        const double variance = law.variances[k] + sigma * sigma;
        const double distance = x - law.means[k];
        sum.add(std::log(law.weights[k] / total) - 0.5 * distance * distance / variance -
                0.5 * std::log(2.0 * std::numbers::pi * variance));
    }
    return sum.value();
}

double keep_quantile(const LineLaw& law, double x, double from, double to) {
    if (!std::isfinite(x)) return x;
    const double below = log_mass_below(law, x, from);
    const double above = log_mass_above(law, x, from);
    const double side = below < above ? 1.0 : -1.0;
    // The guess: as if the law were one Gaussian.
    const double total = law.weights.sum();
    const double mean = law.weights.dot(law.means) / total;
    const double variance =
        (law.weights.array() * (law.variances.array() + (law.means.array() - mean).square())).sum() / total;
    const double ratio = std::sqrt((to * to + variance) / (from * from + variance));
    const double scale = 0.1 * std::sqrt(to * to + variance) + 1e-3 * std::abs(ratio * (x - mean));
    return TailRoot(law, to, side, std::min(below, above)).solve(mean + ratio * (x - mean), scale + 1e-300);
}

}  // namespace sigmaflow
