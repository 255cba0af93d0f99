#include "sigmaflow/stability/information_curve.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "sigmaflow/stability/class_posterior.hpp"

namespace sigmaflow {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The root in ln sigma of a decreasing function, from a sigma on the right scale; NaN if it has none within 1e-12 ..
/// 1e12 of it.
template <class Function>
double decreasing_root(const Function& f, double value, double scale) {
    double low = std::log(scale);
    double high = low;
    const double reach = std::log(1e12);
    while (f(std::exp(low)) < value) {
        high = low;
        low -= 1.0;
        if (low < std::log(scale) - reach) return kNone;
    }
    while (f(std::exp(high)) > value) {
        low = high;
        high += 1.0;
        if (high > std::log(scale) + reach) return kNone;
    }
    while (true) {
        const double middle = low + 0.5 * (high - low);
        if (!(middle > low && middle < high)) return std::exp(middle);
        (f(std::exp(middle)) > value ? low : high) = middle;
    }
}

}  // namespace

double gaussian_information(const Eigen::VectorXd& variances, double sigma) {
    return 0.5 * (variances.array() / (sigma * sigma)).log1p().sum();
}

double gaussian_collapse(const Eigen::VectorXd& variances, double information) {
    const double widest = std::sqrt(variances.maxCoeff());
    if (!(widest > 0.0)) return 0.0;
    return decreasing_root([&](double sigma) { return gaussian_information(variances, sigma); }, information, widest);
}

InformationCurve::InformationCurve(const Distribution& law, const StreamKey& key, int draws)
    : law_(&law), method_(InformationMethod::normal_excess) {
    if (const GaussianLaw* gaussian = law.gaussian()) {
        method_ = InformationMethod::closed_form;
        covariance_.values = gaussian->values;
        return;
    }
    mixture_ = law.mixture(ClassPosterior::kMostComponents);
    if (mixture_) {
        line_ = collinear_mixture(*mixture_);
        method_ = line_ ? InformationMethod::quadrature : InformationMethod::components;
        weights_ = mixture_->weights / mixture_->weights.sum();
        if (line_) return;
    }
    const Needs needs{.log_density = !mixture_, .entropy = mixture_.has_value()};
    if (mixture_ ? !law.posterior().capabilities().entropy : !law.posterior().capabilities().log_density) {
        throw std::logic_error("the information of a law needs its log density, or the entropy of its weights");
    }
    if (!mixture_) {
        const Moments moments = law.moments();
        centre_ = moments.mean;
        covariance_ = symmetric_eigenpairs(moments.covariance);
        covariance_.values = covariance_.values.cwiseMax(0.0);
    }
    draws_.emplace(law, key, 0, draws);
    workspace_ = law.posterior().workspace();
    posterior_.emplace(law.dim(), needs);
}

double InformationCurve::within(double sigma) const {
    if (method_ == InformationMethod::closed_form) return gaussian_information(covariance_.values, sigma);
    if (!mixture_) return kNone;
    double sum = 0.0;
    for (Eigen::Index k = 0; k < weights_.size(); ++k) {
        const GaussianComponent& component = mixture_->components[static_cast<std::size_t>(k)];
        const auto rest = static_cast<double>(component.mean.size() - component.axes.cols());
        const double sphere = 0.5 * rest * std::log1p(component.variance / (sigma * sigma));
        sum += weights_[k] * (sphere + gaussian_information(component.variances, sigma));
    }
    return sum;
}

MeanEstimate InformationCurve::label_entropy(double sigma) {
    return draws_->average(sigma, [&](const MarginalDraws::Piece&, const Tile& x) {
        law_->posterior().evaluate(x, Row::Constant(sigma), {.entropy = true}, *workspace_, *posterior_);
        return posterior_->entropy;
    });
}

/// E ln(p_sigma / g), g the Gaussian with the mean and covariance of p_sigma.
MeanEstimate InformationCurve::normal_excess(double sigma) {
    const Eigen::VectorXd totals = covariance_.values.array() + sigma * sigma;
    const double constant =
        0.5 * (totals.array().log().sum() + static_cast<double>(law_->dim()) * std::log(2.0 * std::numbers::pi));
    return draws_->average(sigma, [&](const MarginalDraws::Piece&, const Tile& x) {
        law_->posterior().evaluate(x, Row::Constant(sigma), {.log_density = true}, *workspace_, *posterior_);
        const Tile along = covariance_.vectors.transpose() * (x.colwise() - centre_);
        const Row quadratic = (along.array().square().colwise() / totals.array()).colwise().sum();
        return Row(posterior_->log_density + 0.5 * quadratic + constant);
    });
}

MeanEstimate InformationCurve::operator()(double sigma) {
    if (method_ == InformationMethod::closed_form) return exactly(gaussian_information(covariance_.values, sigma));
    if (method_ == InformationMethod::quadrature) return exactly(mutual_information(*line_, sigma));
    MeanEstimate out = mixture_ ? label_entropy(sigma) : normal_excess(sigma);
    const double prior = mixture_ ? -(weights_.array() * weights_.array().log()).sum() : 0.0;
    out.mean = (mixture_ ? within(sigma) + prior : gaussian_information(covariance_.values, sigma)) - out.mean;
    return out;
}

Collapse collapse_point(InformationCurve& curve, double information, double scale) {
    Collapse out;
    out.sigma = decreasing_root([&](double sigma) { return curve(sigma).mean; }, information, scale);
    if (!std::isfinite(out.sigma)) return {kNone, kNone};
    constexpr double step = 1e-3;  // in ln sigma
    const double slope =
        (curve(out.sigma * std::exp(step)).mean - curve(out.sigma * std::exp(-step)).mean) / 2.0 / step;
    out.error = out.sigma * curve(out.sigma).error / std::abs(slope);
    return out;
}

Collapse within_collapse(const InformationCurve& curve, double information, double scale) {
    const double all = curve.within(scale);
    if (std::isnan(all)) return {kNone, kNone};
    if (all == 0.0) return {};
    return {decreasing_root([&](double sigma) { return curve.within(sigma); }, information, scale), 0.0};
}

}  // namespace sigmaflow
