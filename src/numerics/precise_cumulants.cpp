#include "sigmaflow/numerics/precise_cumulants.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_complex.hpp>
#include <cmath>
#include <vector>

#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {
namespace {

namespace mp = boost::multiprecision;
using Backend = mp::cpp_bin_float_quad::backend_type;
using Quad = mp::number<Backend, mp::et_off>;
using Quads = std::vector<Quad>;
using QuadComplex = mp::number<mp::complex_adaptor<Backend>, mp::et_off>;

constexpr std::size_t kOrders = 4;
/// ln of what is negligible in 113 bits even where twelve digits cancel.
constexpr double kEnd = -100.0;
/// Of the step that was enough for doubles: halving it squares an error that was below 1e-15.
constexpr double kRefinement = 0.5;

Quads quads(const Eigen::VectorXd& v) { return {v.begin(), v.end()}; }
double as_double(const Quad& x) { return x.convert_to<double>(); }

/// The product of complex numbers and the sum of their arguments.
class Product {
  public:
    void multiply(const QuadComplex& factor) {
        value_ *= factor;
        argument_ += std::atan2(as_double(factor.imag()), as_double(factor.real()));
    }
    /// The sum of their logarithms.
    [[nodiscard]] QuadComplex log() const {
        const QuadComplex principal = mp::log(value_);
        const double turns = (argument_ - as_double(principal.imag())) / (2.0 * std::acos(-1.0));
        return principal + QuadComplex(Quad(0), 2 * std::round(turns) * mp::acos(Quad(-1)));
    }

  private:
    QuadComplex value_{1};
    double argument_ = 0.0;
};

}  // namespace

/// The contour integral has the exponent L(w) = w/2n - (1/2) sum_i ln D_i + sum_i p_i^2/(2 n D_i), where D_i = E_i + w,
/// n = sigma^2, p_i = a_i x_i and E_i = a_i^2, with a tilt 2 n t^2 w_i more. Given w, u_i has the mean p_i/D_i and the
/// variance n/D_i. All exponents count from that of the law itself at `start`, on the real axis.
struct PreciseCumulants::Sums {
    Quad noise;
    Quad start;
    Quad mu;
    Quad at_start;                            ///< the form given `start`
    Quads squares, pull, divisors, centre;    ///< a^2, p, and D and b at `start`
    Quads scale, rest;                        ///< c a, and less mu b
    std::array<Quad, kOrders + 1> moments{};  ///< of the form less its value at the start

    Sums(const LinearFormOnShell& form, const FisherBingham& rough, double unit);
    void add(const FisherBingham& rough, double unit, const Quads& lift, const Quads& quadric, double factor);

  private:
    [[nodiscard]] QuadComplex exponent(const Quads& lift, const QuadComplex& w) const;
    void add_node(const Quads& lift, const Quads& quadric, const QuadComplex& w, const QuadComplex& weight);
};

/// On the sphere the form equals itself less (mu/2) (|u|^2 - 1) for every mu; this one takes away its radial part, as
/// in FisherBingham::cumulants.
PreciseCumulants::Sums::Sums(const LinearFormOnShell& form, const FisherBingham& rough, double unit) {
    const auto axes = quads(form.axes);
    const auto x = quads(form.x);
    const auto direction = quads(form.direction);
    noise = Quad(form.sigma) * form.sigma;
    double overlap = 0.0;
    double length = 0.0;
    Quad norm = 0;
    const Quad least = *std::min_element(axes.begin(), axes.end());
    start = Quad(rough.saddle()) * unit * unit - least * least;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        squares.push_back(axes[i] * axes[i]);
        pull.push_back(axes[i] * x[i]);
        scale.push_back(axes[i] * direction[i]);
        divisors.push_back(squares[i] + start);
        centre.push_back(pull[i] / divisors[i]);
        const int at = static_cast<int>(i);
        overlap += as_double(scale[i]) * rough.centre(at) * rough.share(at);
        length += (rough.centre(at) * rough.centre(at) + 0.5 * rough.alpha() * rough.share(at)) * rough.share(at);
        at_start += scale[i] * centre[i];
        norm += centre[i] * centre[i];
    }
    mu = overlap / length;
    at_start -= mu / 2 * (norm - 1);
    for (std::size_t i = 0; i < axes.size(); ++i) rest.push_back(scale[i] - mu * centre[i]);
}

/// With D = D(start) + g: the sum of g/(2n)-like terms is written as a difference from the start.
QuadComplex PreciseCumulants::Sums::exponent(const Quads& lift, const QuadComplex& w) const {
    const QuadComplex shift = w - start;
    QuadComplex sum = shift / (2 * noise);
    Product product;
    for (std::size_t i = 0; i < squares.size(); ++i) {
        const QuadComplex relative = (shift + lift[i]) / divisors[i];
        const QuadComplex factor = relative + Quad(1);
        product.multiply(factor);
        sum -= centre[i] * centre[i] * divisors[i] / (2 * noise) * (relative / factor);
    }
    return sum - product.log() / Quad(2);
}

void PreciseCumulants::Sums::add(const FisherBingham& rough, double unit, const Quads& lift, const Quads& quadric,
                                 double factor) {
    Quad least = squares[0] + lift[0];
    for (std::size_t i = 1; i < squares.size(); ++i) least = std::min(least, Quad(squares[i] + lift[i]));
    const ContourPath& path = rough.path();
    const Quad saddle = Quad(rough.saddle()) * unit * unit;
    const Quad real_point = saddle - least;
    const Quad length = saddle * path.unit;
    const Quad step = Quad(path.step) * kRefinement;
    double highest = -1e300;
    for (int j = 0; j < 100000; ++j) {
        const auto place = path.at(Quad(step * j));
        const QuadComplex w = real_point + length * QuadComplex(place.re, place.im);
        const QuadComplex height = exponent(lift, w);
        highest = std::max(highest, as_double(height.real()));
        if (as_double(height.real()) < highest + kEnd) return;
        const QuadComplex speed = length * step * QuadComplex(place.slope_im, -place.slope_re);
        const Quad half = j == 0 ? 0.5 : 1.0;
        add_node(lift, quadric, w, speed * mp::exp(height) * Quad(half * factor));
    }
}

/// Given the node the form has the cumulants of FisherBingham::conditional, and e^{h form} moves the mean and the
/// variance of u_i so that the quadric's average becomes a series in h.
void PreciseCumulants::Sums::add_node(const Quads& lift, const Quads& quadric, const QuadComplex& w,
                                      const QuadComplex& weight) {
    std::array<QuadComplex, kOrders> cumulants{};
    std::array<QuadComplex, kOrders + 1> average{};  // of q, coefficients of h^n
    if (quadric.empty()) average[0] = 1;
    for (std::size_t i = 0; i < squares.size(); ++i) {
        const QuadComplex d = squares[i] + lift[i] + w;
        const QuadComplex v = noise / d;
        const QuadComplex move = pull[i] / d - centre[i];
        const QuadComplex slope = rest[i] - mu * move;
        const QuadComplex curved = mu * v;
        const QuadComplex tilted = slope * slope * v;
        cumulants[0] += rest[i] * move - mu / 2 * (move * move + v);
        cumulants[1] += tilted + curved * curved / Quad(2);
        cumulants[2] -= curved * (Quad(3) * tilted + curved * curved);
        cumulants[3] += Quad(3) * curved * curved * (Quad(4) * tilted + curved * curved);
        if (quadric.empty()) continue;
        std::array<QuadComplex, kOrders + 1> mean{centre[i] + move};
        QuadComplex power = 1;  // (-mu v)^n
        for (std::size_t n = 0; n <= kOrders; ++n) {
            average[n] += quadric[i] * v * power;
            if (n < kOrders) mean[n + 1] = v * slope * power;
            power *= -curved;
        }
        for (std::size_t n = 0; n <= kOrders; ++n) {
            for (std::size_t j = 0; j <= n; ++j) average[n] += quadric[i] * mean[j] * mean[n - j];
        }
    }
    std::array<QuadComplex, kOrders> conditional{};
    moments_from_cumulants(cumulants, conditional);
    Quad factorial = 1;
    for (std::size_t n = 0; n <= kOrders; ++n) {
        // M_n = sum_j C(n, j) (n - j)! average_{n-j} E X^j
        QuadComplex sum = factorial * average[n];
        Quad below = factorial;
        for (std::size_t j = 1; j <= n; ++j) {
            below /= static_cast<double>(n - j + 1);
            sum += binomial(n, j) * below * average[n - j] * conditional[j - 1];
        }
        moments[n] += (weight * sum).real();
        factorial *= static_cast<double>(n + 1);
    }
}

PreciseCumulants::PreciseCumulants(const LinearFormOnShell& form, const FisherBingham& rough, double unit)
    : sums_(std::make_unique<Sums>(form, rough, unit)) {}

PreciseCumulants::~PreciseCumulants() = default;

void PreciseCumulants::add_law(const FisherBingham& rough, double unit) {
    sums_->add(rough, unit, Quads(sums_->squares.size()), {}, 1.0);
}

double PreciseCumulants::add_tilted(const FisherBingham& rough, double unit, const Eigen::VectorXd& w, double t,
                                    double weight) {
    const auto before = sums_->moments;
    Quads lift = quads(w);
    for (auto& value : lift) value *= 2 * sums_->noise * t * t;
    sums_->add(rough, unit, lift, quads(w), weight);
    double part = 0.0;
    for (std::size_t n = 0; n <= kOrders; n += 2) {
        part = std::max(part, as_double(1 - before[n] / sums_->moments[n]));
    }
    return part;
}

std::array<double, 4> PreciseCumulants::cumulants() const {
    std::array<Quad, kOrders> normalised;
    for (std::size_t n = 0; n < kOrders; ++n) normalised[n] = sums_->moments[n + 1] / sums_->moments[0];
    std::array<Quad, kOrders> out;
    cumulants_from_moments(normalised, out);
    return {as_double(out[0] + sums_->at_start), as_double(out[1]), as_double(out[2]), as_double(out[3])};
}

}  // namespace sigmaflow
