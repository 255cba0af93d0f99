#pragma once
// Laws of registered kinds for the tests of this room.

#include <memory>
#include <vector>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow::testing_support {

inline std::unique_ptr<Distribution> law_of(const char* kind, const Value::Table& given) {
    const auto& entry = distributions().at(kind);
    return entry.make(Parameters(entry.kind, given, {}), {});
}

inline Value numbers(const std::vector<double>& from) {
    Value::List out;
    for (const double number : from) out.emplace_back(number);
    return {std::move(out)};
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
