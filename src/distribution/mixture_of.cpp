#include "sigmaflow/distribution/mixture_of.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/covariance_root.hpp"
#include "sigmaflow/distribution/gaussian_mixture.hpp"
#include "sigmaflow/numerics/total_cumulance.hpp"

namespace sigmaflow {

struct MixtureOfDenoiser::Scratch : Denoiser::Workspace {
    Scratch(const Posteriors& components, int dim, int order)
        : weights(static_cast<Eigen::Index>(components.size())),
          reference(dim, kTileWidth),
          shift(dim, kTileWidth),
          total(order),
          cumulants(Tile::Zero(order * static_cast<Eigen::Index>(components.size()), kTileWidth)) {
        for (const auto* component : components) {
            workspaces.push_back(component->workspace());
            posteriors.emplace_back(dim, Needs{});
        }
        derivatives.resize(components.size());
    }

    std::vector<std::unique_ptr<Workspace>> workspaces;
    std::vector<PosteriorTile> posteriors;
    PosteriorWeights weights;
    Tile reference;  // m_k of the dominant component of each column
    Tile shift;      // sum_k r_k m_k - reference
    TotalCumulance total;
    Tile cumulants;                 // of component k from row k * order on
    std::vector<Tile> derivatives;  // per component
};

MixtureOfDenoiser::MixtureOfDenoiser(Posteriors components, const Eigen::VectorXd& weights)
    : components_(std::move(components)), log_weights_(weights.array().log() - std::log(weights.sum())) {}

std::unique_ptr<Denoiser::Workspace> MixtureOfDenoiser::workspace() const {
    return std::make_unique<Scratch>(components_, dim(), cumulant_order());
}

/// Evaluates the components, with derivatives of their means if there are directions, and weighs them.
void MixtureOfDenoiser::weigh(const Tile& x, const Row& sigma, const Needs& needs, const Tile* directions,
                              Scratch& scratch) const {
    Needs wanted = needs;
    wanted.log_density = true;
    for (std::size_t k = 0; k < components_.size(); ++k) {
        PosteriorTile& posterior = scratch.posteriors[k];
        posterior.prepare(dim(), wanted);
        if (directions == nullptr) {
            components_[k]->evaluate(x, sigma, wanted, *scratch.workspaces[k], posterior);
        } else {
            Tile& derivatives = scratch.derivatives[k];
            derivatives.resize(directions->rows(), kTileWidth);
            components_[k]->mean_derivatives(x, sigma, wanted, *directions, *scratch.workspaces[k], posterior,
                                             derivatives);
        }
        const auto row = static_cast<Eigen::Index>(k);
        scratch.weights.table.row(row) = posterior.log_density + log_weights_[row];
    }
    scratch.weights.normalise();
}

void MixtureOfDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                 PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, needs, nullptr, scratch);
    average(needs, scratch, out);
}

/// m = m_ref + sum_k r_k (m_k - m_ref), the reference being the dominant component: what a faint component adds keeps
/// its relative accuracy. The means of the active components become m_k - m.
void MixtureOfDenoiser::average(const Needs& needs, Scratch& scratch, PosteriorTile& out) const {
    const PosteriorWeights& weights = scratch.weights;
    for (int c = 0; c < kTileWidth; ++c) {
        const auto dominant = static_cast<std::size_t>(weights.dominant[static_cast<std::size_t>(c)]);
        scratch.reference.col(c) = scratch.posteriors[dominant].mean.col(c);
    }
    scratch.shift.setZero();
    for (const int k : weights.active) {
        const Row weight = weights.table.row(k).array() * weights.inverse_sum;
        const Tile& mean = scratch.posteriors[static_cast<std::size_t>(k)].mean;
        for (int i = 0; i < dim(); ++i) {
            scratch.shift.row(i).array() += weight * (mean.row(i) - scratch.reference.row(i)).array();
        }
    }
    out.mean = scratch.reference + scratch.shift;
    if (needs.log_density) out.log_density = weights.log_sum();
    if (needs.entropy) {
        out.entropy = weights.entropy();
        for (const int k : weights.active) {
            out.entropy += weights.table.row(k).array() * weights.inverse_sum *
                           scratch.posteriors[static_cast<std::size_t>(k)].entropy;
        }
    }
    for (const int k : weights.active) {
        Tile& mean = scratch.posteriors[static_cast<std::size_t>(k)].mean;
        mean = (mean - scratch.reference) - scratch.shift;
    }
    if (needs.trace || needs.covariance) spread(needs, scratch, out);
}

void MixtureOfDenoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                                         Workspace& workspace, PosteriorTile& out, Tile& derivatives) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, needs, &directions, scratch);
    average(needs, scratch, out);
    const PosteriorWeights& weights = scratch.weights;
    const Row precision = 1.0 / sigma.square();
    derivatives.setZero();
    for (const int k : weights.active) {
        const Row weight = weights.table.row(k).array() * weights.inverse_sum;
        const Tile& offset = scratch.posteriors[static_cast<std::size_t>(k)].mean;
        const Tile& own = scratch.derivatives[static_cast<std::size_t>(k)];
        for (Eigen::Index first = 0; first < directions.rows(); first += dim()) {
            Row along = Row::Zero();
            for (int i = 0; i < dim(); ++i) along += offset.row(i).array() * directions.row(first + i).array();
            along *= precision;
            for (int i = 0; i < dim(); ++i) {
                derivatives.row(first + i).array() +=
                    weight * (own.row(first + i).array() + offset.row(i).array() * along);
            }
        }
    }
}

void MixtureOfDenoiser::spread(const Needs& needs, Scratch& scratch, PosteriorTile& out) const {
    const PosteriorWeights& weights = scratch.weights;
    out.trace.setZero();
    for (std::size_t c = 0; needs.covariance && c < kTileWidth; ++c) out.covariance[c].setZero();
    for (const int k : weights.active) {
        const PosteriorTile& posterior = scratch.posteriors[static_cast<std::size_t>(k)];
        const Row weight = weights.table.row(k).array() * weights.inverse_sum;
        const Tile& offset = posterior.mean;
        Row squares = Row::Zero();
        for (int i = 0; i < dim(); ++i) squares += offset.row(i).array().square();
        out.trace += weight * (posterior.trace + squares);
        for (int c = 0; needs.covariance && c < kTileWidth; ++c) {
            if (weight[c] == 0.0) continue;
            Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
            covariance += weight[c] * posterior.covariance[static_cast<std::size_t>(c)];
            for (int j = 0; j < dim(); ++j) {
                for (int i = 0; i < dim(); ++i) covariance(i, j) += weight[c] * (offset(i, c) * offset(j, c));
            }
        }
    }
}

void MixtureOfDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order,
                                  Workspace& workspace, Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, {}, nullptr, scratch);
    const Eigen::Index depth = scratch.total.reference.rows();
    for (const int k : scratch.weights.active) {
        const auto component = static_cast<std::size_t>(k);
        components_[component]->cumulants(x, sigma, direction, order, *scratch.workspaces[component],
                                          scratch.cumulants.middleRows(k * depth, order));
    }
    total_cumulants(scratch.weights, scratch.cumulants, order, scratch.total, out);
}

namespace {

Needs with_log_density(Needs needs) {
    needs.log_density = true;
    return needs;
}

}  // namespace

Work MixtureOfDenoiser::cost(const Needs& needs, int width) const {
    Work work = sum_cost(needs, width);
    for (const auto* component : components_) work += component->cost(with_log_density(needs), width);
    return work;
}

Work MixtureOfDenoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    Work work = sum_cost(needs, width);
    for (const auto* component : components_) {
        work += component->mean_derivatives_cost(with_log_density(needs), directions, width);
        work += Work{directions * 6.0 * dim(), 0}.times(width);
    }
    return work;
}

/// Of weighing and adding up.
Work MixtureOfDenoiser::sum_cost(const Needs& needs, int width) const {
    const double d = dim();
    const double square = needs.covariance ? 5 * d * d : (needs.trace ? 5 * d : 0.0);
    Work work = Work{3 * d + 8 + square, 1}.times(width * static_cast<double>(components_.size()));
    if (needs.log_density) work += Work{2, 1}.times(width);
    return work;
}

MixtureOf::MixtureOf(Laws components, Eigen::VectorXd weights)
    : components_(std::move(components)),
      weights_(std::move(weights)),
      cumulative_(cumulative_weights(weights_)),
      denoiser_(posteriors_of(components_), weights_) {}

const GaussianLaw* MixtureOf::gaussian() const {
    return components_.size() == 1 ? components_.front()->gaussian() : nullptr;
}

Moments MixtureOf::moments() const {
    std::vector<Moments> each;
    Moments out{Eigen::VectorXd::Zero(dim()), Eigen::MatrixXd::Zero(dim(), dim())};
    const Eigen::VectorXd weights = weights_ / weights_.sum();
    for (std::size_t k = 0; k < components_.size(); ++k) {
        each.push_back(components_[k]->moments());
        out.mean += weights[static_cast<Eigen::Index>(k)] * each.back().mean;
    }
    for (std::size_t k = 0; k < each.size(); ++k) {
        const Eigen::VectorXd offset = each[k].mean - out.mean;
        out.covariance += weights[static_cast<Eigen::Index>(k)] * (each[k].covariance + offset * offset.transpose());
    }
    return out;
}

Eigen::VectorXd MixtureOf::mean() const {
    const Eigen::VectorXd weights = weights_ / weights_.sum();
    Eigen::VectorXd out = Eigen::VectorXd::Zero(dim());
    for (std::size_t k = 0; k < components_.size(); ++k) {
        out += weights[static_cast<Eigen::Index>(k)] * components_[k]->mean();
    }
    return out;
}

Eigen::MatrixXd MixtureOf::covariance_root() const {
    const Eigen::VectorXd roots = (weights_ / weights_.sum()).cwiseSqrt();
    const Eigen::VectorXd centre = mean();
    RootSum sum(dim());
    for (std::size_t k = 0; k < components_.size(); ++k) {
        const double root = roots[static_cast<Eigen::Index>(k)];
        sum.add(root * (components_[k]->mean() - centre));
        sum.add(root * components_[k]->covariance_root());
    }
    return sum.result();
}

std::optional<MixtureLaw> MixtureOf::mixture(std::int64_t most) const {
    MixtureLaw out;
    std::vector<double> all;
    for (std::size_t k = 0; k < components_.size(); ++k) {
        auto law = components_[k]->mixture(most - static_cast<std::int64_t>(out.components.size()));
        if (!law) return std::nullopt;
        const double share = weights_[static_cast<Eigen::Index>(k)] / law->weights.sum();
        for (const double weight : law->weights) all.push_back(share * weight);
        std::move(law->components.begin(), law->components.end(), std::back_inserter(out.components));
    }
    out.weights = Eigen::Map<const Eigen::VectorXd>(all.data(), static_cast<Eigen::Index>(all.size()));
    return out;
}

std::unique_ptr<Distribution> MixtureOf::mapped(const AffineMap& map) const {
    Laws images;
    for (const auto& component : components_) images.push_back(affine_image(component, map));
    return std::make_unique<MixtureOf>(std::move(images), weights_);
}

void MixtureOf::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    components_[static_cast<std::size_t>(pick(cumulative_, stream.uniform()))]->draw(stream, x0);
}

}  // namespace sigmaflow
