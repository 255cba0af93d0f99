#pragma once
/// \file
/// Where posteriors of mixtures are compared with the witness, and what rounding of the input alone does there.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "distribution/laws.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow::test {

inline double smallest_variance(const witness::Component& c) {
    double least = c.variances.size() > 0 ? c.variances.minCoeff() : c.sphere;
    if (c.axes.cols() < c.mean.size()) least = std::min(least, c.sphere);
    if (c.dense.size() > 0) least = std::max(0.0, symmetric_eigenpairs(c.dense).values.minCoeff());
    return least;
}

/// 8 eps max_k |x - mu_k|^2 / s^2: what rounding of x alone does to the exponents.
inline double rounded_exponents(const std::vector<witness::Component>& components, const Eigen::VectorXd& x,
                                double sigma) {
    double least = std::numeric_limits<double>::infinity();
    double farthest = 0.0;
    for (const auto& component : components) {
        if (component.weight == 0.0) continue;
        least = std::min(least, smallest_variance(component));
        farthest = std::max(farthest, (x - component.mean).squaredNorm());
    }
    return 8.0 * std::numeric_limits<double>::epsilon() * farthest / (sigma * sigma + least);
}

inline double tolerance(const std::vector<witness::Component>& components, const Eigen::VectorXd& x, double sigma) {
    return std::max(1e-12, rounded_exponents(components, x, sigma));
}

inline double largest_mean(const std::vector<witness::Component>& components) {
    double out = 0.0;
    for (const auto& component : components) out = std::max(out, component.mean.cwiseAbs().maxCoeff());
    return out;
}

inline Eigen::VectorXd normal_vector(int dim, Stream& stream) {
    Eigen::VectorXd out(dim);
    for (auto& number : out) number = stream.normal();
    return out;
}

/// Points x0 + sigma n, ties between two means and of all, the means themselves, and far tails.
inline std::vector<Eigen::VectorXd> places(const Distribution& law, const std::vector<witness::Component>& components,
                                           double sigma, std::int64_t seed) {
    std::vector<Eigen::VectorXd> out;
    Stream stream(3, 1, seed, Purpose::test);
    Tile x0;
    law.sample({11, 4}, {seed * 8, 3}, x0);
    for (int c = 0; c < 3; ++c) out.emplace_back(x0.col(c) + sigma * normal_vector(law.dim(), stream));
    const Eigen::VectorXd& first = components.front().mean;
    const Eigen::VectorXd& last = components.back().mean;
    out.emplace_back(0.5 * (first + last));
    out.emplace_back(0.5 * (first + components[components.size() / 2].mean));
    out.emplace_back(Eigen::VectorXd::Zero(law.dim()));
    out.push_back(last);
    out.emplace_back(1e3 * size_of(law) * normal_vector(law.dim(), stream).normalized());
    return out;
}

/// The witness's view of a law of the mixture family.
inline std::vector<witness::Component> components_of(const MixtureLaw& law) {
    std::vector<witness::Component> out;
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const GaussianComponent& from = law.components[k];
        out.push_back(
            {law.weights[static_cast<Eigen::Index>(k)], from.mean, {}, from.variance, from.axes, from.variances});
    }
    return out;
}

/// Up to 8 components in up to 6 dimensions, flat directions and faint weights among them.
inline MixtureLaw random_mixture(Stream& stream) {
    const auto below = [&](int n) { return static_cast<Eigen::Index>(n * stream.uniform()); };
    const Eigen::Index dim = 1 + below(6);
    const Eigen::Index count = 1 + below(8);
    MixtureLaw law{Eigen::VectorXd(count), {}};
    for (Eigen::Index k = 0; k < count; ++k) {
        law.weights[k] = stream.uniform() < 0.1 ? 1e-300 : stream.uniform();
        GaussianComponent component = isotropic_component(3.0 * normal_vector(static_cast<int>(dim), stream), 0.0);
        if (stream.uniform() < 0.5) component.variance = std::exp(2.0 * stream.normal());
        const Eigen::Index rank = below(static_cast<int>(dim) + 1);
        Eigen::MatrixXd random(dim, rank);
        for (Eigen::Index j = 0; j < rank; ++j) random.col(j) = normal_vector(static_cast<int>(dim), stream);
        if (rank > 0) component.axes = singular_values(random).left;
        component.variances.resize(rank);
        for (auto& v : component.variances) v = stream.uniform() < 0.3 ? 0.0 : std::exp(2.0 * stream.normal());
        law.components.push_back(std::move(component));
    }
    return law;
}

/// Up to 20 points in up to 6 dimensions, blurred or not.
inline CloudLaw random_cloud(Stream& stream) {
    const auto below = [&](int n) { return static_cast<Eigen::Index>(n * stream.uniform()); };
    const Eigen::Index dim = 1 + below(6);
    CloudLaw law{Eigen::MatrixXd(dim, 1 + below(20)), {}, 0.0};
    law.weights.resize(law.points.cols());
    for (Eigen::Index k = 0; k < law.points.cols(); ++k) {
        law.points.col(k) = 3.0 * normal_vector(static_cast<int>(dim), stream);
        law.weights[k] = stream.uniform() < 0.1 ? 1e-300 : stream.uniform();
    }
    if (stream.uniform() < 0.5) law.variance = std::exp(2.0 * stream.normal());
    return law;
}

}  // namespace sigmaflow::test
