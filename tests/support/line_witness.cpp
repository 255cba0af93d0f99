#include "support/line_witness.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>

namespace sigmaflow::witness {
namespace {

using Number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

/// What Newton's method needs of the posterior at (x, tau).
struct Posterior {
    Number f, f_tau;       // x - m
    Number g, g_x, g_tau;  // 1 - Var / sigma^2 = df/dx
};

Posterior posterior(const LineAtoms& atoms, const Number& x, const Number& tau) {
    const Number sigma2 = exp(2 * tau);
    std::vector<Number> weight;
    Number sum = 0;
    for (std::size_t k = 0; k < atoms.places.size(); ++k) {
        const Number apart = x - Number(atoms.places[k]);
        weight.push_back(Number(atoms.weights[k]) * exp(-apart * apart / (2 * sigma2)));
        sum += weight.back();
    }
    const auto mean = [&](auto of) {
        Number out = 0;
        for (std::size_t k = 0; k < weight.size(); ++k) out += weight[k] * of(k);
        return Number(out / sum);
    };
    const auto y = [&](std::size_t k) { return Number(atoms.places[k]); };
    const Number m = mean(y);
    const auto square = [&](std::size_t k) { return Number((y(k) - m) * (y(k) - m)); };
    // d E[a] / dtau = Cov(a, |x - x0|^2) / sigma^2.
    const auto rate = [&](auto a) {
        const Number average = mean(a);
        return Number(mean([&](std::size_t k) { return Number((a(k) - average) * (x - y(k)) * (x - y(k))); }) / sigma2);
    };
    const Number variance = mean(square);
    const Number kappa3 = mean([&](std::size_t k) { return Number(square(k) * (y(k) - m)); });
    return {x - m, -rate(y), 1 - variance / sigma2, -kappa3 / (sigma2 * sigma2),
            -(rate(square) - 2 * variance) / sigma2};
}

struct ExactFold {
    Number x, tau;
};

std::optional<ExactFold> exact_fold(const LineAtoms& atoms, double x0, double tau0) {
    Number x = x0, tau = tau0;
    for (int i = 0; i < 60; ++i) {
        const Posterior q = posterior(atoms, x, tau);
        const Number determinant = q.g * q.g_tau - q.f_tau * q.g_x;
        const Number dx = (q.f * q.g_tau - q.f_tau * q.g) / determinant;
        const Number dtau = (q.g * q.g - q.f * q.g_x) / determinant;
        x -= dx;
        tau -= dtau;
        if (abs(x - x0) > 0.2 * exp(tau0) || abs(tau - tau0) > 0.2) return {};
        if (abs(dx) + abs(dtau) < 1e-40) return ExactFold{x, tau};
    }
    return {};
}

}  // namespace

std::optional<LineFold> line_fold(const LineAtoms& atoms, double x, double tau) {
    const auto found = exact_fold(atoms, x, tau);
    if (!found) return {};
    return LineFold{static_cast<double>(found->x), static_cast<double>(found->tau)};
}

std::vector<LineFold> all_line_folds(const LineAtoms& atoms, double sigma_min, double sigma_max) {
    const auto [least, most] = std::minmax_element(atoms.places.begin(), atoms.places.end());
    constexpr int kPlaces = 6000;
    // Zeros of x - m on even places, in doubles.
    const auto zeros = [&](double tau) {
        const double sigma2 = std::exp(2.0 * tau);
        std::vector<double> out;
        double last = 0.0;
        for (int i = 0; i <= kPlaces; ++i) {
            const double x = *least - 1e-3 + (*most - *least + 2e-3) * i / kPlaces;
            double nearest = 1e300;
            for (const double y : atoms.places) nearest = std::min(nearest, (x - y) * (x - y));
            double sum = 0.0, force = 0.0;
            for (std::size_t k = 0; k < atoms.places.size(); ++k) {
                const double apart = x - atoms.places[k];
                const double weight = atoms.weights[k] * std::exp((nearest - apart * apart) / (2.0 * sigma2));
                sum += weight;
                force += weight * apart;
            }
            const double value = force / sum;
            if (i > 0 && (value > 0.0) != (last > 0.0)) out.push_back(x);
            last = value;
        }
        return out;
    };
    std::vector<LineFold> out;
    // The pairs of zeros at `low` from which Newton's method ends between low and high.
    const auto collect = [&](double high, double low) {
        const auto below = zeros(low);
        for (std::size_t j = 0; j + 1 < below.size(); ++j) {
            const auto found = line_fold(atoms, 0.5 * (below[j] + below[j + 1]), 0.5 * (low + high));
            if (!found || std::abs(found->tau - low) > 5e-3) continue;
            const bool known = std::any_of(out.begin(), out.end(), [&](const LineFold& fold) {
                return std::abs(fold.x - found->x) < 1e-9 && std::abs(fold.tau - found->tau) < 1e-9;
            });
            if (!known) out.push_back(*found);
        }
    };
    const std::function<void(double, double, std::size_t, std::size_t)> search =
        [&](double high, double low, std::size_t above, std::size_t below) {
            if (above == below) return;
            if (high - low < 1e-4) return collect(high, low);
            const double middle = 0.5 * (high + low);
            const std::size_t between = zeros(middle).size();
            search(high, middle, above, between);
            search(middle, low, between, below);
        };
    constexpr int kLevels = 200;
    const double top = std::log(sigma_max);
    const double step = (std::log(sigma_min) - top) / kLevels;
    for (int i = 0; i < kLevels; ++i) {
        const double high = top + i * step;
        search(high, high + step, zeros(high).size(), zeros(high + step).size());
    }
    return out;
}

}  // namespace sigmaflow::witness
