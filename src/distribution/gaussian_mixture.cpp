#include "sigmaflow/distribution/gaussian_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/covariance_root.hpp"
#include "sigmaflow/distribution/limits.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"

namespace sigmaflow {

struct GaussianMixtureDenoiser::Scratch : Denoiser::Workspace {
    Scratch(int dim, int largest_rank, std::size_t components)
        : x(dim, kTileWidth),
          residual(dim, kTileWidth),
          along(std::max(largest_rank, 1), kTileWidth),
          means(static_cast<Eigen::Index>(components) * dim, kTileWidth),
          reference(dim, kTileWidth),
          shift(dim, kTileWidth),
          centred(dim, kTileWidth),
          weights(static_cast<Eigen::Index>(components)),
          second(dim),
          cumulants(static_cast<Eigen::Index>(components) * 2, kTileWidth),
          total(2),
          sums(dim),
          part(dim) {}

    Tile x;
    Row noise;       // sigma^2
    Tile residual;   // the part of x - mu_k orthogonal to the axes
    Tile along;      // U^T (x - mu_k)
    Tile means;      // m_k, one below the other
    Tile reference;  // m_k of the dominant component of each column
    Tile shift;      // m - reference
    Tile centred;    // m_k - m
    PosteriorWeights weights;
    SecondMoment second;
    Tile cumulants;  // <v, m_k - m> and <v, C_k v>, component by component
    TotalCumulance total;
    ContractedSums sums;
    GaussianPart part;  // of the component at hand
};

GaussianMixtureDenoiser::GaussianMixtureDenoiser(const MixtureLaw& law)
    : dim_(law.dim()),
      components_(law.components),
      log_weights_(law.weights.array().log() - std::log(law.weights.sum())) {
    for (auto& component : components_) {
        if (component.axes.cols() == dim_) component.variance = 0.0;  // no direction is left for the sphere
        largest_rank_ = std::max(largest_rank_, static_cast<int>(component.axes.cols()));
    }
}

std::unique_ptr<Denoiser::Workspace> GaussianMixtureDenoiser::workspace() const {
    return std::make_unique<Scratch>(dim_, largest_rank_, components_.size());
}

/// The vectors in scratch.residual, split into coordinates along the axes and a residual orthogonal to them.
void GaussianMixtureDenoiser::split(const GaussianComponent& component, Scratch& scratch) const {
    const auto rank = component.axes.cols();
    Tile& residual = scratch.residual;
    for (Eigen::Index j = 0; j < rank; ++j) {
        Row along = Row::Zero();
        for (int i = 0; i < dim_; ++i) along += component.axes(i, j) * residual.row(i).array();
        scratch.along.row(j) = along;
    }
    if (rank == dim_) return;
    for (Eigen::Index j = 0; j < rank; ++j) {
        for (int i = 0; i < dim_; ++i) residual.row(i) -= component.axes(i, j) * scratch.along.row(j);
    }
}

/// Component k given x: its mean m_k and the logarithm of its unnormalised weight. The quadratic form is summed from
/// the projected parts: |x - mu|^2 - |U^T (x - mu)|^2 would cancel.
void GaussianMixtureDenoiser::condition(std::size_t k, Scratch& scratch) const {
    const GaussianComponent& component = components_[k];
    const auto rank = static_cast<int>(component.axes.cols());
    auto mean = scratch.means.middleRows(static_cast<Eigen::Index>(k) * dim_, dim_);
    for (int i = 0; i < dim_; ++i) scratch.residual.row(i) = scratch.x.row(i).array() - component.mean[i];
    split(component, scratch);

    Row quadratic = Row::Zero();
    Row log_determinant = Row::Zero();
    for (int i = 0; i < dim_; ++i) mean.row(i).setConstant(component.mean[i]);
    if (rank < dim_) {
        const Row total = component.variance + scratch.noise;
        const Row shrink = component.variance / total;
        for (int i = 0; i < dim_; ++i) {
            const Row residual = scratch.residual.row(i);
            quadratic += residual.square();
            mean.row(i).array() += shrink * residual;
        }
        quadratic /= total;
        log_determinant = (dim_ - rank) * total.log();
    }
    for (int j = 0; j < rank; ++j) {
        const Row total = component.variances[j] + scratch.noise;
        const Row along = scratch.along.row(j);
        const Row shrunk = component.variances[j] / total * along;
        quadratic += along.square() / total;
        log_determinant += total.log();
        for (int i = 0; i < dim_; ++i) mean.row(i).array() += component.axes(i, j) * shrunk;
    }
    scratch.weights.table.row(static_cast<Eigen::Index>(k)) =
        log_weights_[static_cast<Eigen::Index>(k)] - 0.5 * (capped(quadratic) + log_determinant);
}

/// m = m_ref + sum_k r_k (m_k - m_ref), the reference being the dominant component: what a faint component adds keeps
/// its relative accuracy, which C needs.
void GaussianMixtureDenoiser::mean(Scratch& scratch, Tile& out) const {
    const PosteriorWeights& weights = scratch.weights;
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::Index first = Eigen::Index{weights.dominant[static_cast<std::size_t>(c)]} * dim_;
        scratch.reference.col(c) = scratch.means.col(c).segment(first, dim_);
    }
    scratch.shift.setZero();
    for (const int k : weights.active) {
        const Row weight = weights.table.row(k);
        for (int i = 0; i < dim_; ++i) {
            const auto mean = scratch.means.row(Eigen::Index{k} * dim_ + i).array();
            scratch.shift.row(i).array() += weight * (mean - scratch.reference.row(i).array());
        }
    }
    for (int i = 0; i < dim_; ++i) {
        // The 0 turns -0 into +0, which may differ with the faint components that the neighbours need.
        scratch.shift.row(i).array() = scratch.shift.row(i).array() * weights.inverse_sum + 0.0;
        out.row(i) = scratch.reference.row(i) + scratch.shift.row(i);
    }
}

/// m_k - m
void GaussianMixtureDenoiser::centre(int k, Scratch& scratch) const {
    for (int i = 0; i < dim_; ++i) {
        const auto mean = scratch.means.row(Eigen::Index{k} * dim_ + i);
        scratch.centred.row(i) = (mean - scratch.reference.row(i)) - scratch.shift.row(i);
    }
}

/// C = sum_k r_k [C_k + (m_k - m)(m_k - m)^T], centred before squaring. C_k = c (I - U U^T) + U diag(c_j) U^T with
/// c = sigma^2 v / (v + sigma^2), and c_j - c = sigma^4 (v_j - v) / ((v_j + sigma^2)(v + sigma^2)).
void GaussianMixtureDenoiser::spread(const Needs& needs, Scratch& scratch, PosteriorTile& out) const {
    const PosteriorWeights& weights = scratch.weights;
    Row sphere = Row::Zero();
    scratch.second.start(!needs.covariance);
    for (const int k : weights.active) {
        const GaussianComponent& component = components_[static_cast<std::size_t>(k)];
        const Row weight = weights.table.row(k);
        centre(k, scratch);
        scratch.second.add(weight, scratch.centred);
        const Row ratio = scratch.noise / (component.variance + scratch.noise);
        sphere += weight * component.variance * ratio;
        for (int j = 0; j < component.axes.cols(); ++j) {
            const Row excess = scratch.noise / (component.variances[j] + scratch.noise) * ratio *
                               (component.variances[j] - component.variance);
            scratch.second.add(weight * excess, component.axes.col(j).data());
        }
    }
    scratch.second.finish(weights.inverse_sum, sphere * weights.inverse_sum, out);
}

/// a_k - <v, m> and b_k = <v, C_k v>, summed from the parts of v along the axes and orthogonal to them.
void GaussianMixtureDenoiser::along(std::size_t k, const Tile& direction, Scratch& scratch) const {
    const GaussianComponent& component = components_[k];
    const auto rank = static_cast<int>(component.axes.cols());
    const auto first = static_cast<Eigen::Index>(k);
    Row offset = Row::Zero();
    for (int i = 0; i < dim_; ++i) {
        const Row centred = (scratch.means.row(first * dim_ + i) - scratch.reference.row(i)) - scratch.shift.row(i);
        offset += direction.row(i).array() * centred;
    }
    scratch.residual = direction;
    split(component, scratch);
    Row variance = Row::Zero();
    if (rank < dim_) {
        for (int i = 0; i < dim_; ++i) variance += scratch.residual.row(i).array().square();
        variance *= component.variance * (scratch.noise / (component.variance + scratch.noise));
    }
    for (int j = 0; j < rank; ++j) {
        const double own = component.variances[j];
        variance += scratch.along.row(j).array().square() * (own * (scratch.noise / (own + scratch.noise)));
    }
    scratch.cumulants.row(2 * first) = offset;
    scratch.cumulants.row(2 * first + 1) = variance;
}

void GaussianMixtureDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order,
                                        Workspace& workspace, Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, scratch.centred);
    for (std::size_t k = 0; k < components_.size(); ++k) along(k, direction, scratch);
    total_cumulants(scratch.weights, scratch.cumulants, order, scratch.total, out);
    for (int i = 0; i < dim_; ++i) out.row(0).array() += direction.row(i).array() * scratch.centred.row(i).array();
}

void GaussianMixtureDenoiser::weigh(const Tile& x, const Row& sigma, Scratch& scratch) const {
    for (int i = 0; i < dim_; ++i) scratch.x.row(i) = within_range(x.row(i).array());
    scratch.noise = positive_within_range(sigma).square();
    for (std::size_t k = 0; k < components_.size(); ++k) condition(k, scratch);
    scratch.weights.normalise();
}

/// C_k v; C_k is what spread() says.
void GaussianMixtureDenoiser::apply_covariance(int k, const Eigen::Ref<const Tile>& v, Scratch& scratch,
                                               Tile& out) const {
    const GaussianComponent& component = components_[static_cast<std::size_t>(k)];
    scratch.residual = v;
    split(component, scratch);
    const Row sphere = component.variance * (scratch.noise / (component.variance + scratch.noise));
    for (int i = 0; i < dim_; ++i) out.row(i).array() = sphere * scratch.residual.row(i).array();
    for (Eigen::Index j = 0; j < component.axes.cols(); ++j) {
        const double own = component.variances[j];
        const Row along = own * (scratch.noise / (own + scratch.noise)) * scratch.along.row(j).array();
        for (int i = 0; i < dim_; ++i) out.row(i).array() += component.axes(i, j) * along;
    }
}

/// Traces of C_k, C_k^2 and C_k^3.
void GaussianMixtureDenoiser::add_traces(int k, Scratch& scratch) const {
    const GaussianComponent& component = components_[static_cast<std::size_t>(k)];
    GaussianPart& part = scratch.part;
    const auto rank = component.axes.cols();
    const Row sphere = component.variance * (scratch.noise / (component.variance + scratch.noise));
    const auto others = static_cast<double>(dim_ - rank);
    part.trace = others * sphere;
    part.trace2 = others * sphere.square();
    part.trace3 = others * sphere.cube();
    for (Eigen::Index j = 0; j < rank; ++j) {
        const double own = component.variances[j];
        const Row width = own * (scratch.noise / (own + scratch.noise));
        part.trace += width;
        part.trace2 += width.square();
        part.trace3 += width.cube();
    }
}

void GaussianMixtureDenoiser::contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                                                 ContractedMoments& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, scratch.centred);
    const PosteriorWeights& weights = scratch.weights;
    scratch.sums.start(scratch.x, scratch.centred);
    for (const int k : weights.active) {
        centre(k, scratch);
        add_traces(k, scratch);
        scratch.sums.average(weights.table.row(k), scratch.centred, scratch.part.trace);
    }
    scratch.sums.centre(weights.inverse_sum);
    for (const int k : weights.active) {
        centre(k, scratch);
        add_traces(k, scratch);
        apply_covariance(k, scratch.sums.beta(scratch.centred), scratch, scratch.part.c_beta);
        apply_covariance(k, scratch.part.c_beta, scratch, scratch.part.cc_beta);
        scratch.sums.add(weights.table.row(k), scratch.centred, scratch.part);
    }
    scratch.sums.finish(out);
}

void GaussianMixtureDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                       PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, out.mean);
    if (needs.trace || needs.covariance) spread(needs, scratch, out);
    if (needs.log_density) out.log_density = scratch.weights.log_sum() - 0.5 * dim_ * std::log(2.0 * std::numbers::pi);
    if (needs.entropy) out.entropy = scratch.weights.entropy();
}

/// C v = sum_k r_k [C_k v + (m_k - m) <m_k - m, v>].
void GaussianMixtureDenoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs,
                                               const Tile& directions, Workspace& workspace, PosteriorTile& out,
                                               Tile& derivatives) const {
    evaluate(x, sigma, needs, workspace, out);
    auto& scratch = static_cast<Scratch&>(workspace);
    const PosteriorWeights& weights = scratch.weights;
    Tile& own = scratch.part.c_beta;
    derivatives.setZero();
    for (const int k : weights.active) {
        const Row weight = weights.table.row(k);
        centre(k, scratch);
        for (Eigen::Index first = 0; first < directions.rows(); first += dim_) {
            const auto v = directions.middleRows(first, dim_);
            apply_covariance(k, v, scratch, own);
            Row along = Row::Zero();
            for (int i = 0; i < dim_; ++i) along += scratch.centred.row(i).array() * v.row(i).array();
            for (int i = 0; i < dim_; ++i) {
                derivatives.row(first + i).array() +=
                    weight * (own.row(i).array() + scratch.centred.row(i).array() * along);
            }
        }
    }
    const Row factor = weights.inverse_sum / scratch.noise;
    for (Eigen::Index i = 0; i < derivatives.rows(); ++i) derivatives.row(i).array() *= factor;
}

Work GaussianMixtureDenoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    const double d = dim_;
    Work work = cost(needs, width);
    for (const auto& component : components_) {
        const auto rank = static_cast<double>(component.axes.cols());
        work += Work{2 * d + directions * (7 * d + 6 * d * rank), 0}.times(width);
    }
    return work;
}

/// Counted as if every component were active everywhere; a logarithm counts as an exponential.
Work GaussianMixtureDenoiser::cost(const Needs& needs, int width) const {
    const double d = dim_;
    const bool spread = needs.trace || needs.covariance;
    const double square = needs.covariance ? d + d * (d + 1) : 3 * d;  // adding w e e^T, or its diagonal
    Work work{6 * d, 0};
    for (const auto& component : components_) {
        const auto rank = static_cast<double>(component.axes.cols());
        const bool sphere = rank < d;
        work += {d + 4 * d * rank + 8 * rank + 10, 1 + rank};  // project on the axes, condition, exponentiate
        if (sphere) work += {2 * d * rank + 4 * d + 6, 1};     // residual
        work += {3 * d, 0};                                    // mean
        if (spread) work += {2 * d + square + 5 + rank * (square + 6), 0};
    }
    if (needs.log_density) work += {3, 1};
    if (needs.entropy) work += {2, 1};
    return work.times(width);
}

namespace {

LineLaw line_law(const MixtureLaw& law) {
    const auto count = static_cast<Eigen::Index>(law.components.size());
    LineLaw out{law.weights, Eigen::VectorXd(count), Eigen::VectorXd(count)};
    for (Eigen::Index k = 0; k < count; ++k) {
        const GaussianComponent& component = law.components[static_cast<std::size_t>(k)];
        out.means[k] = component.mean[0];
        out.variances[k] = component.axes.cols() == 1 ? component.variances[0] : component.variance;
    }
    return out;
}

}  // namespace

GaussianMixture::GaussianMixture(MixtureLaw law)
    : law_(std::move(law)), denoiser_(law_), cumulative_(cumulative_weights(law_.weights)) {
    if (dim() == 1) line_ = line_law(law_);
    if (law_.components.size() > 1) return;
    EigenPairs spectrum = spectrum_of(law_.components.front());
    gaussian_ = GaussianLaw{law_.components.front().mean, std::move(spectrum.vectors), std::move(spectrum.values)};
}

std::optional<MixtureLaw> GaussianMixture::mixture(std::int64_t most) const {
    if (static_cast<std::int64_t>(law_.components.size()) > most) return std::nullopt;
    return law_;
}

std::unique_ptr<Distribution> GaussianMixture::mapped(const AffineMap& map) const {
    return distribution_of(sigmaflow::mapped(law_, map));
}

Eigen::MatrixXd GaussianMixture::covariance_root() const {
    const Eigen::VectorXd weights = law_.weights / law_.weights.sum();
    const Eigen::VectorXd centre = mean();
    RootSum sum(dim());
    for (std::size_t k = 0; k < law_.components.size(); ++k) {
        const double root = std::sqrt(weights[static_cast<Eigen::Index>(k)]);
        sum.add(root * (law_.components[k].mean - centre));
        sum.add(root * factor_of(law_.components[k]));
    }
    return sum.result();
}

void GaussianMixture::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    const auto& component = law_.components[static_cast<std::size_t>(pick(cumulative_, stream.uniform()))];
    Eigen::VectorXd normals(dim());
    for (auto& number : normals) number = stream.normal();
    // The symmetric root of S, so that a draw does not depend on the signs of the axes.
    const double sphere = std::sqrt(component.variance);
    x0 = component.mean + sphere * normals;
    for (Eigen::Index j = 0; j < component.axes.cols(); ++j) {
        const double along = component.axes.col(j).dot(normals);
        x0 += (std::sqrt(component.variances[j]) - sphere) * along * component.axes.col(j);
    }
}

Eigen::VectorXd cumulative_weights(const Eigen::VectorXd& weights) {
    Eigen::VectorXd out(weights.size());
    double sum = 0.0;
    for (Eigen::Index k = 0; k < weights.size(); ++k) out[k] = sum += weights[k];
    return out;
}

Eigen::Index pick(const Eigen::VectorXd& cumulative, double uniform) {
    const double* first = cumulative.data();
    const Eigen::Index last = cumulative.size() - 1;
    const double* found = std::upper_bound(first, first + last, uniform * cumulative[last]);
    return found - first;
}

}  // namespace sigmaflow
