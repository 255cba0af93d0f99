#include "sigmaflow/distribution/isometric_image.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "sigmaflow/distribution/limits.hpp"

namespace sigmaflow {

struct IsometricImageDenoiser::Scratch : Denoiser::Workspace {
    Scratch(const Denoiser& law, int dim)
        : workspace(law.workspace()),
          centred(dim, kTileWidth),
          position(law.dim(), kTileWidth),
          along(law.dim(), kTileWidth),
          product(dim, law.dim()),
          posterior(law.dim(), {}),
          moments(law.dim()) {}

    std::unique_ptr<Workspace> workspace;
    Tile centred;   // x - b, then its part orthogonal to the image
    Tile position;  // z
    Tile along;     // Q^T of something
    Row noise;      // sigma
    Row sigma;      // sigma / s
    Eigen::MatrixXd product;
    PosteriorTile posterior;
    ContractedMoments moments;
    Tile directions;   // Q^T v of all directions
    Tile derivatives;  // Dm_z Q^T v
};

IsometricImageDenoiser::IsometricImageDenoiser(const Denoiser& inner, const Isometry& map)
    : inner_(&inner), map_(map) {}

std::unique_ptr<Denoiser::Workspace> IsometricImageDenoiser::workspace() const {
    return std::make_unique<Scratch>(*inner_, dim());
}

void IsometricImageDenoiser::pull_back(const Tile& x, const Row& sigma, Scratch& scratch) const {
    for (int i = 0; i < dim(); ++i) scratch.centred.row(i) = within_range(x.row(i).array()) - map_.shift[i];
    if (turns()) {
        scratch.position.noalias() = map_.basis.transpose() * scratch.centred;
    } else {
        scratch.position = scratch.centred;
    }
    scratch.position /= map_.scale;
    scratch.position.colwise() += map_.origin;
    scratch.noise = positive_within_range(sigma);
    scratch.sigma = scratch.noise / map_.scale;
}

void IsometricImageDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                      PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    scratch.posterior.prepare(inner_->dim(), needs);
    pull_back(x, sigma, scratch);
    inner_->evaluate(scratch.position, scratch.sigma, needs, *scratch.workspace, scratch.posterior);
    push_forward(needs, scratch, out);
}

void IsometricImageDenoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs,
                                              const Tile& directions, Workspace& workspace, PosteriorTile& out,
                                              Tile& derivatives) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    scratch.posterior.prepare(inner_->dim(), needs);
    pull_back(x, sigma, scratch);
    PosteriorTile& inner = scratch.posterior;
    if (!turns()) {
        inner_->mean_derivatives(scratch.position, scratch.sigma, needs, directions, *scratch.workspace, inner,
                                 derivatives);
        return push_forward(needs, scratch, out);
    }
    const Eigen::Index d = dim();
    const Eigen::Index k = inner_->dim();
    const Eigen::Index count = directions.rows() / d;
    scratch.directions.resize(count * k, kTileWidth);
    scratch.derivatives.resize(count * k, kTileWidth);
    for (Eigen::Index j = 0; j < count; ++j) {
        scratch.directions.middleRows(j * k, k).noalias() = map_.basis.transpose() * directions.middleRows(j * d, d);
    }
    inner_->mean_derivatives(scratch.position, scratch.sigma, needs, scratch.directions, *scratch.workspace, inner,
                             scratch.derivatives);
    for (Eigen::Index j = 0; j < count; ++j) {
        derivatives.middleRows(j * d, d).noalias() = map_.basis * scratch.derivatives.middleRows(j * k, k);
    }
    push_forward(needs, scratch, out);
}

/// What the law in scratch.posterior is for its image.
void IsometricImageDenoiser::push_forward(const Needs& needs, Scratch& scratch, PosteriorTile& out) const {
    PosteriorTile& inner = scratch.posterior;
    inner.mean.colwise() -= map_.origin;
    if (turns()) {
        out.mean.noalias() = map_.basis * inner.mean;
    } else {
        out.mean = inner.mean;
    }
    out.mean = (map_.scale * out.mean).colwise() + map_.shift;
    const double square = map_.scale * map_.scale;
    if (needs.trace || needs.covariance) out.trace = square * inner.trace;
    if (needs.entropy) out.entropy = inner.entropy;
    if (needs.log_density) log_density(scratch, out);
    if (!needs.covariance) return;
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        Eigen::MatrixXd& covariance = out.covariance[c];
        if (!turns()) {
            covariance = square * inner.covariance[c];
            continue;
        }
        scratch.product.noalias() = map_.basis * inner.covariance[c];
        covariance.noalias() = square * scratch.product * map_.basis.transpose();
        covariance.triangularView<Eigen::StrictlyUpper>() = covariance.transpose();  // exactly symmetric
    }
}

/// The residual orthogonal to the image is formed from vectors, not as a difference of squares.
void IsometricImageDenoiser::log_density(Scratch& scratch, PosteriorTile& out) const {
    const int inner = inner_->dim();
    out.log_density = scratch.posterior.log_density - inner * std::log(map_.scale);
    if (!turns() || dim() == inner) return;
    scratch.along.noalias() = map_.basis.transpose() * scratch.centred;
    scratch.centred.noalias() -= map_.basis * scratch.along;
    for (int i = 0; i < dim(); ++i) {
        out.log_density -= 0.5 * capped((scratch.centred.row(i).array() / scratch.noise).square());
    }
    out.log_density -= (dim() - inner) * (scratch.noise.log() + 0.5 * std::log(2.0 * std::numbers::pi));
}

void IsometricImageDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order,
                                       Workspace& workspace, Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    pull_back(x, sigma, scratch);
    if (turns()) {
        scratch.along.noalias() = map_.basis.transpose() * direction;
    } else {
        scratch.along = direction;
    }
    scratch.along *= map_.scale;
    inner_->cumulants(scratch.position, scratch.sigma, scratch.along, order, *scratch.workspace, out);
    if (order < 1) return;
    // Of <v, s Q (z - o) + b>: only the mean knows origin and shift.
    for (int i = 0; i < inner_->dim(); ++i) out.row(0) -= map_.origin[i] * scratch.along.row(i);
    for (int i = 0; i < dim(); ++i) out.row(0) += map_.shift[i] * direction.row(i);
}

void IsometricImageDenoiser::contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                                                ContractedMoments& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    pull_back(x, sigma, scratch);
    const ContractedMoments& inner = scratch.moments;
    inner_->contracted_moments(scratch.position, scratch.sigma, *scratch.workspace, scratch.moments);
    const double s = map_.scale;
    const double s3 = s * s * s;
    if (turns()) {
        out.nu_g.noalias() = s3 * (map_.basis * inner.nu_g);
        out.nu_gg.noalias() = s3 * s * s * (map_.basis * inner.nu_gg);
    } else {
        out.nu_g = s3 * inner.nu_g;
        out.nu_gg = s3 * s * s * inner.nu_gg;
    }
    out.square_g = s3 * s * inner.square_g;
    out.square_gg = s3 * s3 * inner.square_gg;
}

Work IsometricImageDenoiser::cost(const Needs& needs, int width) const {
    Work work = inner_->cost(needs, width);
    work += image_cost(needs, width);
    return work;
}

Work IsometricImageDenoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    Work work = inner_->mean_derivatives_cost(needs, directions, width);
    work += image_cost(needs, width);
    if (turns()) work += Work{directions * 4.0 * dim() * inner_->dim(), 0}.times(width);
    return work;
}

Work IsometricImageDenoiser::image_cost(const Needs& needs, int width) const {
    const double d = dim();
    const double k = inner_->dim();
    const double turned = turns() ? 1.0 : 0.0;
    Work each{6 * d + turned * 4 * d * k, 0};
    if (needs.log_density) each += {turned * (4 * d * k + 4 * d), turned};
    if (needs.covariance) each += {d * d + turned * 2 * d * k * (d + k), 0};
    return each.times(width);
}

IsometricImage::IsometricImage(std::shared_ptr<const Distribution> law, Isometry map)
    : law_(std::move(law)), map_(std::move(map)), denoiser_(law_->posterior(), map_) {}

AffineMap IsometricImage::map() const {
    if (map_.basis.size() > 0) return {map_.scale * map_.basis, map_.origin, map_.shift};
    return {map_.scale * Eigen::MatrixXd::Identity(dim(), dim()), map_.origin, map_.shift};
}

Moments IsometricImage::moments() const {
    Moments out = law_->moments();
    const AffineMap affine = map();
    out.mean = affine(out.mean);
    const double square = map_.scale * map_.scale;
    if (map_.basis.size() == 0) {
        out.covariance *= square;
    } else {
        out.covariance = square * map_.basis * out.covariance * map_.basis.transpose();
    }
    return out;
}

Eigen::MatrixXd IsometricImage::covariance_root() const { return map().linear * law_->covariance_root(); }

std::unique_ptr<Distribution> IsometricImage::mapped(const AffineMap& map) const {
    return affine_image(law_, map.after(this->map()));
}

void IsometricImage::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    Eigen::VectorXd z(law_->dim());
    law_->draw(stream, z);
    z -= map_.origin;
    if (map_.basis.size() == 0) {
        x0 = map_.scale * z + map_.shift;
    } else {
        x0 = map_.scale * (map_.basis * z) + map_.shift;
    }
}

}  // namespace sigmaflow
