#include "sigmaflow/numerics/precise_cumulants.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_complex.hpp>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {
namespace {

namespace mp = boost::multiprecision;
using Backend = mp::cpp_bin_float_quad::backend_type;
using Quad = mp::number<Backend, mp::et_off>;
using QuadComplex = mp::number<mp::complex_adaptor<Backend>, mp::et_off>;

template <class Real>
struct ComplexOf {
    using Type = std::complex<Real>;
};
template <>
struct ComplexOf<Quad> {
    using Type = QuadComplex;
};

constexpr std::size_t kOrders = 4;
/// ln of what is negligible in 113 bits even where twelve digits cancel.
constexpr double kEnd = -100.0;
/// Of the step that was enough for doubles: halving it squares an error that was below 1e-15.
constexpr double kRefinement = 0.5;
constexpr int kMostNodes = 4 * FisherBingham::kMostNodes;

template <class Real>
std::vector<Real> exact(const Eigen::VectorXd& v) {
    return {v.begin(), v.end()};
}
double as_double(const Quad& x) { return x.convert_to<double>(); }
double as_double(long double x) { return static_cast<double>(x); }

/// The product of complex numbers and the sum of their arguments.
template <class Real>
class ComplexProduct {
  public:
    using Complex = typename ComplexOf<Real>::Type;

    void multiply(const Complex& factor) {
        value_ *= factor;
        argument_ += std::atan2(as_double(factor.imag()), as_double(factor.real()));
    }
    /// The sum of their logarithms.
    [[nodiscard]] Complex log() const {
        using std::acos;
        using std::log;
        const Complex principal = log(value_);
        const double turns = (argument_ - as_double(principal.imag())) / (2.0 * std::acos(-1.0));
        return principal + Complex(Real(0), Real(2 * std::round(turns) * acos(Real(-1))));
    }

  private:
    Complex value_{1};
    double argument_ = 0.0;
};

/// The contour integral has the exponent L(w) = w/2n - (1/2) sum_i ln D_i + sum_i p_i^2/(2 n D_i), where D_i = E_i + w,
/// n = sigma^2, p_i = a_i x_i and E_i = a_i^2, with a tilt 2 n t^2 w_i more. Given w, u_i has the mean p_i/D_i and the
/// variance n/D_i. All exponents count from that of the law itself at `start`, on the real axis.
template <class Real>
class Sums final : public PreciseCumulants {
  public:
    using Reals = std::vector<Real>;
    using Complex = typename ComplexOf<Real>::Type;

    Sums(const LinearFormOnShell& form, const FisherBingham& rough, double unit);
    void add_law(const FisherBingham& rough, double unit) override;
    double add_tilted(const FisherBingham& rough, double unit, const Eigen::VectorXd& w, double t,
                      double weight) override;
    [[nodiscard]] FisherBingham::Cumulants cumulants() const override;

  private:
    void add(const FisherBingham& rough, double unit, const Reals& lift, const Reals& quadric, double factor);
    [[nodiscard]] Complex exponent(const Reals& lift, const Complex& w);
    void add_node(const Reals& lift, const Reals& quadric, const Complex& w, const Complex& weight);

    Real noise_{};
    Real start_{};
    Real mu_{};
    Real at_start_{};                           ///< the form given `start`
    Reals squares_, pull_, divisors_, centre_;  ///< a^2, p, and D and b at `start`
    Reals scale_, rest_;                        ///< c a, and less mu b
    std::array<Real, kOrders + 1> moments_{};   ///< of the form less its value at the start
    std::array<double, kOrders + 1> terms_{};   ///< the same sums without signs
    double part_ = 0.0;                         ///< of the last exponent
    double exponents_ = 1.0;                    ///< the largest part of an exponent that counted
};

/// On the sphere the form equals itself less (mu_/2) (|u|^2 - 1) for every mu_; this one takes away its radial part, as
/// in FisherBingham::cumulants.
template <class Real>
Sums<Real>::Sums(const LinearFormOnShell& form, const FisherBingham& rough, double unit) {
    const auto axes = exact<Real>(form.axes);
    const auto x = exact<Real>(form.x);
    const auto direction = exact<Real>(form.direction);
    noise_ = Real(form.sigma) * form.sigma;
    double overlap = 0.0;
    double length = 0.0;
    Real norm = 0;
    const Real least = *std::min_element(axes.begin(), axes.end());
    start_ = Real(rough.saddle()) * unit * unit - least * least;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        squares_.push_back(axes[i] * axes[i]);
        pull_.push_back(axes[i] * x[i]);
        scale_.push_back(axes[i] * direction[i]);
        divisors_.push_back(squares_[i] + start_);
        centre_.push_back(pull_[i] / divisors_[i]);
        const int at = static_cast<int>(i);
        overlap += as_double(scale_[i]) * rough.centre(at) * rough.share(at);
        length += (rough.centre(at) * rough.centre(at) + 0.5 * rough.alpha() * rough.share(at)) * rough.share(at);
        at_start_ += scale_[i] * centre_[i];
        norm += centre_[i] * centre_[i];
    }
    mu_ = overlap / length;
    at_start_ -= mu_ / 2 * (norm - 1);
    for (std::size_t i = 0; i < axes.size(); ++i) rest_.push_back(scale_[i] - mu_ * centre_[i]);
}

/// With D = D(start_) + g: the sum of g/(2n)-like terms_ is written as a difference from the start_.
template <class Real>
typename Sums<Real>::Complex Sums<Real>::exponent(const Reals& lift, const Complex& w) {
    const Complex shift = w - start_;
    using std::abs;
    Complex sum = shift / (2 * noise_);
    part_ = as_double(abs(sum));
    ComplexProduct<Real> product;
    for (std::size_t i = 0; i < squares_.size(); ++i) {
        const Complex relative = (shift + lift[i]) / divisors_[i];
        const Complex factor = relative + Real(1);
        product.multiply(factor);
        sum -= centre_[i] * centre_[i] * divisors_[i] / (2 * noise_) * (relative / factor);
    }
    return sum - product.log() / Real(2);
}

template <class Real>
void Sums<Real>::add(const FisherBingham& rough, double unit, const Reals& lift, const Reals& quadric, double factor) {
    Real least = squares_[0] + lift[0];
    for (std::size_t i = 1; i < squares_.size(); ++i) least = std::min(least, Real(squares_[i] + lift[i]));
    const ContourPath& path = rough.path();
    const Real saddle = Real(rough.saddle()) * unit * unit;
    const Real real_point = saddle - least;
    const Real length = saddle * path.unit;
    const Real step = Real(path.step) * kRefinement;
    using std::exp;
    double highest = -1e300;
    for (int j = 0; j < kMostNodes; ++j) {
        const auto place = path.at(Real(step * j));
        const Complex w = real_point + length * Complex(place.re, place.im);
        const Complex height = exponent(lift, w);
        highest = std::max(highest, as_double(height.real()));
        if (!(as_double(height.real()) > highest + kEnd)) return;  // negligible, or beyond all numbers
        if (as_double(height.real()) > highest - 40.0) exponents_ = std::max(exponents_, part_);
        const Complex speed = length * step * Complex(place.slope_im, -place.slope_re);
        const Real half = j == 0 ? 0.5 : 1.0;
        add_node(lift, quadric, w, speed * exp(height) * Real(half * factor));
    }
}

/// Given the node the form has the cumulants of FisherBingham::conditional, and e^{h form} moves the mean and the
/// variance of u_i so that the quadric's average becomes a series in h.
template <class Real>
void Sums<Real>::add_node(const Reals& lift, const Reals& quadric, const Complex& w, const Complex& weight) {
    std::array<Complex, kOrders> cumulants{};
    std::array<Complex, kOrders + 1> average{};  // of q, coefficients of h^n
    if (quadric.empty()) average[0] = 1;
    for (std::size_t i = 0; i < squares_.size(); ++i) {
        const Complex d = squares_[i] + lift[i] + w;
        const Complex v = noise_ / d;
        const Complex move = pull_[i] / d - centre_[i];
        const Complex slope = rest_[i] - mu_ * move;
        const Complex curved = mu_ * v;
        const Complex tilted = slope * slope * v;
        cumulants[0] += rest_[i] * move - mu_ / 2 * (move * move + v);
        cumulants[1] += tilted + curved * curved / Real(2);
        cumulants[2] -= curved * (Real(3) * tilted + curved * curved);
        cumulants[3] += Real(3) * curved * curved * (Real(4) * tilted + curved * curved);
        if (quadric.empty()) continue;
        std::array<Complex, kOrders + 1> mean{centre_[i] + move};
        Complex power = 1;  // (-mu_ v)^n
        for (std::size_t n = 0; n <= kOrders; ++n) {
            average[n] += quadric[i] * v * power;
            if (n < kOrders) mean[n + 1] = v * slope * power;
            power *= -curved;
        }
        for (std::size_t n = 0; n <= kOrders; ++n) {
            for (std::size_t j = 0; j <= n; ++j) average[n] += quadric[i] * mean[j] * mean[n - j];
        }
    }
    std::array<Complex, kOrders> conditional{};
    moments_from_cumulants(cumulants, conditional);
    using std::abs;
    Real factorial = 1;
    for (std::size_t n = 0; n <= kOrders; ++n) {
        // M_n = sum_j C(n, j) (n - j)! average_{n-j} E X^j
        Complex sum = factorial * average[n];
        Real below = factorial;
        for (std::size_t j = 1; j <= n; ++j) {
            below /= static_cast<double>(n - j + 1);
            sum += binomial(n, j) * below * average[n - j] * conditional[j - 1];
        }
        const Complex term = weight * sum;
        moments_[n] += term.real();
        terms_[n] += as_double(abs(term));
        factorial *= static_cast<double>(n + 1);
    }
}

template <class Real>
void Sums<Real>::add_law(const FisherBingham& rough, double unit) {
    add(rough, unit, Reals(squares_.size()), {}, 1.0);
}

template <class Real>
double Sums<Real>::add_tilted(const FisherBingham& rough, double unit, const Eigen::VectorXd& w, double t,
                              double weight) {
    const auto before = moments_;
    Reals lift = exact<Real>(w);
    for (auto& value : lift) value *= 2 * noise_ * t * t;
    add(rough, unit, lift, exact<Real>(w), weight);
    double part = 0.0;
    for (std::size_t n = 0; n <= kOrders; n += 2) {
        part = std::max(part, as_double(1 - before[n] / moments_[n]));
    }
    return part;
}

template <class Real>
FisherBingham::Cumulants Sums<Real>::cumulants() const {
    std::array<Real, kOrders> normalised;
    for (std::size_t n = 0; n < kOrders; ++n) normalised[n] = moments_[n + 1] / moments_[0];
    std::array<Real, kOrders> kappa;
    cumulants_from_moments(normalised, kappa);
    FisherBingham::Cumulants out;
    for (std::size_t n = 0; n < kOrders; ++n) out.kappa[n] = as_double(kappa[n]);
    out.kappa[0] = as_double(Real(kappa[0] + at_start_));
    const double eps = as_double(std::numeric_limits<Real>::epsilon());
    out.error = out.kappa[1] > 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
    for (std::size_t n = 2; n <= kOrders; ++n) {
        const double size = as_double(moments_[0]) * std::pow(out.kappa[1], 0.5 * static_cast<double>(n));
        out.error = std::max(out.error, eps * exponents_ * terms_[n] / size);
    }
    return out;
}

}  // namespace

std::unique_ptr<PreciseCumulants> precise_cumulants(Digits digits, const LinearFormOnShell& form,
                                                    const FisherBingham& rough, double unit) {
    if (digits == Digits::extended) return std::make_unique<Sums<long double>>(form, rough, unit);
    return std::make_unique<Sums<Quad>>(form, rough, unit);
}

}  // namespace sigmaflow
