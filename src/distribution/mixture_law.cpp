#include "sigmaflow/distribution/mixture_law.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sigmaflow {
namespace {

/// A run of nearly equal numbers in a sorted list.
struct Run {
    Eigen::Index first = 0;
    Eigen::Index count = 0;
};

/// The longest run, the last one of equals: the widest sphere is the least sensitive to rounding in the axes.
Run longest_run(const Eigen::VectorXd& sorted) {
    Run best;
    Run current;
    for (Eigen::Index i = 0; i < sorted.size(); ++i) {
        if (sorted[i] - sorted[current.first] > 1e-14 * sorted[current.first]) current = {i, 0};
        ++current.count;
        if (current.count >= best.count) best = current;
    }
    return best;
}

Eigen::MatrixXd identity(Eigen::Index size) { return Eigen::MatrixXd::Identity(size, size); }

}  // namespace

bool MixtureLaw::is_cloud() const {
    return std::all_of(components.begin(), components.end(), [&](const GaussianComponent& component) {
        return component.axes.cols() == 0 && component.variance == components.front().variance;
    });
}

GaussianComponent isotropic_component(const Eigen::VectorXd& mean, double variance) {
    return {mean, variance, Eigen::MatrixXd(mean.size(), 0), Eigen::VectorXd(0)};
}

GaussianComponent component_of(const Eigen::VectorXd& mean, const EigenPairs& spectrum) {
    const Eigen::Index dim = mean.size();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(dim));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Eigen::Index a, Eigen::Index b) { return spectrum.values[a] < spectrum.values[b]; });
    const Eigen::VectorXd sorted = spectrum.values(order);
    const Run sphere = longest_run(sorted);

    // Eigenvalues that are all different stay apart: a sphere under them would cost their relative accuracy.
    if (sphere.count == 1 && dim > 1) return {mean, 0.0, spectrum.vectors, spectrum.values};
    GaussianComponent out = isotropic_component(mean, sorted[sphere.first]);
    out.variance += (sorted.segment(sphere.first, sphere.count).array() - out.variance).mean();
    order.erase(order.begin() + sphere.first, order.begin() + sphere.first + sphere.count);
    out.axes = spectrum.vectors(Eigen::all, order);
    out.variances = spectrum.values(order);
    return out;
}

EigenPairs spectrum_of(const GaussianComponent& component) {
    const Eigen::Index dim = component.mean.size();
    const Eigen::Index rank = component.axes.cols();
    EigenPairs out{Eigen::VectorXd::Constant(dim, component.variance), identity(dim)};
    if (rank == 0) return out;
    // The complement of the axes: eigenvectors of I - U U^T to the eigenvalue 1, which come last.
    out.vectors = symmetric_eigenpairs(identity(dim) - component.axes * component.axes.transpose()).vectors;
    out.vectors.leftCols(rank) = component.axes;
    out.values.head(rank) = component.variances;
    return out;
}

Eigen::MatrixXd root_of(const GaussianComponent& component) {
    const double sphere = std::sqrt(component.variance);
    const Eigen::VectorXd excess = component.variances.array().sqrt() - sphere;
    return sphere * identity(component.mean.size()) + component.axes * excess.asDiagonal() * component.axes.transpose();
}

Eigen::MatrixXd factor_of(const GaussianComponent& component) {
    if (component.variance > 0.0) return root_of(component);
    return component.axes * component.variances.cwiseSqrt().asDiagonal();
}

Eigen::MatrixXd covariance_of(const GaussianComponent& component) {
    const Eigen::VectorXd excess = component.variances.array() - component.variance;
    return component.variance * identity(component.mean.size()) +
           component.axes * excess.asDiagonal() * component.axes.transpose();
}

Eigen::VectorXd mean_of(const MixtureLaw& law) {
    const Eigen::VectorXd weights = law.weights / law.weights.sum();
    Eigen::VectorXd out = Eigen::VectorXd::Zero(law.dim());
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        out += weights[static_cast<Eigen::Index>(k)] * law.components[k].mean;
    }
    return out;
}

Moments moments_of(const MixtureLaw& law) {
    const Eigen::VectorXd weights = law.weights / law.weights.sum();
    Moments out{mean_of(law), Eigen::MatrixXd::Zero(law.dim(), law.dim())};
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const Eigen::VectorXd offset = law.components[k].mean - out.mean;
        out.covariance +=
            weights[static_cast<Eigen::Index>(k)] * (covariance_of(law.components[k]) + offset * offset.transpose());
    }
    return out;
}

namespace {

MixtureLaw scaled(MixtureLaw law, const AffineMap& map, double scale) {
    for (auto& component : law.components) {
        component.mean = scale * (component.mean - map.origin) + map.shift;
        component.variance *= scale * scale;
        component.variances *= scale * scale;
    }
    return law;
}

}  // namespace

MixtureLaw mapped(const MixtureLaw& law, const AffineMap& map) {
    if (const double scale = uniform_scale(map); scale > 0.0) return scaled(law, map, scale);
    std::vector<SingularValues> factors;
    double widest = 0.0;
    for (const auto& component : law.components) {
        factors.push_back(singular_values(map.linear * factor_of(component)));
        if (factors.back().values.size() > 0) widest = std::max(widest, factors.back().values[0]);
    }
    MixtureLaw out{law.weights, {}};
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const Eigen::VectorXd mean = map(law.components[k].mean);
        SingularValues& factor = factors[k];
        const Eigen::VectorXd variances =
            (factor.values.array() > kFlat * widest).select(factor.values.array().square(), 0.0);
        if (factor.values.size() == mean.size()) {
            out.components.push_back(component_of(mean, {variances, factor.left}));
        } else {
            out.components.push_back({mean, 0.0, factor.left, variances});
        }
    }
    return out;
}

}  // namespace sigmaflow
