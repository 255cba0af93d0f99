#include "support/diagonal_witness.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

namespace sigmaflow::witness {
namespace {

using Number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using Numbers = std::vector<Number>;

double variance(const DiagonalComponent& component, Eigen::Index i) {
    return component.variances.size() > 0 ? component.variances[i] : 0.0;
}

/// Coordinate i of m_k.
Number mean(const DiagonalComponent& component, const Number& x, const Number& noise, Eigen::Index i) {
    const Number v = variance(component, i);
    return component.mean[i] + v / (v + noise) * (x - component.mean[i]);
}

Number log_weight(const DiagonalComponent& component, const Eigen::VectorXd& x, const Number& noise, Share& share) {
    Number quadratic = 0;
    Number whitened = 0;
    Number distance = 0;
    Number determinant = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
        const Number total = variance(component, i) + noise;
        const Number delta = Number(x[i]) - component.mean[i];
        const Number square = delta * delta;
        quadratic += square / total;
        whitened += square / (total * total);
        distance += square;
        determinant += component.variances.size() > 0 || i == 0 ? log(total) : Number(0);
    }
    if (component.variances.size() == 0) determinant *= static_cast<double>(x.size());
    share.condition = sqrt(distance * whitened).convert_to<double>();
    share.logs = abs(determinant).convert_to<double>();
    return log(Number(component.weight)) - (quadratic + determinant) / 2;
}

}  // namespace

DiagonalPosterior diagonal_posterior(const std::vector<DiagonalComponent>& mixture, const Eigen::VectorXd& x,
                                     double sigma, const Eigen::VectorXd& direction) {
    const Number noise = Number(sigma) * sigma;
    const auto d = static_cast<std::size_t>(x.size());
    DiagonalPosterior out;
    out.shares.resize(mixture.size());
    Numbers logs;
    Number total_weight = 0;
    std::size_t top = 0;
    for (std::size_t k = 0; k < mixture.size(); ++k) {
        logs.push_back(log_weight(mixture[k], x, noise, out.shares[k]));
        total_weight += mixture[k].weight;
        if (logs[k] > logs[top]) top = k;
    }
    Numbers r;
    Number rest = 0;
    for (std::size_t k = 0; k < mixture.size(); ++k) {
        r.push_back(logs[k] - logs[top] > -1500 ? Number(exp(logs[k] - logs[top])) : Number(0));
        if (k != top) rest += r[k];
    }
    const Number log_rest = boost::multiprecision::log1p(rest);
    Numbers m(d, Number(0));
    Number entropy = 0;
    for (std::size_t k = 0; k < mixture.size(); ++k) {
        r[k] /= 1 + rest;
        if (r[k] == 0) continue;
        entropy += r[k] * ((logs[top] - logs[k]) + log_rest);
        for (std::size_t i = 0; i < d; ++i) {
            const auto j = static_cast<Eigen::Index>(i);
            m[i] += r[k] * mean(mixture[k], x[j], noise, j);
        }
    }
    Numbers variances(d, Number(0));
    Number along = 0;
    Number length = 0;
    for (std::size_t i = 0; i < d; ++i)
        length += Number(direction[static_cast<Eigen::Index>(i)]) * direction[static_cast<Eigen::Index>(i)];
    for (std::size_t k = 0; k < mixture.size(); ++k) {
        out.shares[k].weight = r[k].convert_to<double>();
        if (r[k] == 0) continue;
        Number offset = 0;
        Number square = 0;
        Number own = 0;
        for (std::size_t i = 0; i < d; ++i) {
            const auto j = static_cast<Eigen::Index>(i);
            const Number delta = mean(mixture[k], x[j], noise, j) - m[i];
            const Number v = variance(mixture[k], j);
            const Number left = noise * v / (v + noise);
            variances[i] += r[k] * (left + delta * delta);
            along += r[k] * left * direction[j] * direction[j];
            offset += delta * direction[j];
            square += delta * delta;
            own += left;
        }
        along += r[k] * offset * offset;
        out.shares[k].distance = sqrt(square).convert_to<double>();
        out.shares[k].width = sqrt(own).convert_to<double>();
    }
    const Number log_two_pi = log(2 * boost::math::constants::pi<Number>());
    out.log_density =
        (logs[top] + log_rest - log(total_weight) - Number(x.size()) / 2 * log_two_pi).convert_to<double>();
    out.entropy = entropy.convert_to<double>();
    out.along = (along / length).convert_to<double>();
    out.mean.resize(x.size());
    out.variances.resize(x.size());
    for (std::size_t i = 0; i < d; ++i) {
        out.mean[static_cast<Eigen::Index>(i)] = m[i].convert_to<double>();
        out.variances[static_cast<Eigen::Index>(i)] = variances[i].convert_to<double>();
    }
    return out;
}

}  // namespace sigmaflow::witness
