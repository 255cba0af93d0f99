#include "sigmaflow/distribution/isotropic_cloud.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/class_weights.hpp"
#include "sigmaflow/distribution/covariance_root.hpp"
#include "sigmaflow/distribution/gaussian_mixture.hpp"
#include "sigmaflow/distribution/limits.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"

namespace sigmaflow {

struct CloudDenoiser::Scratch : Denoiser::Workspace {
    Scratch(int dim, int class_count)
        : x(dim, kTileWidth),
          reference(dim, kTileWidth),
          shift(dim, kTileWidth),
          centred(dim, kTileWidth),
          weights(0),
          classes(class_count),
          offset(1, kTileWidth),
          total_cumulance(1),
          sums_of_points(dim),
          sums(dim),
          part(dim) {}

    Tile x;
    Row noise;       // sigma^2
    Row total;       // v + sigma^2
    Tile reference;  // y_k of the dominant component of each column
    Tile shift;      // sum_k r_k y_k - reference
    Tile centred;    // y_k - sum_k r_k y_k
    PosteriorWeights weights;
    ClassWeights classes;
    Tile offset;  // 1 x w: (1 - a) <v, y_k - sum_k r_k y_k>
    TotalCumulance total_cumulance;
    CloudSums sums_of_points;
    ContractedSums sums;
    GaussianPart part;  // of the component at hand
};

CloudDenoiser::CloudDenoiser(Eigen::Map<const Eigen::MatrixXd> points, const Eigen::VectorXd& weights, double variance,
                             const Labels& labels)
    : points_(points),
      log_weights_(weights.array().log() - std::log(weights.sum())),
      squares_(points.colwise().squaredNorm()),
      largest_square_(squares_.size() == 0 ? 0.0 : squares_.maxCoeff()),
      variance_(variance),
      labels_(labels) {}

std::unique_ptr<Denoiser::Workspace> CloudDenoiser::workspace() const {
    return std::make_unique<Scratch>(dim(), class_count());
}

void CloudDenoiser::place(const Tile& x, const Row& sigma, Scratch& scratch) const {
    for (Eigen::Index i = 0; i < points_.rows(); ++i) scratch.x.row(i) = within_range(x.row(i).array());
    scratch.noise = positive_within_range(sigma).square();
    scratch.total = variance_ + scratch.noise;
}

/// ln w_k - |x - y_k|^2 / 2 (v + sigma^2), the distance from differences of coordinates: a table of all components.
void CloudDenoiser::weigh(const Tile& x, const Row& sigma, Scratch& scratch) const {
    place(x, sigma, scratch);
    if (scratch.weights.table.rows() == 0) scratch.weights = PosteriorWeights(points_.cols());  // not always needed
    const Eigen::Index d = points_.rows();
    const Row inverse = 1.0 / scratch.total;
    for (Eigen::Index k = 0; k < points_.cols(); ++k) {
        const double* y = points_.col(k).data();
        Row squares = Row::Zero();
        for (Eigen::Index i = 0; i < d; ++i) squares += (scratch.x.row(i).array() - y[i]).square();
        scratch.weights.table.row(k) = log_weights_[k] - 0.5 * capped(squares * inverse);
    }
    scratch.weights.normalise();
}

/// m = y_ref + a (x - y_ref) + (1 - a) sum_k r_k (y_k - y_ref), the reference being the dominant component: what a
/// faint component adds keeps its relative accuracy, which C needs.
void CloudDenoiser::mean(Scratch& scratch, Tile& out) const {
    const PosteriorWeights& weights = scratch.weights;
    for (int c = 0; c < kTileWidth; ++c) {
        scratch.reference.col(c) = points_.col(weights.dominant[static_cast<std::size_t>(c)]);
    }
    scratch.shift.setZero();
    for (const int k : weights.active) {
        const double* y = points_.col(k).data();
        const Row weight = weights.table.row(k);
        for (Eigen::Index i = 0; i < points_.rows(); ++i) {
            scratch.shift.row(i).array() += weight * (y[i] - scratch.reference.row(i).array());
        }
    }
    const Row shrink = variance_ / scratch.total;
    const Row rest = scratch.noise / scratch.total;
    for (Eigen::Index i = 0; i < points_.rows(); ++i) {
        // The 0 turns -0 into +0, which may differ with the faint components that the neighbours need.
        scratch.shift.row(i).array() = scratch.shift.row(i).array() * weights.inverse_sum + 0.0;
        const Row reference = scratch.reference.row(i);
        out.row(i) = reference + shrink * (scratch.x.row(i).array() - reference) + rest * scratch.shift.row(i).array();
    }
}

/// y_k - sum_k r_k y_k
void CloudDenoiser::centre(int k, Scratch& scratch) const {
    const double* y = points_.col(k).data();
    for (Eigen::Index i = 0; i < points_.rows(); ++i) {
        scratch.centred.row(i) = (y[i] - scratch.reference.row(i).array()) - scratch.shift.row(i).array();
    }
}

/// The covariance of the points becomes that of x0.
void CloudDenoiser::finish_spread(const Row& rest, const CloudSums& sums, PosteriorTile& out) const {
    const Row square = rest.square();
    const Row own = rest * variance_;
    out.trace = square * sums.trace() + dim() * own;
    for (std::size_t c = 0; c < out.covariance.size(); ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        if (square[column] != 1.0) out.covariance[c] *= square[column];
        if (own[column] != 0.0) out.covariance[c].diagonal().array() += own[column];
    }
}

void CloudDenoiser::along(Eigen::Index k, const Tile& direction, Scratch& scratch) const {
    const double* y = points_.col(k).data();
    Row sum = Row::Zero();
    for (Eigen::Index i = 0; i < points_.rows(); ++i) {
        sum += direction.row(i).array() * ((y[i] - scratch.reference.row(i).array()) - scratch.shift.row(i).array());
    }
    scratch.offset = sum * (scratch.noise / scratch.total);
}

/// The offsets are computed twice: a table of them would double the workspace.
void CloudDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                              Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, scratch.centred);
    const PosteriorWeights& weights = scratch.weights;
    TotalCumulance& total = scratch.total_cumulance;
    total.start(order);
    for (const int k : weights.active) {
        along(k, direction, scratch);
        total.average(weights.table.row(k), scratch.offset);
    }
    total.centre(weights.inverse_sum);
    for (const int k : weights.active) {
        along(k, direction, scratch);
        total.spread(weights.table.row(k), scratch.offset);
    }
    total.finish(out);
    const Row width = variance_ * (scratch.noise / scratch.total);  // sigma^2 a
    for (Eigen::Index i = 0; i < points_.rows(); ++i) {
        const Row v = direction.row(i);
        out.row(0).array() += v * scratch.centred.row(i).array();
        if (order > 1) out.row(1).array() += width * v.square();
    }
}

/// m_k - m = (1 - a)(y_k - sum_k r_k y_k), C_k = sigma^2 a I.
void CloudDenoiser::contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                                       ContractedMoments& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, scratch.centred);
    const PosteriorWeights& weights = scratch.weights;
    const Row rest = scratch.noise / scratch.total;
    const Row width = variance_ * rest;
    GaussianPart& part = scratch.part;
    part.trace = dim() * width;
    part.trace2 = dim() * width.square();
    part.trace3 = dim() * width.cube();
    scratch.sums.start(scratch.x, scratch.centred);
    for (const int k : weights.active) {
        centre(k, scratch);
        for (Eigen::Index i = 0; i < points_.rows(); ++i) scratch.centred.row(i).array() *= rest;
        scratch.sums.average(weights.table.row(k), scratch.centred, part.trace);
    }
    scratch.sums.centre(weights.inverse_sum);
    for (const int k : weights.active) {
        centre(k, scratch);
        for (Eigen::Index i = 0; i < points_.rows(); ++i) scratch.centred.row(i).array() *= rest;
        const Tile& beta = scratch.sums.beta(scratch.centred);
        for (Eigen::Index i = 0; i < points_.rows(); ++i) {
            part.c_beta.row(i).array() = width * beta.row(i).array();
            part.cc_beta.row(i).array() = width * part.c_beta.row(i).array();
        }
        scratch.sums.add(weights.table.row(k), scratch.centred, part);
    }
    scratch.sums.finish(out);
}

/// m = y_ref + a (x - y_ref) + (1 - a) shift, C = (1 - a)^2 Cov_r[y] + sigma^2 a I.
void CloudDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                             PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    place(x, sigma, scratch);
    const Spread spread = needs.covariance ? Spread::full : needs.trace ? Spread::trace : Spread::none;
    CloudSums& sums = scratch.sums_of_points;
    sums.run({points_, log_weights_, squares_, largest_square_}, scratch.x, 1.0 / scratch.total, spread,
             &out.covariance);
    const Row shrink = variance_ / scratch.total;
    const Row rest = scratch.noise / scratch.total;
    for (Eigen::Index i = 0; i < points_.rows(); ++i) {
        const Row reference = sums.reference().row(i);
        out.mean.row(i) =
            reference + shrink * (scratch.x.row(i).array() - reference) + rest * sums.shift().row(i).array();
    }
    if (spread != Spread::none) finish_spread(rest, sums, out);
    if (needs.log_density) {
        out.log_density = sums.log_sum() - 0.5 * dim() * (scratch.total.log() + std::log(2.0 * std::numbers::pi));
    }
    if (needs.entropy) out.entropy = sums.entropy();
    if (needs.class_entropy) {
        weigh(x, sigma, scratch);
        scratch.classes.sum(scratch.weights, labels_);
        out.class_entropy = scratch.classes.entropy();
    }
}

/// Dm v = a v + ((1 - a)^2 / sigma^2) sum_k r_k (y_k - y) <y_k - y, v>, y = sum_k r_k y_k.
void CloudDenoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                                     Workspace& workspace, PosteriorTile& out, Tile& derivatives) const {
    evaluate(x, sigma, needs, workspace, out);
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    mean(scratch, scratch.centred);
    const PosteriorWeights& weights = scratch.weights;
    const Eigen::Index d = points_.rows();
    derivatives.setZero();
    for (const int k : weights.active) {
        const Row weight = weights.table.row(k);
        centre(k, scratch);
        for (Eigen::Index first = 0; first < directions.rows(); first += d) {
            Row along = Row::Zero();
            for (Eigen::Index i = 0; i < d; ++i) {
                along += scratch.centred.row(i).array() * directions.row(first + i).array();
            }
            along *= weight;
            for (Eigen::Index i = 0; i < d; ++i) {
                derivatives.row(first + i).array() += scratch.centred.row(i).array() * along;
            }
        }
    }
    const Row shrink = variance_ / scratch.total;
    const Row factor = weights.inverse_sum * (scratch.noise / scratch.total) / scratch.total;
    for (Eigen::Index i = 0; i < derivatives.rows(); ++i) {
        derivatives.row(i).array() = shrink * directions.row(i).array() + factor * derivatives.row(i).array();
    }
}

Work CloudDenoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    const double d = dim();
    Work work = cost(needs, width);
    work += Work{static_cast<double>(points_.cols()) * (2 * d + directions * 4 * d), 0}.times(width);
    work += Work{directions * 3 * d, 0}.times(width);
    return work;
}

void CloudDenoiser::class_probabilities(const Tile& x, const Row& sigma, Workspace& workspace,
                                        Eigen::Ref<Tile> out) const {
    if (labels_.empty()) return Denoiser::class_probabilities(x, sigma, workspace, out);
    auto& scratch = static_cast<Scratch&>(workspace);
    weigh(x, sigma, scratch);
    scratch.classes.sum(scratch.weights, labels_);
    scratch.classes.probabilities(out);
}

/// Counted as if every component were active everywhere; a logarithm counts as an exponential.
Work CloudDenoiser::cost(const Needs& needs, int width) const {
    const double d = dim();
    Work each{3 * d + 3 + 6, 1};  // distance, softmax
    each += {3 * d, 0};           // mean
    if (needs.covariance) {
        each += {2 * d + d + d * (d + 1), 0};
    } else if (needs.trace) {
        each += {2 * d + 3 * d, 0};
    }
    Work work = each.times(static_cast<double>(points_.cols()));
    work += {8 * d + 10, 0};
    if (needs.log_density) work += {5, 2};
    if (needs.entropy) work += {2, 1};
    if (needs.class_entropy) {
        work += {static_cast<double>(points_.cols()) + 6.0 * class_count(), static_cast<double>(class_count())};
    }
    return work.times(width);
}

IsotropicCloud::IsotropicCloud(CloudLaw law)
    : owned_(std::move(law.points)),
      points_(owned_.data(), owned_.rows(), owned_.cols()),
      weights_(std::move(law.weights)),
      variance_(law.variance),
      labels_(std::move(law.labels)),
      held_out_(std::move(law.held_out)),
      denoiser_(points_, weights_, variance_, labels_),
      cumulative_(cumulative_weights(weights_)) {
    recognise();
}

IsotropicCloud::IsotropicCloud(Eigen::Map<const Eigen::MatrixXd> points, Eigen::VectorXd weights, Labels labels)
    : points_(points),
      weights_(std::move(weights)),
      variance_(0.0),
      labels_(std::move(labels)),
      denoiser_(points_, weights_, variance_, labels_),
      cumulative_(cumulative_weights(weights_)) {
    recognise();
}

void IsotropicCloud::recognise() {
    if (dim() == 1) line_ = LineLaw{weights_, points_.row(0), Eigen::VectorXd::Constant(points_.cols(), variance_)};
    if (points_.cols() > 1) return;
    gaussian_ = GaussianLaw{points_.col(0), Eigen::MatrixXd::Identity(dim(), dim()),
                            Eigen::VectorXd::Constant(dim(), variance_)};
}

Moments IsotropicCloud::moments() const {
    Moments out{mean(), variance_ * Eigen::MatrixXd::Identity(dim(), dim())};
    const double sum = weights_.sum();
    for (Eigen::Index k = 0; k < points_.cols(); ++k) {
        const Eigen::VectorXd offset = points_.col(k) - out.mean;
        out.covariance += weights_[k] / sum * offset * offset.transpose();
    }
    return out;
}

void IsotropicCloud::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    x0 = points_.col(pick(cumulative_, stream.uniform()));
    if (variance_ == 0.0) return;
    const double width = std::sqrt(variance_);
    for (Eigen::Index i = 0; i < x0.size(); ++i) x0[i] += width * stream.normal();
}

std::optional<MixtureLaw> IsotropicCloud::mixture(std::int64_t most) const {
    if (points_.cols() > most) return std::nullopt;
    MixtureLaw out{weights_, {}};
    for (Eigen::Index k = 0; k < points_.cols(); ++k) {
        out.components.push_back(isotropic_component(points_.col(k), variance_));
    }
    return out;
}

Eigen::MatrixXd IsotropicCloud::covariance_root() const {
    RootSum sum(dim());
    sum.add(std::sqrt(variance_) * Eigen::MatrixXd::Identity(dim(), dim()));
    const Eigen::VectorXd centre = mean();
    const Eigen::VectorXd roots = (weights_ / weights_.sum()).cwiseSqrt();
    constexpr Eigen::Index piece = 256;
    for (Eigen::Index first = 0; first < points_.cols(); first += piece) {
        const Eigen::Index count = std::min(piece, points_.cols() - first);
        const Eigen::MatrixXd offsets = points_.middleCols(first, count).colwise() - centre;
        sum.add(offsets * roots.segment(first, count).asDiagonal());
    }
    return sum.result();
}

namespace {

Eigen::MatrixXd image_of(const Eigen::Ref<const Eigen::MatrixXd>& points, const AffineMap& map, double scale) {
    if (points.size() == 0) return {};
    Eigen::MatrixXd out = points.colwise() - map.origin;
    if (scale > 0.0) {
        out *= scale;
    } else {
        out = (map.linear * out).eval();
    }
    return out.colwise() + map.shift;
}

/// The factor of isotropic noise, 0 if it does not stay isotropic on the whole image.
double noise_scale(const AffineMap& map) {
    if (map.linear.rows() != map.linear.cols()) return 0.0;
    const auto isometry = isometry_of(map);
    return isometry ? isometry->scale : 0.0;
}

}  // namespace

std::unique_ptr<Distribution> IsotropicCloud::mapped(const AffineMap& map) const {
    const double uniform = uniform_scale(map);
    const double scale = uniform > 0.0 || variance_ == 0.0 ? uniform : noise_scale(map);
    if (variance_ > 0.0 && scale == 0.0) {
        return std::make_unique<GaussianMixture>(sigmaflow::mapped(*mixture(points_.cols()), map));
    }
    CloudLaw law{image_of(points_, map, uniform), weights_, variance_ * scale * scale, labels_, held_out_};
    law.held_out.points = image_of(held_out_.points, map, uniform);
    return std::make_unique<IsotropicCloud>(std::move(law));
}

std::unique_ptr<Distribution> distribution_of(MixtureLaw law) {
    if (!law.is_cloud()) return std::make_unique<GaussianMixture>(std::move(law));
    CloudLaw cloud{Eigen::MatrixXd(law.dim(), static_cast<Eigen::Index>(law.components.size())), law.weights,
                   law.components.front().variance};
    for (Eigen::Index k = 0; k < cloud.points.cols(); ++k) {
        cloud.points.col(k) = law.components[static_cast<std::size_t>(k)].mean;
    }
    return std::make_unique<IsotropicCloud>(std::move(cloud));
}

}  // namespace sigmaflow
