#include "sigmaflow/stability/mixture_reduction.hpp"

#include <cmath>
#include <limits>

#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

/// One component, covariances without the noise.
struct MergedComponent {
    double weight = 0.0;
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
    double log_determinant = 0.0;  ///< of covariance + sigma^2 I
};

struct MixtureReduction::State {
    double variance = 0.0;  ///< sigma^2
    std::vector<MergedComponent> components;
    Eigen::MatrixXd costs;  ///< of pairs i < j

    [[nodiscard]] double log_determinant(const Eigen::MatrixXd& covariance) const {
        return (symmetric_eigenpairs(covariance).values.array().max(0.0) + variance).log().sum();
    }

    [[nodiscard]] MergedComponent merged(std::size_t i, std::size_t j) const {
        const MergedComponent& a = components[i];
        const MergedComponent& b = components[j];
        MergedComponent out;
        out.weight = a.weight + b.weight;
        const double part = b.weight / out.weight;
        const Eigen::VectorXd apart = b.mean - a.mean;
        out.mean = a.mean + part * apart;
        out.covariance =
            (1.0 - part) * a.covariance + part * b.covariance + part * (1.0 - part) * apart * apart.transpose();
        out.log_determinant = log_determinant(out.covariance);
        return out;
    }

    [[nodiscard]] double cost(std::size_t i, std::size_t j) const {
        const MergedComponent both = merged(i, j);
        const MergedComponent& a = components[i];
        const MergedComponent& b = components[j];
        return 0.5 * (both.weight * both.log_determinant - a.weight * a.log_determinant - b.weight * b.log_determinant);
    }

    void price(std::size_t k) {
        for (std::size_t i = 0; i < components.size(); ++i) {
            if (i == k) continue;
            costs(static_cast<Eigen::Index>(std::min(i, k)), static_cast<Eigen::Index>(std::max(i, k))) = cost(i, k);
        }
    }
};

MixtureReduction::MixtureReduction(const MixtureLaw& law, double sigma) : state_(std::make_unique<State>()) {
    state_->variance = sigma * sigma;
    const double total = law.weights.sum();
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        MergedComponent component;
        component.weight = law.weights[static_cast<Eigen::Index>(k)] / total;
        component.mean = law.components[k].mean;
        component.covariance = covariance_of(law.components[k]);
        component.log_determinant = state_->log_determinant(component.covariance);
        state_->components.push_back(std::move(component));
    }
    const auto count = static_cast<Eigen::Index>(state_->components.size());
    state_->costs = Eigen::MatrixXd::Constant(count, count, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i + 1 < state_->components.size(); ++i) {
        for (std::size_t j = i + 1; j < state_->components.size(); ++j) {
            state_->costs(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = state_->cost(i, j);
        }
    }
}

MixtureReduction::~MixtureReduction() = default;
MixtureReduction::MixtureReduction(MixtureReduction&&) noexcept = default;

int MixtureReduction::size() const { return static_cast<int>(state_->components.size()); }

void MixtureReduction::merge_once() {
    const Eigen::Index count = size();
    Eigen::Index i = 0, j = 0;
    state_->costs.topLeftCorner(count, count).minCoeff(&i, &j);
    auto& components = state_->components;
    components[static_cast<std::size_t>(i)] = state_->merged(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    // The last component takes the place that is free.
    const Eigen::Index last = count - 1;
    if (j != last) components[static_cast<std::size_t>(j)] = std::move(components.back());
    components.pop_back();
    state_->costs.row(last).setConstant(std::numeric_limits<double>::infinity());
    state_->costs.col(last).setConstant(std::numeric_limits<double>::infinity());
    if (j != last) state_->price(static_cast<std::size_t>(j));
    if (i != last) state_->price(static_cast<std::size_t>(i));
}

MixtureLaw MixtureReduction::law() const {
    MixtureLaw out;
    out.weights.resize(size());
    for (int k = 0; k < size(); ++k) {
        const MergedComponent& component = state_->components[static_cast<std::size_t>(k)];
        out.weights[k] = component.weight;
        EigenPairs spectrum = symmetric_eigenpairs(component.covariance);
        spectrum.values = spectrum.values.cwiseMax(0.0);
        out.components.push_back(component_of(component.mean, spectrum));
    }
    return out;
}

}  // namespace sigmaflow
