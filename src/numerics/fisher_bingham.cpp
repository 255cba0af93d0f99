#include "sigmaflow/numerics/fisher_bingham.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sigmaflow {
namespace {

using Complex = std::complex<double>;

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double kEnd = -38.0;  ///< ln of what is negligible beside 1
/// A rule errs by A q, the one of half its step by A q^2: their difference squared, times 1/A, which is rarely more.
constexpr double kPrefactor = 1e4;
constexpr double kFirstStep = 0.65;  ///< half of it is enough for half of all laws
/// Between two interleaved rules, whose mean errs by about the square: for 1, z, z^2, z^4, r and r^2, r = 1/(1 + z).
constexpr std::array<double, 6> kAgreement{1e-8, 1e-8, 1e-8, 1e-6, 1e-8, 1e-8};
/// Beyond a quarter the ray would leave the sector Re z^2 < 0 in which the pull of stiff axes decays, and a law whose
/// softest axis is far softer than the others would need thousands of nodes.
constexpr double kMostBend = 0.24;
constexpr int kFirstNodes = 256;           ///< at most, before any doubling
constexpr double kLargestProduct = 340.0;  ///< ln of what can be squared, and of its inverse

using Lane = Eigen::Array<double, 8, 1>;

Eigen::Map<const Lane> lanes(const Eigen::ArrayXd& array, Eigen::Index first) {
    return Eigen::Map<const Lane>(array.data() + first);
}

Complex times(Complex a, Complex b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// Products of numbers with arguments from 0 to below pi, one per lane. Each factor carries the product over one
/// multiple of pi at most, and then its imaginary part changes sign: counting that unwraps the argument without any
/// logarithm.
class UnwrappedProduct {
  public:
    void multiply(const Lane& re, const Lane& im) {
        const Lane old = re_;
        const Lane before = im_;
        re_ = old * re - before * im;
        im_ = old * im + before * re;
        turns_ += ((before < 0.0) != (im_ < 0.0)).select(Lane::Ones(), Lane::Zero());
    }

    /// The sum of the logarithms of all factors.
    [[nodiscard]] Complex log() const {
        Complex all = 1.0;
        double turns = turns_.sum();
        for (int lane = 0; lane < re_.size(); ++lane) {
            const double sign = im_[lane] < 0.0 ? -1.0 : 1.0;  // turned back into the upper half
            const Complex next = times(all, {sign * re_[lane], sign * im_[lane]});
            turns += (all.imag() < 0.0) != (next.imag() < 0.0) ? 1.0 : 0.0;
            all = next;
        }
        if (all.imag() < 0.0) all = -all;
        const double square = all.real() * all.real() + all.imag() * all.imag();
        return {0.5 * std::log(square), std::numbers::pi * turns + std::atan2(all.imag(), all.real())};
    }

  private:
    Lane re_ = Lane::Ones();
    Lane im_ = Lane::Zero();
    Lane turns_ = Lane::Zero();
};

double real_of_product(Complex a, Complex b) { return a.real() * b.real() - a.imag() * b.imag(); }

/// 1 / (1 + e z)
Complex reciprocal(double e, Complex z) {
    const double re = 1.0 + e * z.real();
    const double im = e * z.imag();
    const double inverse = 1.0 / (re * re + im * im);
    return {re * inverse, -im * inverse};
}

}  // namespace

FisherBingham::FisherBingham(int dim)
    : dim_(dim),
      padded_((dim + kLanes - 1) / kLanes * kLanes),
      excess_(Eigen::ArrayXd::Constant(padded_, std::numeric_limits<double>::infinity())),
      pull_(Eigen::ArrayXd::Zero(padded_)),
      share_(padded_),
      centre_(padded_),
      force_(padded_),
      shift_(padded_),
      mean_(padded_),
      variance_(padded_),
      z_re_(kMostNodes),
      z_im_(kMostNodes),
      w_re_(kMostNodes),
      w_im_(kMostNodes),
      left_(dim, 2 * kChunk),
      right_(dim, 2 * kChunk) {}

void FisherBingham::solve(const double* excess, const double* pull, double noise) {
    excess_.head(dim_) = Eigen::Map<const Eigen::ArrayXd>(excess, dim_);
    pull_.head(dim_) = Eigen::Map<const Eigen::ArrayXd>(pull, dim_);
    find_saddle(pull, noise);
    alpha_ = noise / omega_;
    const double inverse_alpha = 1.0 / alpha_;
    for (Eigen::Index i = 0; i < padded_; i += kLanes) {
        const Lane d = lanes(excess_, i) + omega_;
        const Lane b = lanes(pull_, i) / d;
        const Lane e = omega_ / d;
        share_.segment<kLanes>(i) = e;
        centre_.segment<kLanes>(i) = b;
        force_.segment<kLanes>(i) = (b * b) * (e * inverse_alpha);
    }
    total_share_ = share_.sum();
    lay_contour();
    average();
}

/// F(omega) = sum_i noise/D_i + p_i^2/D_i^2 falls from above 1 at the lower bracket (each term alone is at most 1
/// there) to below 1 at the upper one. Newton's method on F^{-1/2}, which is concave and nearly linear.
void FisherBingham::find_saddle(const double* pull, double noise) {
    double low = 0.0;
    for (Eigen::Index i = 0; i < dim_; ++i) {
        low = std::max(low, 0.5 * (noise + std::hypot(noise, 2.0 * pull[i])) - excess_[i]);
    }
    const double all = dim_ * noise;
    double high = 0.5 * (all + std::hypot(all, 2.0 * std::sqrt(pull_.square().sum())));
    omega_ = low;
    for (int iteration = 0; iteration < 200 && low < high; ++iteration) {
        Lane value = Lane::Zero();
        Lane slope = Lane::Zero();
        for (Eigen::Index i = 0; i < padded_; i += kLanes) {
            const Lane inverse = 1.0 / (lanes(excess_, i) + omega_);
            const Lane b = lanes(pull_, i) * inverse;
            const Lane first = noise * inverse;
            value += first + b * b;
            slope += inverse * (first + 2.0 * b * b);
        }
        const double f = value.sum();
        (f >= 1.0 ? low : high) = omega_;
        double next = omega_ + 2.0 * f * (std::sqrt(f) - 1.0) / slope.sum();
        if (!(next > low && next < high)) next = low > 0.0 ? std::sqrt(low) * std::sqrt(high) : 0.5 * high;
        const bool done = std::abs(next - omega_) <= 2e-16 * omega_ || std::abs(f - 1.0) < 4e-16;
        if (std::abs(f - 1.0) >= 4e-16) omega_ = next;
        if (done) return;
    }
}

/// K(s) - K(s0) = (1/2) sum_i [g_i z^2/(1 + e_i z) - (ln(1 + e_i z) - e_i z)], with one logarithm for as many factors
/// as their product does not overflow.
Complex FisherBingham::exponent(Complex z) const {
    if (z.imag() == 0.0) return 0.0;  // the saddle point itself
    const double length = std::abs(z);
    const double largest = std::log((1.0 + length) * (length / z.imag()));  // of |ln |1 + e z||, 0 <= e <= 1
    const auto steps = static_cast<Eigen::Index>(std::clamp(kLargestProduct / (kLanes * largest), 1.0, 64.0));
    Complex logs = 0.0;
    Lane sum_re = Lane::Zero();
    Lane sum_im = Lane::Zero();
    for (Eigen::Index i = 0; i < padded_;) {
        const Eigen::Index stop = std::min<Eigen::Index>(padded_, i + steps * kLanes);
        UnwrappedProduct product;
        for (; i < stop; i += kLanes) {
            const Lane e = lanes(share_, i);
            const Lane g = lanes(force_, i);
            const Lane a = 1.0 + e * z.real();
            const Lane b = e * z.imag();
            const Lane weight = g / (a * a + b * b);
            sum_re += weight * a;
            sum_im -= weight * b;
            product.multiply(a, b);
        }
        logs += product.log();
    }
    const Complex pulled = times(times(z, z), {sum_re.sum(), sum_im.sum()});
    return 0.5 * (pulled - (logs - total_share_ * z));
}

/// Appends the node at y and adds it to the sums; returns the real part of its exponent.
double FisherBingham::append(double y, double weight, Monitors& sums) {
    const auto place = path_.at(y);
    const Complex zeta{place.re, place.im};  // z in units of its width
    const Complex z = path_.unit * zeta;
    const Complex k = exponent(z);
    const double size = weight * std::exp(std::min(k.real(), 0.0));
    const Complex phase{std::cos(k.imag()), std::sin(k.imag())};
    const Complex w = size * times(phase, {place.slope_im, -place.slope_re});
    z_re_[nodes_] = z.real();
    z_im_[nodes_] = z.imag();
    w_re_[nodes_] = w.real();
    w_im_[nodes_] = w.imag();
    ++nodes_;
    const Complex r = reciprocal(1.0, z);
    const Complex square = times(zeta, zeta);
    sums[0] += w.real();
    sums[1] += real_of_product(w, zeta);
    sums[2] += real_of_product(w, square);
    sums[3] += real_of_product(w, times(square, square));
    sums[4] += real_of_product(w, r);
    sums[5] += real_of_product(w, times(r, r));
    return k.real();
}

/// The nodes y = first, first + path_.step, ... until the integrand is negligible; false if it rises on the way.
bool FisherBingham::march(double first, int most, Monitors& sums) {
    double before = 0.0;
    for (int j = 0; j < most; ++j) {
        const double y = first + j * path_.step;
        const double height = append(y, y == 0.0 ? 0.5 : 1.0, sums);
        if (height < kEnd) return true;
        if (height > before + 1e-9) return false;
        before = height;
    }
    return true;
}

/// The path osculates that of steepest descent and then follows a ray: nodes spread exponentially, so that
/// singularities far beyond the nearest one (axes of very different length) cost no more nodes. It is straightened
/// until the integrand falls along it. The trapezoidal rule in y converges geometrically; each doubling adds the nodes
/// half-way, and the two interleaved rules are compared.
void FisherBingham::lay_contour() {
    const double second = (force_ + 0.5 * share_ * share_).sum();
    const double unit = 1.0 / std::sqrt(second);
    const double bend = ((3.0 * force_ + share_ * share_) * (share_ * unit) / second).sum() / 6.0;
    path_ = {std::min(bend, kMostBend), unit, kFirstStep};
    Monitors sums{};
    for (int attempt = 0; attempt < 60; ++attempt) {
        nodes_ = 0;
        sums = {};
        if (march(0.0, kFirstNodes, sums)) break;
        path_.curvature *= 0.8;
    }
    converged_ = false;
    while (!converged_ && 2 * nodes_ + 2 <= kMostNodes) {
        Monitors between{};
        first_rule_ = nodes_;
        march(0.5 * path_.step, nodes_ + 1, between);
        converged_ = true;
        for (std::size_t q = 0; q < sums.size(); ++q) {
            const double size = std::max(std::abs(sums[0]), std::abs(sums[q]));
            converged_ = converged_ && std::abs(sums[q] - between[q]) <= kAgreement[q] * size;
            sums[q] += between[q];
        }
        path_.step *= 0.5;
    }
    log_contour_ = std::log(unit * path_.step * sums[0] / (2.0 * std::numbers::pi * alpha_));
    w_re_.head(nodes_) /= sums[0];
    w_im_.head(nodes_) /= sums[0];
}

/// v_i = z/(1 + e_i z) moves the conditional mean from its value at the saddle point, b_i, to b_i (1 - e_i v_i).
void FisherBingham::average() {
    for (Eigen::Index i = 0; i < padded_; i += kLanes) {
        const Lane e = lanes(share_, i);
        Lane sum = Lane::Zero();
        for (int j = 0; j < nodes_; ++j) {
            const Lane a = 1.0 + e * z_re_[j];
            const Lane b = e * z_im_[j];
            const double square = z_re_[j] * z_re_[j] + z_im_[j] * z_im_[j];
            sum += (w_re_[j] * (z_re_[j] + e * square) - w_im_[j] * z_im_[j]) / (a * a + b * b);
        }
        shift_.segment<kLanes>(i) = sum;
        mean_.segment<kLanes>(i) = lanes(centre_, i) * (1.0 - e * sum);
    }
}

const double* FisherBingham::variance() {
    for (Eigen::Index i = 0; i < padded_; i += kLanes) {
        const Lane e = lanes(share_, i);
        const Lane mean = lanes(shift_, i);
        Lane sum = Lane::Zero();
        for (int j = 0; j < nodes_; ++j) {
            const Lane a = 1.0 + e * z_re_[j];
            const Lane b = e * z_im_[j];
            const Lane inverse = 1.0 / (a * a + b * b);
            const double square = z_re_[j] * z_re_[j] + z_im_[j] * z_im_[j];
            const Lane re = (z_re_[j] + e * square) * inverse - mean;
            const Lane im = z_im_[j] * inverse;
            sum += w_re_[j] * (re * re - im * im) - 2.0 * w_im_[j] * re * im;
        }
        const Lane lever = lanes(centre_, i) * e;
        variance_.segment<kLanes>(i) = alpha_ * e * (1.0 - e * mean) + lever * lever * sum;
    }
    return variance_.data();
}

/// Cov[u_i, u_j] = b_i e_i b_j e_j <(v_i - <v_i>)(v_j - <v_j>)> for i != j; the roots of the weights go into the
/// factors, and Re(q_i q_j) = Re q_i Re q_j - Im q_i Im q_j.
void FisherBingham::covariance(const double* scale, Eigen::Ref<Eigen::MatrixXd> out) {
    for (int first = 0; first < nodes_; first += kChunk) {
        const int count = std::min(kChunk, nodes_ - first);
        for (int i = 0; i < dim_; ++i) {
            const double lever = centre_[i] * share_[i] * scale[i];
            for (int j = 0; j < count; ++j) {
                const Complex z = node(first + j);
                const Complex v = times(z, reciprocal(share_[i], z)) - shift_[i];
                const Complex q = lever * times(std::sqrt(weight(first + j)), v);
                left_(i, j) = right_(i, j) = q.real();
                left_(i, count + j) = q.imag();
                right_(i, count + j) = -q.imag();
            }
        }
        add_product(2 * count, first == 0, out);
    }
    const double* diagonal = variance();
    for (int i = 0; i < dim_; ++i) {
        out.col(i).head(i) = out.row(i).head(i);
        out(i, i) = scale[i] * scale[i] * diagonal[i];
    }
}

/// The lower triangle of left * right^T, by blocks that stay in the cache.
void FisherBingham::add_product(int width, bool first, Eigen::Ref<Eigen::MatrixXd> out) {
    constexpr int block = 32;
    for (int i = 0; i < dim_; i += block) {
        const int rows = std::min(block, dim_ - i);
        for (int j = 0; j <= i; j += block) {
            const int columns = std::min(block, dim_ - j);
            auto target = out.block(i, j, rows, columns);
            const auto product =
                left_.block(i, 0, rows, width).lazyProduct(right_.block(j, 0, columns, width).transpose());
            if (first) {
                target = product;
            } else {
                target += product;
            }
        }
    }
}

/// On the sphere sum_i c_i u_i is the same as X = sum_i c_i u_i - (mu/2) (|u|^2 - 1). Given the node X is a quadratic
/// form in Gaussians with elementary cumulants, and mu can be chosen so that the radial part of c, whose large
/// conditional variance would cancel against that of the mean, drops out. With h_i = c_i - mu b_i and V_i the
/// conditional variance: k_2 = sum h^2 V + mu^2 V^2/2, k_3 = -sum 3 mu h^2 V^2 + mu^3 V^3, k_4 = sum 12 mu^2 h^2 V^3 +
/// 3 mu^4 V^4.
FisherBingham::Conditional FisherBingham::conditional(const double* coefficients, double mu, Complex z) const {
    Conditional out;
    for (int i = 0; i < dim_; ++i) {
        const double e = share_[i];
        const Complex r = reciprocal(e, z);
        const Complex move = e * times(z, r);  // of b_i, in units of -b_i
        const double rest = coefficients[i] - mu * centre_[i];
        out.mean -= centre_[i] * rest * move;
        out.mean -= 0.5 * mu * times(centre_[i] * centre_[i] * move - alpha_ * e, move);
        const Complex v = alpha_ * e * r;
        const Complex h = rest + mu * centre_[i] * move;
        const Complex tilted = times(times(h, h), v);
        const Complex curved = mu * v;
        const Complex square = times(curved, curved);
        out.second += tilted + 0.5 * square;
        out.third -= 3.0 * times(tilted, curved) + times(square, curved);
        out.fourth += 12.0 * times(tilted, square) + 3.0 * times(square, square);
    }
    return out;
}

/// The law of total cumulance over the nodes, d, k_2, k_3 centred: kappa_2 = <d^2> + <k_2>,
/// kappa_3 = <d^3> + 3 <d k_2> + <k_3>, kappa_4 = <d^4> - 3 <d^2>^2 + 6 <d^2 k_2> + 3 <k_2^2> + 4 <d k_3> + <k_4>.
FisherBingham::Cumulants FisherBingham::cumulants(const double* coefficients) {
    double mean = 0.0;
    double overlap = 0.0;
    double length = 0.0;
    double surface = 0.0;  // what the form would vary by if its terms were independent
    const double* variances = variance();
    for (int i = 0; i < dim_; ++i) {
        mean += coefficients[i] * mean_[i];
        overlap += coefficients[i] * centre_[i] * share_[i];
        length += (centre_[i] * centre_[i] + 0.5 * alpha_ * share_[i]) * share_[i];
        surface += coefficients[i] * coefficients[i] * variances[i];
    }
    const double mu = overlap / length;  // minimises k_2 at the saddle point
    std::array<double, 4> average{};
    for (int j = 0; j < nodes_; ++j) {
        const Conditional here = conditional(coefficients, mu, node(j));
        average[0] += real_of_product(weight(j), here.mean);
        average[1] += real_of_product(weight(j), here.second);
        average[2] += real_of_product(weight(j), here.third);
        average[3] += real_of_product(weight(j), here.fourth);
    }
    double square = 0.0;
    double third = 0.0;
    double fourth = 0.0;
    std::array<double, 3> terms{};       // the same sums without signs
    std::array<double, 3> difference{};  // between the two interleaved rules
    for (int j = 0; j < nodes_; ++j) {
        const Conditional here = conditional(coefficients, mu, node(j));
        const Complex d = here.mean - average[0];
        const Complex k2 = here.second - average[1];
        const Complex k3 = here.third - average[2];
        const Complex d2 = times(d, d);
        square += real_of_product(weight(j), d2);
        third += real_of_product(weight(j), times(d, d2 + 3.0 * k2));
        fourth += real_of_product(weight(j), times(d2, d2 + 6.0 * k2) + 3.0 * times(k2, k2) + 4.0 * times(d, k3));
        const double size = std::abs(weight(j));
        const double spread = std::abs(d2) + std::abs(here.second);
        terms[0] += size * spread;
        terms[1] += size * (std::abs(d) * spread + std::abs(here.third));
        terms[2] += size * (spread * spread + std::abs(d) * std::abs(here.third) + std::abs(here.fourth));
        const Complex sign = j < first_rule_ ? 1.0 : -1.0;
        difference[0] += real_of_product(sign * weight(j), d2 + here.second);
        difference[1] += real_of_product(sign * weight(j), times(d, d2 + 3.0 * k2) + here.third);
        difference[2] += real_of_product(
            sign * weight(j), times(d2, d2 + 6.0 * k2) + 3.0 * times(k2, k2) + 4.0 * times(d, k3) + here.fourth);
    }
    const double second = square + average[1];
    double error = eps * std::sqrt(surface / second);
    double power = second;
    for (std::size_t n = 0; n < terms.size(); ++n) {
        const double rule = difference[n] / terms[n];
        error = std::max(error, terms[n] / power * (eps + kPrefactor * rule * rule));
        power *= std::sqrt(second);
    }
    if (!(second > 0.0)) error = std::numeric_limits<double>::infinity();
    return {{mean, second, third + average[2], fourth - 3.0 * square * square + average[3]}, error};
}

}  // namespace sigmaflow
