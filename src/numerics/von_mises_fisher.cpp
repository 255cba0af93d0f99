#include "sigmaflow/numerics/von_mises_fisher.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace sigmaflow {
namespace {

constexpr int kOrders = 18;
/// From T = sqrt(nu^2 + kappa^2) = 24 on the first neglected term is below 1e-16 (about 18!/(2T)^19).
constexpr double kFarFromOrigin = 24.0;

/// Coefficients of polynomials in q = p^2, one per order k: u_k(p) = p^k times the polynomial of degree k.
using Coefficients = std::array<std::array<double, kOrders + 1>, kOrders + 1>;

/// DLMF 10.41.9: u_{k+1}(p) = (1/2) p^2 (1 - p^2) u_k'(p) + (1/8) int_0^p (1 - 5 t^2) u_k(t) dt.
constexpr Coefficients debye_coefficients() {
    Coefficients u{};
    u[0][0] = 1.0;
    for (std::size_t k = 0; k < kOrders; ++k) {
        for (std::size_t j = 0; j <= k; ++j) {
            const double power = static_cast<double>(k + 2 * j);  // of p in this term of u_k
            u[k + 1][j] += u[k][j] * (0.5 * power + 0.125 / (power + 1.0));
            u[k + 1][j + 1] -= u[k][j] * (0.5 * power + 0.625 / (power + 3.0));
        }
    }
    return u;
}

constexpr Coefficients kDebye = debye_coefficients();

/// I_nu = prefactor * U; I_nu'(kappa) / I_nu(kappa) = (T/kappa) (1 - (kappa/T)^2 S/U), and S = (1/2T) (1 + ...).
struct Debye {
    double u_rest = 0.0;  ///< U - 1
    double s_rest = 0.0;  ///< 2 T S - 1
};

/// U = sum_k u_k/nu^k, S = sum_k p (u_{k-1}/2 + p u_{k-1}') / nu^k (DLMF 10.41.10), p = nu/T: in powers of 1/T.
Debye debye(double nu, double t) {
    const double q = (nu / t) * (nu / t);
    Debye out;
    for (std::size_t k = kOrders; k >= 1; --k) {
        double value = 0.0;
        double slope = 0.0;  // p d/dp
        for (std::size_t j = k + 1; j-- > 0;) {
            value = value * q + kDebye[k][j];
            slope = slope * q + kDebye[k][j] * static_cast<double>(k + 2 * j);
        }
        out.u_rest = (out.u_rest + value) / t;
        out.s_rest = (out.s_rest + value + 2.0 * slope) / t;
    }
    return out;
}

/// A = kappa a, a = 1/(T+nu) - epsilon, epsilon = S/(UT) = (1 + eta)/(2 T^2); the terms of order 1 and 1/T that cancel
/// in Var t are cancelled on paper.
VonMisesFisher far_from_origin(double nu, double kappa) {
    const double t = std::hypot(nu, kappa);
    const Debye series = debye(nu, t);
    const double eta = (series.s_rest - series.u_rest) / (1.0 + series.u_rest);
    const double epsilon = (1.0 + eta) / (2.0 * t) / t;
    const double share = kappa / t;
    VonMisesFisher out;
    out.tangential = 1.0 / (t + nu) - epsilon;
    out.ratio = kappa * out.tangential;
    out.complement = nu * (1.0 + nu / (t + kappa)) / (t + nu) + kappa * epsilon;
    out.radial = (nu / (t + nu) + eta + ((1.0 + eta) / 2.0 - share * share * (1.0 + eta) * (1.0 + eta) / 4.0) / t) / t;
    return out;
}

/// I_{nu+1}/(kappa I_nu) = 1/(d + kappa^2/(d+2 + kappa^2/(d+4 + ...))), d = 2 nu + 2, from the tail.
double continued_fraction(double d, double kappa) {
    const double square = kappa * kappa;
    double tail = 0.0;
    for (int j = 60; j >= 0; --j) tail = 1.0 / (d + 2.0 * j + square * tail);
    return tail;
}

VonMisesFisher near_origin(double d, double kappa) {
    VonMisesFisher out;
    const double next = continued_fraction(d + 2.0, kappa);
    out.tangential = 1.0 / (d + kappa * kappa * next);
    out.ratio = kappa * out.tangential;
    out.complement = 1.0 - out.ratio;
    out.radial = out.tangential * (1.0 - kappa * kappa * (out.tangential - next));
    return out;
}

/// sum_{j>=1} (kappa^2/4)^j / (j! (d/2)_j).
double series_rest(double d, double kappa) {
    const double quarter = 0.25 * kappa * kappa;
    double term = 1.0;
    double sum = 0.0;
    for (int j = 1; term > 1e-17 * sum && j < 1000; ++j) {
        term *= quarter / (j * (0.5 * d + j - 1.0));
        sum += term;
    }
    return sum;
}

bool series_converges_fast(double nu, double kappa) {
    return std::hypot(nu, kappa) < kFarFromOrigin || kappa * kappa < 16.0 * (nu + 1.0);
}

/// What Debye's prefactor leaves beside T and ln U: lnGamma(nu + 1) - nu ln((nu + T)/2) - ln sqrt(2 pi T).
double log_prefactor(double nu, double t) {
    return std::lgamma(nu + 1.0) - nu * std::log(0.5 * (nu + t)) - 0.5 * std::log(2.0 * std::numbers::pi * t);
}

}  // namespace

VonMisesFisher von_mises_fisher(int dim, double kappa) {
    const double nu = 0.5 * dim - 1.0;
    if (std::hypot(nu, kappa) >= kFarFromOrigin) return far_from_origin(nu, kappa);
    return near_origin(dim, kappa);
}

double log_mean_exponential(int dim, double kappa) {
    const double nu = 0.5 * dim - 1.0;
    if (series_converges_fast(nu, kappa)) return std::log1p(series_rest(dim, kappa));
    const double t = std::hypot(nu, kappa);
    return log_prefactor(nu, t) + t + std::log1p(debye(nu, t).u_rest);
}

double log_mean_exponential_excess(int dim, double kappa) {
    const double nu = 0.5 * dim - 1.0;
    if (series_converges_fast(nu, kappa)) return std::log1p(series_rest(dim, kappa)) - kappa;
    const double t = std::hypot(nu, kappa);
    return log_prefactor(nu, t) + nu * (nu / (t + kappa)) + std::log1p(debye(nu, t).u_rest);
}

double log_sphere_area(int dim) {
    return std::numbers::ln2 + 0.5 * dim * std::log(std::numbers::pi) - std::lgamma(0.5 * dim);
}

}  // namespace sigmaflow
