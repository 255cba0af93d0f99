#include "support/witness.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

namespace sigmaflow::witness {
namespace {

using Number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using Numbers = std::vector<Number>;
using Table = std::vector<Numbers>;  // rows

std::size_t size_of(const Eigen::VectorXd& v) { return static_cast<std::size_t>(v.size()); }
double entry(const Eigen::MatrixXd& m, std::size_t i, std::size_t j) {
    return m(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
}

Number dot(const Numbers& a, const Numbers& b) {
    Number sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// Gram-Schmidt.
Table orthonormal_axes(const Component& component, std::size_t d) {
    Table out;
    for (std::size_t j = 0; j < static_cast<std::size_t>(component.axes.cols()); ++j) {
        Numbers u(d);
        for (std::size_t i = 0; i < d; ++i) u[i] = entry(component.axes, i, j);
        for (const auto& other : out) {
            const Number overlap = dot(u, other);
            for (std::size_t i = 0; i < d; ++i) u[i] -= overlap * other[i];
        }
        const Number length = sqrt(dot(u, u));
        for (auto& number : u) number /= length;
        out.push_back(u);
    }
    return out;
}

Table covariance_of(const Component& component) {
    const std::size_t d = size_of(component.mean);
    const Table axes = orthonormal_axes(component, d);
    const double sphere = axes.size() < d ? component.sphere : 0.0;  // axes that span the space leave no room for it
    Table out(d, Numbers(d, Number(0)));
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < d; ++j) {
            if (component.dense.size() > 0) out[i][j] += entry(component.dense, i, j);
            if (i == j) out[i][j] += sphere;
            for (std::size_t a = 0; a < axes.size(); ++a) {
                const Number excess = Number(component.variances[static_cast<Eigen::Index>(a)]) - sphere;
                out[i][j] += excess * axes[a][i] * axes[a][j];
            }
        }
    }
    return out;
}

/// M = L D L^T in place: D on the diagonal, L below.
void factorise(Table& m) {
    for (std::size_t j = 0; j < m.size(); ++j) {
        for (std::size_t k = 0; k < j; ++k) m[j][j] -= m[j][k] * m[j][k] * m[k][k];
        for (std::size_t i = j + 1; i < m.size(); ++i) {
            for (std::size_t k = 0; k < j; ++k) m[i][j] -= m[i][k] * m[j][k] * m[k][k];
            m[i][j] /= m[j][j];
        }
    }
}

Numbers solve(const Table& ldl, Numbers b) {
    const std::size_t d = b.size();
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= ldl[i][k] * b[k];
    }
    for (std::size_t i = 0; i < d; ++i) b[i] /= ldl[i][i];
    for (std::size_t i = d; i-- > 0;) {
        for (std::size_t k = i + 1; k < d; ++k) b[i] -= ldl[k][i] * b[k];
    }
    return b;
}

/// One component given x.
struct Conditional {
    Number log_weight;
    Numbers mean;
    Table covariance;
};

Conditional condition(const Component& component, const Eigen::VectorXd& x, double sigma) {
    const std::size_t d = size_of(x);
    const Number noise = Number(sigma) * sigma;
    const Table s = covariance_of(component);
    Table ldl = s;
    for (std::size_t i = 0; i < d; ++i) ldl[i][i] += noise;
    factorise(ldl);

    Numbers delta(d);
    for (std::size_t i = 0; i < d; ++i) {
        delta[i] = Number(x[static_cast<Eigen::Index>(i)]) - component.mean[static_cast<Eigen::Index>(i)];
    }
    const Numbers whitened = solve(ldl, delta);
    Conditional out{log(Number(component.weight)) - dot(delta, whitened) / 2, Numbers(d), Table(d)};
    for (std::size_t i = 0; i < d; ++i) {
        out.log_weight -= log(ldl[i][i]) / 2;
        out.mean[i] = component.mean[static_cast<Eigen::Index>(i)] + dot(s[i], whitened);
        out.covariance[i] = solve(ldl, s[i]);
        for (auto& number : out.covariance[i]) number *= noise;
    }
    return out;
}

/// The components given x with their weights r_k.
struct Weighed {
    std::vector<Conditional> parts;
    Numbers r;
    Number total_weight = 0;
    Number largest;   // of the log weights
    Number rest = 0;  // sum of exp(log weight - largest) without the largest
};

Weighed weigh(const std::vector<Component>& mixture, const Eigen::VectorXd& x, double sigma) {
    Weighed out;
    for (const auto& component : mixture) {
        if (component.weight == 0.0) continue;
        out.total_weight += component.weight;
        out.parts.push_back(condition(component, x, sigma));
    }
    std::size_t top = 0;
    for (std::size_t k = 0; k < out.parts.size(); ++k) {
        if (out.parts[k].log_weight > out.parts[top].log_weight) top = k;
    }
    out.largest = out.parts[top].log_weight;
    for (std::size_t k = 0; k < out.parts.size(); ++k) {
        out.r.push_back(exp(out.parts[k].log_weight - out.largest));
        if (k != top) out.rest += out.r[k];
    }
    for (auto& weight : out.r) weight /= 1 + out.rest;
    return out;
}

}  // namespace

Posterior posterior(const std::vector<Component>& mixture, const Eigen::VectorXd& x, double sigma) {
    const std::size_t d = size_of(x);
    const Weighed law = weigh(mixture, x, sigma);
    const auto& [parts, r, total_weight, largest, rest] = law;
    const Number log_rest = boost::multiprecision::log1p(rest);

    Numbers mean(d, Number(0));
    Number entropy = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        entropy += r[k] * ((largest - parts[k].log_weight) + log_rest);
        for (std::size_t i = 0; i < d; ++i) mean[i] += r[k] * parts[k].mean[i];
    }
    const Number log_two_pi = log(2 * boost::math::constants::pi<Number>());
    const Number log_density = largest + log_rest - log(total_weight) - Number(d) / 2 * log_two_pi;

    Posterior out;
    out.log_density = log_density.convert_to<double>();
    out.entropy = entropy.convert_to<double>();
    out.mean.resize(x.size());
    out.covariance.resize(x.size(), x.size());
    for (std::size_t i = 0; i < d; ++i) {
        out.mean[static_cast<Eigen::Index>(i)] = mean[i].convert_to<double>();
        for (std::size_t j = 0; j < d; ++j) {
            Number sum = 0;
            for (std::size_t k = 0; k < parts.size(); ++k) {
                sum += r[k] * (parts[k].covariance[i][j] + (parts[k].mean[i] - mean[i]) * (parts[k].mean[j] - mean[j]));
            }
            out.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = sum.convert_to<double>();
        }
    }
    return out;
}

Cumulants cumulants(const std::vector<Component>& mixture, const Eigen::VectorXd& x, double sigma,
                    const Eigen::VectorXd& direction) {
    const std::size_t d = size_of(x);
    const Weighed law = weigh(mixture, x, sigma);
    Numbers v(d), mean(d, Number(0));
    for (std::size_t i = 0; i < d; ++i) v[i] = direction[static_cast<Eigen::Index>(i)];
    for (std::size_t k = 0; k < law.r.size(); ++k) {
        for (std::size_t i = 0; i < d; ++i) mean[i] += law.r[k] * law.parts[k].mean[i];
    }
    Cumulants out;
    std::array<Number, 7> mu;
    mu.fill(0);
    for (std::size_t k = 0; k < law.r.size(); ++k) {
        Numbers gap(d);
        Number b = 0;
        for (std::size_t i = 0; i < d; ++i) {
            gap[i] = law.parts[k].mean[i] - mean[i];
            b += v[i] * dot(law.parts[k].covariance[i], v);
        }
        const Number a = dot(gap, v);
        const Number a2 = a * a;
        const Number w = law.r[k];
        mu[2] += w * (a2 + b);
        mu[3] += w * a * (a2 + 3 * b);
        mu[4] += w * (a2 * a2 + 6 * a2 * b + 3 * b * b);
        mu[5] += w * a * (a2 * a2 + 10 * a2 * b + 15 * b * b);
        mu[6] += w * (a2 * a2 * a2 + 15 * a2 * a2 * b + 45 * a2 * b * b + 15 * b * b * b);
        out.components.push_back({w.convert_to<double>(), a.convert_to<double>(),
                                  Number(sqrt(b > 0 ? b : Number(0))).convert_to<double>(),
                                  Number(sqrt(dot(gap, gap))).convert_to<double>()});
    }
    const std::array<Number, 6> kappa{dot(mean, v),
                                      mu[2],
                                      mu[3],
                                      mu[4] - 3 * mu[2] * mu[2],
                                      mu[5] - 10 * mu[3] * mu[2],
                                      mu[6] - 15 * mu[4] * mu[2] - 10 * mu[3] * mu[3] + 30 * mu[2] * mu[2] * mu[2]};
    for (std::size_t n = 0; n < 6; ++n) {
        out.values[n] = kappa[n].convert_to<double>();
        out.central[n] = mu[n + 1].convert_to<double>();
    }
    return out;
}

double exponential(double x) { return exp(Number(x)).convert_to<double>(); }

}  // namespace sigmaflow::witness
