#pragma once
// Laws of registered kinds for the tests of this room.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow::testing_support {

/// A kind of the registry with some parameters given, the others at their defaults.
inline std::unique_ptr<Distribution> law_of(const std::string& kind, const Value::Table& given) {
    const auto& entry = distributions().at(kind);
    return entry.make(Parameters(entry.kind, given, {}), {});
}

inline Value numbers(const std::vector<double>& from) {
    Value::List out;
    for (const double number : from) out.emplace_back(number);
    return {std::move(out)};
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

/// N(0, I_d).
inline std::unique_ptr<Distribution> standard_normal(int dim) {
    return law_of("gaussian", {{"variances", numbers(std::vector<double>(static_cast<std::size_t>(dim), 1.0))}});
}

/// Two equal clusters N(+-(1..1), I_d) of Biroli, Bonnaire, de Bortoli and Mezard.
inline std::unique_ptr<Distribution> two_clusters(int dim) {
    MixtureLaw law{Eigen::VectorXd::Ones(2), {}};
    for (const double sign : {1.0, -1.0}) {
        law.components.push_back(isotropic_component(Eigen::VectorXd::Constant(dim, sign), 1.0));
    }
    return distribution_of(std::move(law));
}

/// A law that tells nothing of itself but its posterior, moments and draws.
class OpaqueLaw : public Distribution {
  public:
    explicit OpaqueLaw(const Distribution& law) : law_(law) {}
    [[nodiscard]] int dim() const override { return law_.dim(); }
    [[nodiscard]] Moments moments() const override { return law_.moments(); }
    [[nodiscard]] const Denoiser& posterior() const override { return law_.posterior(); }
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override { law_.draw(stream, x0); }

  private:
    const Distribution& law_;
};

}  // namespace sigmaflow::testing_support
