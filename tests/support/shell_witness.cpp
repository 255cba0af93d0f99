#include "support/shell_witness.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <vector>

namespace sigmaflow::witness {
namespace {

namespace mp = boost::multiprecision;
using Quad = mp::cpp_bin_float_quad;
using Long = mp::number<mp::cpp_bin_float<70>, mp::et_off>;

template <class Number>
Number pi() {
    return boost::math::constants::pi<Number>();
}

// ---- sums over the sphere

double rounded(const Quad& x) { return x.convert_to<double>(); }
double rounded(long double x) { return static_cast<double>(x); }

/// Nodes and weights on [-1, 1].
template <class Number>
struct Rule {
    std::vector<Number> nodes, weights;
};

template <class Number>
Rule<Number> gauss_legendre(int n) {
    Rule<Number> rule;
    for (int i = 0; i < n; ++i) {
        Number x = cos(pi<Number>() * (i + Number(3) / 4) / (n + Number(1) / 2));
        Number slope = 0;
        for (int step = 0; step < 8; ++step) {
            Number before = 1;
            Number now = x;
            for (int k = 2; k <= n; ++k) {
                const Number next = ((2 * k - 1) * x * now - (k - 1) * before) / k;
                before = now;
                now = next;
            }
            slope = n * (x * now - before) / (x * x - 1);
            x -= now / slope;
        }
        rule.nodes.push_back(x);
        rule.weights.push_back(2 / ((1 - x * x) * slope * slope));
    }
    return rule;
}

/// A square (or segment) of a face of the cube around the sphere.
struct Box {
    int axis;
    double sign;
    std::array<double, 2> centre;
};

template <class Number>
class SphereSum {
  public:
    SphereSum(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma, bool surface,
              const Eigen::VectorXd& direction, double reach)
        : axes_(axes),
          x_(x),
          sigma_(sigma),
          reach_(reach),
          surface_(surface),
          direction_(direction),
          k_(static_cast<int>(axes.size())) {}

    ShellPosterior result() {
        for (const auto& box : leaves()) add(box);
        return summary();
    }

    /// The sum of everything.
    long double weighted_total() {
        for (const auto& box : leaves()) add(box);
        return sum_ * std::exp(static_cast<long double>(best_));
    }

  private:
    Eigen::VectorXd point(const Box& box, double s, double t) const {
        Eigen::VectorXd u(k_);
        u[box.axis] = box.sign;
        u[(box.axis + 1) % k_] = s;
        if (k_ == 3) u[(box.axis + 2) % k_] = t;
        return u.normalized();
    }

    double exponent(const Eigen::VectorXd& u) const {
        return -(x_ - axes_.cwiseProduct(u)).squaredNorm() / (2 * sigma_ * sigma_);
    }

    /// Splits squares level by level and drops what stays e^-reach below the best centre by Taylor's bound.
    std::vector<Box> leaves() {
        const double noise = sigma_ * sigma_;
        const Eigen::VectorXd squares = axes_.cwiseAbs2();
        const Eigen::VectorXd pull = axes_.cwiseProduct(x_) / noise;
        const double bend = (squares.maxCoeff() - squares.minCoeff()) / noise + pull.norm() + 1e-9;
        double half = 1.0;
        const double limit =
            std::min(surface_ ? 0.7 * axes_.minCoeff() / axes_.maxCoeff() : 0.25, 1.5 / std::sqrt(bend));
        std::vector<Box> boxes;
        for (int axis = 0; axis < k_; ++axis) {
            for (const double sign : {-1.0, 1.0}) boxes.push_back({axis, sign, {0.0, 0.0}});
        }
        while (half > limit) {
            half /= 2;
            std::vector<Box> split;
            for (const auto& box : boxes) {
                for (const double s : {-half, half}) {
                    for (const double t : {-half, half}) {
                        if (k_ == 2 && t > 0) continue;
                        split.push_back({box.axis, box.sign, {box.centre[0] + s, k_ == 2 ? 0.0 : box.centre[1] + t}});
                    }
                }
            }
            best_ = -1e308;
            for (const auto& box : split) {
                const Eigen::VectorXd u = point(box, box.centre[0], box.centre[1]);
                if (exponent(u) < best_) continue;
                best_ = exponent(u);
                origin_ = direction_.dot(axes_.cwiseProduct(u));
            }
            boxes.clear();
            const double reach = half * std::sqrt(2.0);
            for (const auto& box : split) {
                const Eigen::VectorXd u = point(box, box.centre[0], box.centre[1]);
                const Eigen::VectorXd slope = pull - squares.cwiseProduct(u) / noise;
                const double steep = (slope - slope.dot(u) * u).norm();
                if (exponent(u) + steep * reach + 0.5 * bend * reach * reach > best_ - reach_ - 4) boxes.push_back(box);
            }
        }
        half_ = half;
        return boxes;
    }

    void add(const Box& box) {
        static const Rule<Number> rule = gauss_legendre<Number>(16);
        for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
            const Number s = box.centre[0] + half_ * rule.nodes[i];
            if (k_ == 2) {
                evaluate(box, s, 0, rule.weights[i]);
                continue;
            }
            for (std::size_t j = 0; j < rule.nodes.size(); ++j) {
                evaluate(box, s, box.centre[1] + half_ * rule.nodes[j], rule.weights[i] * rule.weights[j] * half_);
            }
        }
    }

    void evaluate(const Box& box, const Number& s, const Number& t, const Number& weight) {
        if (exponent(point(box, rounded(s), rounded(t))) < best_ - reach_) return;
        std::array<Number, 3> u{};
        u[static_cast<std::size_t>(box.axis)] = box.sign;
        u[static_cast<std::size_t>((box.axis + 1) % k_)] = s;
        if (k_ == 3) u[static_cast<std::size_t>((box.axis + 2) % k_)] = t;
        const Number square = 1 + s * s + t * t;
        const Number norm = sqrt(square);
        Number distance = 0;
        Number lean = 0;
        std::array<Number, 3> y{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(k_); ++i) {
            const double a = axes_[static_cast<Eigen::Index>(i)];
            u[i] /= norm;
            y[i] = a * u[i];
            const Number gap = Number(x_[static_cast<Eigen::Index>(i)]) - y[i];
            distance += gap * gap;
            lean += u[i] * u[i] / (Number(a) * a);
        }
        Number w = weight * half_ / square;
        if (k_ == 3) w /= norm;
        if (surface_) w *= sqrt(lean);
        const Number density = w * exp(-distance / (2 * Number(sigma_) * sigma_) - best_);
        sum_ += density;
        Number along = -origin_;
        for (std::size_t i = 0; i < static_cast<std::size_t>(k_); ++i) {
            along += y[i] * direction_[static_cast<Eigen::Index>(i)];
            first_[i] += density * y[i];
            for (std::size_t j = 0; j <= i; ++j) second_[i][j] += density * y[i] * y[j];
        }
        Number power = density;
        for (auto& moment : moments_) moment += power *= along;
    }

    /// The whole area in the measure of u: 2 pi, 4 pi or, for the surface, by the same rules with no exponent.
    Number total() const {
        if (!surface_) return k_ == 2 ? 2 * pi<Number>() : 4 * pi<Number>();
        SphereSum<long double> flat(axes_, Eigen::VectorXd::Zero(k_), 1e9 * axes_.maxCoeff(), true, direction_, reach_);
        return flat.weighted_total();
    }

    ShellPosterior summary() const {
        ShellPosterior out;
        out.mean.resize(k_);
        out.covariance.resize(k_, k_);
        const Number log_density =
            log(sum_ / total()) + best_ - Number(k_) / 2 * log(2 * pi<Number>() * Number(sigma_) * sigma_);
        out.log_density = rounded(log_density);
        for (std::size_t i = 0; i < static_cast<std::size_t>(k_); ++i) {
            out.mean[static_cast<Eigen::Index>(i)] = rounded(Number(first_[i] / sum_));
            for (std::size_t j = 0; j <= i; ++j) {
                const Number c = second_[i][j] / sum_ - first_[i] / sum_ * first_[j] / sum_;
                out.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = rounded(c);
                out.covariance(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = rounded(c);
            }
        }
        const Number m = moments_[0] / sum_;
        const Number m2 = moments_[1] / sum_;
        const Number m3 = moments_[2] / sum_;
        const Number m4 = moments_[3] / sum_;
        const Number central = m2 - m * m;
        out.cumulants[0] = rounded(Number(m + origin_));
        out.cumulants[1] = rounded(central);
        out.cumulants[2] = rounded(Number(m3 - 3 * m * m2 + 2 * m * m * m));
        out.cumulants[3] =
            rounded(Number(m4 - 4 * m * m3 + 6 * m * m * m2 - 3 * m * m * m * m - 3 * central * central));
        return out;
    }

    Eigen::VectorXd axes_, x_;
    double sigma_;
    double reach_;
    bool surface_;
    Eigen::VectorXd direction_;
    int k_;
    double best_ = 0.0;
    double half_ = 1.0;
    Number origin_ = 0;  ///< of moments, where the sphere counts most
    Number sum_ = 0;
    std::array<Number, 3> first_{};
    std::array<std::array<Number, 3>, 3> second_{};
    std::array<Number, 4> moments_{};
};

// ---- the contour

struct Complex {
    Long re, im;
};
Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
Complex operator*(const Complex& a, const Complex& b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
Complex operator*(const Long& a, const Complex& b) { return {a * b.re, a * b.im}; }
Complex inverse(const Complex& a) {
    const Long square = a.re * a.re + a.im * a.im;
    return {a.re / square, -a.im / square};
}
Complex root(const Complex& a) {
    const Long length = sqrt(a.re * a.re + a.im * a.im);
    const Long re = sqrt((length + a.re) / 2);
    if (a.re > 0) return {re, a.im / (2 * re)};
    const Long im = (a.im < 0 ? -1 : 1) * Long(sqrt((length - a.re) / 2));
    return {a.im / (2 * im), im};
}

class Hyperbola {
  public:
    Hyperbola(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma)
        : k_(static_cast<std::size_t>(axes.size())) {
        const Long noise = Long(sigma) * sigma;
        constant_ = -Long(k_) / 2 * log(2 * pi<Long>() * noise) + boost::math::lgamma(Long(k_) / 2);
        for (std::size_t i = 0; i < k_; ++i) {
            const Long a = axes[static_cast<Eigen::Index>(i)];
            const Long y = x[static_cast<Eigen::Index>(i)];
            axes_.push_back(a);
            lambda_.push_back(a * a / (2 * noise));
            gamma_.push_back(a * y / noise);
            constant_ -= y * y / (2 * noise);
        }
    }

    ShellPosterior posterior(const Eigen::VectorXd& direction) {
        find_saddle();
        walk();
        return summary(direction);
    }

  private:
    /// Derivative of order n = 1, 2, 3 of K(s) = s - (1/2) sum ln(lambda + s) + sum gamma^2/(4 (lambda + s)).
    Long derivative(const Long& s, int n) const {
        Long out = n == 1 ? 1 : 0;
        for (std::size_t i = 0; i < k_; ++i) {
            const Long r = 1 / (lambda_[i] + s);
            const Long g = gamma_[i] * gamma_[i] / 4;
            if (n == 1) out -= r / 2 + g * r * r;
            if (n == 2) out += r * r / 2 + 2 * g * r * r * r;
            if (n == 3) out -= r * r * r + 6 * g * r * r * r * r;
        }
        return out;
    }

    void find_saddle() {
        const Long least = *std::min_element(lambda_.begin(), lambda_.end());
        Long low = -80;  // in log2 of s + least
        Long high = 400;
        while (high - low > Long(1e-6)) {
            const Long middle = (low + high) / 2;
            (derivative(exp2(middle) - least, 1) > 0 ? high : low) = middle;
        }
        saddle_ = exp2(low) - least;
        for (int step = 0; step < 8; ++step) saddle_ -= derivative(saddle_, 1) / derivative(saddle_, 2);
    }

    /// s = s0 + S (2 c (1 - cosh y) + i sinh y) in steps of 1/32: the error is that of 70 digits or 1e-30.
    void walk() {
        const Long second = derivative(saddle_, 2);
        const Long width = 1 / sqrt(second);
        const Long c = -derivative(saddle_, 3) * width / (6 * second);
        Long most = 0;
        for (int j = 0; j < 3200; ++j) {
            const Long y = Long(j) / 32;
            const Long grow = exp(y);
            const Long ch = (grow + 1 / grow) / 2;
            const Long sh = (grow - 1 / grow) / 2;
            const Complex away{width * 2 * c * (1 - ch), width * sh};
            Complex weight{ch, 2 * c * sh};  // ds / (i S dy)
            Complex exponent = away;
            for (std::size_t i = 0; i < k_; ++i) {
                const Long base = lambda_[i] + saddle_;
                const Complex r = inverse({base + away.re, away.im});
                weight = weight * root(base * r);
                exponent = exponent + gamma_[i] * gamma_[i] / 4 * (Complex{-1 / base, 0} + r);
            }
            weight = (j == 0 ? exp(exponent.re) / 2 : exp(exponent.re)) *
                     (weight * Complex{cos(exponent.im), sin(exponent.im)});
            const Long size = abs(weight.re) + abs(weight.im);
            most = std::max(most, size);
            if (size < most * Long(1e-54)) break;
            away_.push_back(away);
            weight_.push_back(weight);
            total_ += weight.re;
        }
        integral_ = total_ * width / 32 / pi<Long>();
    }

    ShellPosterior summary(const Eigen::VectorXd& direction) const {
        const auto n = static_cast<Eigen::Index>(k_);
        ShellPosterior out;
        out.mean.resize(n);
        out.covariance = Eigen::MatrixXd::Zero(n, n);
        Long value = constant_ + saddle_ + log(integral_);
        for (std::size_t i = 0; i < k_; ++i) {
            const Long base = lambda_[i] + saddle_;
            value += gamma_[i] * gamma_[i] / (4 * base) - log(base) / 2;
        }
        out.log_density = value.convert_to<double>();

        std::vector<Long> mean(k_, Long(0));
        std::vector<std::vector<Long>> second(k_, std::vector<Long>(k_, Long(0)));
        std::array<Long, 4> raw{};
        for (std::size_t j = 0; j < away_.size(); ++j) {
            const Complex w = 1 / total_ * weight_[j];
            Complex along{0, 0};
            Complex spread{0, 0};
            std::vector<Complex> b(k_);
            for (std::size_t i = 0; i < k_; ++i) {
                const Complex r = inverse({2 * (lambda_[i] + saddle_ + away_[j].re), 2 * away_[j].im});
                b[i] = gamma_[i] * r;
                mean[i] += (w * b[i]).re;
                const Complex weighted = w * b[i];
                for (std::size_t l = 0; l <= i; ++l) second[i][l] += weighted.re * b[l].re - weighted.im * b[l].im;
                second[i][i] += (w * r).re;
                const Long c = axes_[i] * direction[static_cast<Eigen::Index>(i)];
                along = along + c * b[i];
                spread = spread + c * c * r;
            }
            const Complex square = along * along;
            raw[0] += (w * along).re;
            raw[1] += (w * (square + spread)).re;
            raw[2] += (w * (along * (square + 3 * spread))).re;
            raw[3] += (w * (square * square + 6 * (square * spread) + 3 * (spread * spread))).re;
        }
        for (std::size_t i = 0; i < k_; ++i) {
            out.mean[static_cast<Eigen::Index>(i)] = Long(axes_[i] * mean[i]).convert_to<double>();
            for (std::size_t l = 0; l <= i; ++l) {
                const Long c = axes_[i] * axes_[l] * (second[i][l] - mean[i] * mean[l]);
                out.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(l)) = c.convert_to<double>();
                out.covariance(static_cast<Eigen::Index>(l), static_cast<Eigen::Index>(i)) = c.convert_to<double>();
            }
        }
        const Long m = raw[0];
        const Long central = raw[1] - m * m;
        out.cumulants[0] = m.convert_to<double>();
        out.cumulants[1] = central.convert_to<double>();
        out.cumulants[2] = Long(raw[2] - 3 * m * raw[1] + 2 * m * m * m).convert_to<double>();
        out.cumulants[3] =
            Long(raw[3] - 4 * m * raw[2] + 6 * m * m * raw[1] - 3 * m * m * m * m - 3 * central * central)
                .convert_to<double>();
        return out;
    }

    std::size_t k_;
    std::vector<Long> axes_, lambda_, gamma_;
    Long constant_ = 0;
    Long saddle_ = 0;
    Long total_ = 0;
    Long integral_ = 0;
    std::vector<Complex> away_, weight_;
};

}  // namespace

ShellPosterior shell_by_quadrature(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma, bool surface,
                                   const Eigen::VectorXd& direction, double reach) {
    // Exponents of up to a few thousand leave 80 bits enough.
    if (axes.maxCoeff() + x.norm() < 30 * sigma) {
        return SphereSum<long double>(axes, x, sigma, surface, direction, reach).result();
    }
    return SphereSum<Quad>(axes, x, sigma, surface, direction, reach).result();
}

ShellPosterior shell_by_contour(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma,
                                const Eigen::VectorXd& direction) {
    return Hyperbola(axes, x, sigma).posterior(direction);
}

}  // namespace sigmaflow::witness
