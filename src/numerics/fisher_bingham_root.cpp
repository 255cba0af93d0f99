#include "sigmaflow/numerics/fisher_bingham_root.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sigmaflow {
namespace {

constexpr double kStep = 0.13;
constexpr double kNegligible = 1e-18;

}  // namespace

FisherBinghamRoot::FisherBinghamRoot(const Eigen::VectorXd& weights)
    : weights_(weights),
      dim_(static_cast<int>(weights.size())),
      base_(dim_),
      tilted_(dim_),
      excess_(dim_),
      mean_(dim_),
      covariance_(dim_, dim_),
      first_(dim_),
      second_(dim_, dim_),
      offset_(static_cast<std::size_t>(dim_)),
      slope_(static_cast<std::size_t>(dim_)),
      variance_(static_cast<std::size_t>(dim_)) {}

void FisherBinghamRoot::solve(const double* excess, const double* pull, double noise) {
    integrate(excess, pull, noise, nullptr);
    const Eigen::Index k = dim_;
    for (Eigen::Index j = 0; j < k; ++j) {
        const double shift = first_[j] / sum_;
        mean_[j] = base_.mean()[j] + shift;
        for (Eigen::Index i = 0; i <= j; ++i) {
            covariance_(i, j) = covariance_(j, i) = second_(i, j) / sum_ - first_[i] / sum_ * shift;
        }
    }
}

void FisherBinghamRoot::integrate(const double* excess, const double* pull, double noise, const double* coefficients) {
    base_.solve(excess, pull, noise);
    sum_ = 0.0;
    first_.setZero();
    second_.setZero();
    moments_ = {};
    terms_ = {};
    nodes_ = 0;
    double before = 0.0;
    for (int j = 0; j < kMostSteps; ++j) {
        const double y = j * kStep;
        const double log_ratio = tilt(excess, pull, noise, std::sinh(y));
        const double term = add((j == 0 ? 0.5 : 1.0) * std::cosh(y) * std::exp(log_ratio), coefficients);
        if (term < before && term < kNegligible * sum_) break;
        before = term;
    }
    log_average_ = std::log(2.0 * kStep * std::numbers::inv_sqrtpi * sum_);
}

/// Solves the law of lambda_i + t^2 w_i; returns ln of its normaliser over that of the base. With D = a^2 + w of the
/// base and D' of the tilted law the difference of the exponents is (dw/2 noise) (sum_i noise/D_i + b_i^2 (D'_i -
/// D_i)/D'_i) - t^2 sum_i w_i b_i^2 D_i/D'_i - (1/2) sum_i ln(D'_i/D_i).
double FisherBinghamRoot::tilt(const double* excess, const double* pull, double noise, double t) {
    for (int i = 0; i < dim_; ++i) excess_[i] = excess[i] + 2.0 * noise * t * t * weights_[i];
    const double least = excess_.minCoeff();
    excess_.array() -= least;
    tilted_.solve(excess_.data(), pull, noise);
    const double shift = tilted_.saddle() - base_.saddle() - least;  // of w
    double slack = 0.0;
    double out = tilted_.log_contour() - base_.log_contour();
    for (int i = 0; i < dim_; ++i) {
        const double d = excess[i] + base_.saddle();
        const double increase = 2.0 * noise * t * t * weights_[i] + shift;
        const double tilted = excess_[i] + tilted_.saddle();
        const double square = base_.centre(i) * base_.centre(i);
        slack += noise / d + square * (increase / tilted);
        out -= t * t * weights_[i] * square * (d / tilted) + 0.5 * std::log1p(increase / d);
    }
    return out + shift / (2.0 * noise) * slack;
}

/// The average of q under the tilted law, with its moments; weight times that.
double FisherBinghamRoot::add(double weight, const double* coefficients) {
    const double before = sum_;
    for (int j = 0; j < tilted_.nodes(); ++j) add_node(weight, j, coefficients);
    nodes_ += tilted_.nodes();
    return sum_ - before;
}

/// Given the node u_i = b_i + independent Gaussians of variance V_i. With Q = E q = sum_i w_i (b_i^2 + V_i):
/// E[q (u - b)_i] = 2 w_i b_i V_i and E[q (u - b)_i (u - b)_j] = delta_ij (Q V_i + 2 w_i V_i^2).
void FisherBinghamRoot::add_node(double weight, int node, const double* coefficients) {
    const Complex z = tilted_.node(node);
    const Complex w = weight * tilted_.weight(node);
    Complex q = 0.0;
    for (int i = 0; i < dim_; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Complex r = 1.0 / (1.0 + tilted_.share(i) * z);
        const Complex b = tilted_.centre(i) * r;
        variance_[at] = tilted_.alpha() * tilted_.share(i) * r;
        offset_[at] = (tilted_.centre(i) - base_.mean()[i]) - tilted_.share(i) * z * b;
        slope_[at] = 2.0 * weights_[i] * b * variance_[at];
        q += weights_[i] * (b * b + variance_[at]);
    }
    sum_ += (w * q).real();
    if (coefficients == nullptr) {
        for (int j = 0; j < dim_; ++j) {
            const auto at = static_cast<std::size_t>(j);
            const Complex v = variance_[at];
            first_[j] += (w * (q * offset_[at] + slope_[at])).real();
            second_(j, j) += (w * (q * v + 2.0 * weights_[j] * v * v)).real();
            for (int i = 0; i <= j; ++i) {
                const auto other = static_cast<std::size_t>(i);
                const Complex cross = offset_[other] * slope_[at] + slope_[other] * offset_[at];
                second_(i, j) += (w * (q * offset_[other] * offset_[at] + cross)).real();
            }
        }
        return;
    }
    // The projection is delta + Y: E[q Y^n] = Q g_n + beta n g_{n-1} + (chi/2) n (n-1) g_{n-2}, g_n = E Y^n.
    Complex delta = 0.0;
    Complex e = 0.0;
    Complex beta = 0.0;
    Complex chi = 0.0;
    for (int i = 0; i < dim_; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double c = coefficients[i];
        delta += c * offset_[at];
        e += c * c * variance_[at];
        beta += c * slope_[at];
        chi += 2.0 * c * c * weights_[i] * variance_[at] * variance_[at];
    }
    const Complex y2 = q * e + chi;
    const Complex y3 = 3.0 * beta * e;
    const Complex y4 = 3.0 * e * (q * e + 2.0 * chi);
    const std::array<Complex, 4> terms{q * delta + beta, delta * (q * delta + 2.0 * beta) + y2,
                                       delta * (delta * (q * delta + 3.0 * beta) + 3.0 * y2) + y3,
                                       delta * (delta * (delta * (q * delta + 4.0 * beta) + 6.0 * y2) + 4.0 * y3) + y4};
    for (std::size_t n = 0; n < terms.size(); ++n) {
        moments_[n] += (w * terms[n]).real();
        terms_[n] += std::abs(w * terms[n]);
    }
}

FisherBingham::Cumulants FisherBinghamRoot::cumulants(const double* excess, const double* pull, double noise,
                                                      const double* coefficients) {
    integrate(excess, pull, noise, coefficients);
    double mean = 0.0;
    for (int i = 0; i < dim_; ++i) mean += coefficients[i] * base_.mean()[i];
    const double m1 = moments_[0] / sum_;
    const double m2 = moments_[1] / sum_;
    const double m3 = moments_[2] / sum_;
    const double m4 = moments_[3] / sum_;
    const double variance = m2 - m1 * m1;
    double error = variance > 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
    for (std::size_t n = 1; n < terms_.size(); ++n) {
        const double size = std::pow(variance, 0.5 * static_cast<double>(n + 1));
        error = std::max(error, std::numeric_limits<double>::epsilon() * terms_[n] / sum_ / size);
    }
    return {{mean + m1, variance, m3 - m1 * (3.0 * m2 - 2.0 * m1 * m1),
             m4 - m1 * (4.0 * m3 - m1 * (6.0 * m2 - 3.0 * m1 * m1)) - 3.0 * variance * variance},
            error};
}

FisherBingham::Cumulants FisherBinghamRoot::precise_cumulants(Digits digits, const double* excess, const double* pull,
                                                              double noise, const LinearFormOnShell& form,
                                                              double unit) {
    constexpr double step = 0.5 * kStep;  // squares the error
    constexpr double negligible = 1e-30;
    base_.solve(excess, pull, noise);
    const auto sums = sigmaflow::precise_cumulants(digits, form, base_, unit);
    for (int j = 0; j < 2 * kMostSteps; ++j) {
        const double t = std::sinh(j * step);
        tilt(excess, pull, noise, t);
        if (sums->add_tilted(tilted_, unit, weights_, t, (j == 0 ? 0.5 : 1.0) * std::cosh(j * step)) < negligible)
            break;
    }
    return sums->cumulants();
}

}  // namespace sigmaflow
