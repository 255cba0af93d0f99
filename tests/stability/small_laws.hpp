#pragma once
// Laws that the tests of this room share.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow::testing_support {

inline Value list_of(const std::vector<double>& numbers) { return {Value::List(numbers.begin(), numbers.end())}; }

/// A kind of the registry with some parameters given, the others at their defaults.
inline std::unique_ptr<Distribution> kind_of(const std::string& kind, const Value::Table& given) {
    const auto& entry = distributions().at(kind);
    return entry.make(Parameters(entry.kind, given, {}), {});
}

/// Weighted points, one per inner list.
inline std::unique_ptr<Distribution> cloud(const std::vector<std::vector<double>>& points,
                                           const std::vector<double>& weights) {
    CloudLaw law;
    law.points.resize(static_cast<Eigen::Index>(points.front().size()), static_cast<Eigen::Index>(points.size()));
    for (std::size_t k = 0; k < points.size(); ++k) {
        law.points.col(static_cast<Eigen::Index>(k)) =
            Eigen::Map<const Eigen::VectorXd>(points[k].data(), law.points.rows());
    }
    law.weights = Eigen::Map<const Eigen::VectorXd>(weights.data(), static_cast<Eigen::Index>(weights.size()));
    return std::make_unique<IsotropicCloud>(std::move(law));
}

/// Two to eight Gaussians of random weights, places and shapes in the plane, some of them flat; number `seed`.
inline std::unique_ptr<Distribution> planar_mixture(int seed) {
    Stream stream(2206, static_cast<std::uint64_t>(seed), 0, Purpose::test);
    MixtureLaw law;
    const auto count = 2 + static_cast<int>(7.0 * stream.uniform());
    law.weights.resize(count);
    for (int k = 0; k < count; ++k) {
        law.weights[k] = 0.1 + stream.uniform();
        Eigen::VectorXd mean(2);
        mean << stream.normal(), stream.normal();
        const double angle = 3.0 * stream.uniform();
        const double cosine = std::cos(angle);
        const double sine = std::sin(angle);
        EigenPairs spectrum;
        spectrum.vectors.resize(2, 2);
        spectrum.vectors << cosine, -sine, sine, cosine;
        spectrum.values.resize(2);
        spectrum.values << (stream.uniform() < 0.2 ? 0.0 : 0.3 * stream.uniform()), 0.3 + 0.3 * stream.uniform();
        law.components.push_back(component_of(mean, spectrum));
    }
    return distribution_of(std::move(law));
}

}  // namespace sigmaflow::testing_support
