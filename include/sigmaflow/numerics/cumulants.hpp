#pragma once
/// \file
/// Moments and cumulants of one random number, X^1 .. X^n in element 0 .. n - 1 of anything with size() and []. The
/// elements are numbers or whole rows of them. Cumulants and central moments agree up to order 3; mu_4 = kappa_4 +
/// 3 kappa_2^2.

#include <array>
#include <cstddef>

namespace sigmaflow {

/// The highest order that mixtures know.
inline constexpr int kMostCumulants = 6;

[[nodiscard]] constexpr double binomial(std::size_t n, std::size_t k) {
    double out = 1.0;
    for (std::size_t i = 1; i <= k; ++i) out = out * static_cast<double>(n + 1 - i) / static_cast<double>(i);
    return out;
}

/// A whole factor times a number, whose type may not know double (std::complex<long double>).
template <class Number>
[[nodiscard]] auto times_whole(double factor, const Number& number) {
    if constexpr (requires { factor* number; }) {
        return factor * number;
    } else {
        return static_cast<typename Number::value_type>(factor) * number;
    }
}

/// M_n = sum_{j=1}^n C(n-1, j-1) kappa_j M_{n-j}, M_0 = 1 (complete Bell polynomials), for as many moments as there is
/// room for; cumulants beyond those given are zero. Moments are about the point that kappa_1 counts from.
template <class Cumulants, class Moments>
void moments_from_cumulants(const Cumulants& cumulants, Moments&& moments) {
    for (std::size_t n = 1; n <= moments.size(); ++n) {
        auto sum = cumulants[0];
        sum = n <= cumulants.size() ? cumulants[n - 1] : times_whole(0.0, cumulants[0]);
        for (std::size_t j = 1; j < n && j <= cumulants.size(); ++j) {
            sum += times_whole(binomial(n - 1, j - 1), cumulants[j - 1]) * moments[n - j - 1];
        }
        moments[n - 1] = sum;
    }
}

/// The same recursion solved for kappa_n; as many cumulants as there are moments.
template <class Moments, class Cumulants>
void cumulants_from_moments(const Moments& moments, Cumulants&& cumulants) {
    for (std::size_t n = 1; n <= moments.size(); ++n) {
        auto sum = moments[n - 1];
        for (std::size_t j = 1; j < n; ++j) {
            sum -= binomial(n - 1, j - 1) * cumulants[j - 1] * moments[n - j - 1];
        }
        cumulants[n - 1] = sum;
    }
}

/// Moments about `origin` from those about 0: E (X - c)^n = sum_j C(n, j) (-c)^{n-j} E X^j. With c = E X they are the
/// central ones, element 0 being 0; with -c they lead back.
template <class Moments, class Number>
void shift_moments(const Moments& moments, const Number& origin, Moments& shifted) {
    for (std::size_t n = 1; n <= moments.size(); ++n) {
        Number power = 1.0 + 0.0 * origin;
        Number sum = 0.0 * origin;
        for (std::size_t j = n; j > 0; --j) {
            sum += binomial(n, j) * power * moments[j - 1];
            power *= -origin;
        }
        shifted[n - 1] = sum + power;
    }
}

/// Taylor coefficients of the denoiser along v, <v, m(x + h v)> = sum_k t_k h^k, from the cumulants of <v, x0> given x:
/// t_k = kappa_{k+1} / (k! sigma^{2k}), k = 0, 1 .. (docs/theory.md, section 6).
template <class Cumulants, class Coefficients>
void taylor_of_mean(const Cumulants& cumulants, double sigma, Coefficients&& coefficients) {
    for (std::size_t k = 0; k < cumulants.size(); ++k) {
        double value = cumulants[k];
        for (std::size_t i = 1; i <= k; ++i) value = value / static_cast<double>(i) / sigma / sigma;
        coefficients[k] = value;
    }
}

}  // namespace sigmaflow
