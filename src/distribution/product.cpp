#include "sigmaflow/distribution/product.hpp"

#include <algorithm>
#include <utility>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/isometric_image.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {

/// Per factor.
struct ProductDenoiser::Scratch : Denoiser::Workspace {
    struct Part {
        explicit Part(const Denoiser& factor)
            : workspace(factor.workspace()),
              position(factor.dim(), kTileWidth),
              direction(factor.dim(), kTileWidth),
              posterior(factor.dim(), {}),
              moments(factor.dim()) {}

        std::unique_ptr<Workspace> workspace;
        Tile position;
        Tile direction;
        PosteriorTile posterior;
        ContractedMoments moments;
        Tile directions;   // this factor's part of all directions
        Tile derivatives;  // and of the derivatives
    };

    std::vector<Part> parts;
    Tile cumulants = Tile::Zero(kMostCumulants, kTileWidth);
};

ProductDenoiser::ProductDenoiser(Posteriors factors) : factors_(std::move(factors)) {
    for (const auto* factor : factors_) dim_ += factor->dim();
}

std::unique_ptr<Denoiser::Workspace> ProductDenoiser::workspace() const {
    auto out = std::make_unique<Scratch>();
    for (const auto* factor : factors_) out->parts.emplace_back(*factor);
    return out;
}

void ProductDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                               PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    start(out);
    int first = 0;
    for (std::size_t j = 0; j < factors_.size(); ++j) {
        auto& part = scratch.parts[j];
        const int size = factors_[j]->dim();
        part.position = x.middleRows(first, size);
        part.posterior.prepare(size, needs);
        factors_[j]->evaluate(part.position, sigma, needs, *part.workspace, part.posterior);
        add(j, first, needs, scratch, out);
        first += size;
    }
}

void ProductDenoiser::start(PosteriorTile& out) const {
    out.log_density.setZero();
    out.trace.setZero();
    out.entropy.setZero();
}

/// Puts the posterior of one factor in its place, which begins at coordinate `first`.
void ProductDenoiser::add(std::size_t factor, int first, const Needs& needs, Scratch& scratch,
                          PosteriorTile& out) const {
    const PosteriorTile& part = scratch.parts[factor].posterior;
    const int size = factors_[factor]->dim();
    out.mean.middleRows(first, size) = part.mean;
    if (needs.log_density) out.log_density += part.log_density;
    if (needs.trace || needs.covariance) out.trace += part.trace;
    if (needs.entropy) out.entropy += part.entropy;
    for (std::size_t c = 0; needs.covariance && c < kTileWidth; ++c) {
        // Whole block rows: what an earlier evaluation by another law left there must not stay.
        out.covariance[c].middleRows(first, size).setZero();
        out.covariance[c].block(first, first, size, size) = part.covariance[c];
    }
}

void ProductDenoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                                       Workspace& workspace, PosteriorTile& out, Tile& derivatives) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    const Eigen::Index count = directions.rows() / dim_;
    start(out);
    int first = 0;
    for (std::size_t j = 0; j < factors_.size(); ++j) {
        auto& part = scratch.parts[j];
        const int size = factors_[j]->dim();
        part.position = x.middleRows(first, size);
        part.posterior.prepare(size, needs);
        part.directions.resize(count * size, kTileWidth);
        part.derivatives.resize(count * size, kTileWidth);
        for (Eigen::Index i = 0; i < count; ++i) {
            part.directions.middleRows(i * size, size) = directions.middleRows(i * dim_ + first, size);
        }
        factors_[j]->mean_derivatives(part.position, sigma, needs, part.directions, *part.workspace, part.posterior,
                                      part.derivatives);
        for (Eigen::Index i = 0; i < count; ++i) {
            derivatives.middleRows(i * dim_ + first, size) = part.derivatives.middleRows(i * size, size);
        }
        add(j, first, needs, scratch, out);
        first += size;
    }
}

Work ProductDenoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    Work work;
    for (const auto* factor : factors_) work += factor->mean_derivatives_cost(needs, directions, width);
    return work;
}

void ProductDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                                Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    out.topRows(order).setZero();
    int first = 0;
    for (std::size_t j = 0; j < factors_.size(); ++j) {
        auto& part = scratch.parts[j];
        const int size = factors_[j]->dim();
        part.position = x.middleRows(first, size);
        part.direction = direction.middleRows(first, size);
        factors_[j]->cumulants(part.position, sigma, part.direction, order, *part.workspace,
                               scratch.cumulants.topRows(order));
        out.topRows(order) += scratch.cumulants.topRows(order);
        first += size;
    }
}

void ProductDenoiser::contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                                         ContractedMoments& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    out.square_g.setZero();
    out.square_gg.setZero();
    int first = 0;
    for (std::size_t j = 0; j < factors_.size(); ++j) {
        auto& part = scratch.parts[j];
        const int size = factors_[j]->dim();
        part.position = x.middleRows(first, size);
        factors_[j]->contracted_moments(part.position, sigma, *part.workspace, part.moments);
        out.nu_g.middleRows(first, size) = part.moments.nu_g;
        out.nu_gg.middleRows(first, size) = part.moments.nu_gg;
        out.square_g += part.moments.square_g;
        out.square_gg += part.moments.square_gg;
        first += size;
    }
}

Work ProductDenoiser::cost(const Needs& needs, int width) const {
    Work work;
    for (const auto* factor : factors_) work += factor->cost(needs, width);
    return work;
}

namespace {

std::optional<GaussianLaw> gaussian_of(const Laws& factors, int dim) {
    GaussianLaw out{Eigen::VectorXd(dim), Eigen::MatrixXd::Zero(dim, dim), Eigen::VectorXd(dim)};
    Eigen::Index first = 0;
    for (const auto& factor : factors) {
        const GaussianLaw* law = factor->gaussian();
        if (law == nullptr) return std::nullopt;
        const Eigen::Index size = law->mean.size();
        out.mean.segment(first, size) = law->mean;
        out.values.segment(first, size) = law->values;
        out.vectors.block(first, first, size, size) = law->vectors;
        first += size;
    }
    return out;
}

/// N(mean, S) x N(mean', S').
GaussianComponent side_by_side(const GaussianComponent& a, const GaussianComponent& b) {
    const auto d = a.mean.size();
    const auto e = b.mean.size();
    const EigenPairs upper = spectrum_of(a);
    const EigenPairs lower = spectrum_of(b);
    EigenPairs both{Eigen::VectorXd(d + e), Eigen::MatrixXd::Zero(d + e, d + e)};
    both.values << upper.values, lower.values;
    both.vectors.topLeftCorner(d, d) = upper.vectors;
    both.vectors.bottomRightCorner(e, e) = lower.vectors;
    Eigen::VectorXd mean(d + e);
    mean << a.mean, b.mean;
    return component_of(mean, both);
}

MixtureLaw side_by_side(const MixtureLaw& a, const MixtureLaw& b) {
    MixtureLaw out{Eigen::VectorXd(a.weights.size() * b.weights.size()), {}};
    const Eigen::VectorXd first = a.weights / a.weights.sum();
    const Eigen::VectorXd second = b.weights / b.weights.sum();
    for (std::size_t i = 0; i < a.components.size(); ++i) {
        for (std::size_t j = 0; j < b.components.size(); ++j) {
            out.weights[static_cast<Eigen::Index>(out.components.size())] =
                first[static_cast<Eigen::Index>(i)] * second[static_cast<Eigen::Index>(j)];
            out.components.push_back(side_by_side(a.components[i], b.components[j]));
        }
    }
    return out;
}

/// Where the factors lie in the stacked vector.
std::vector<Eigen::Index> offsets_of(const Laws& factors) {
    std::vector<Eigen::Index> out{0};
    for (const auto& factor : factors) out.push_back(out.back() + factor->dim());
    return out;
}

/// Whether the map acts on each factor by itself, up to 1e-13 of its size.
bool is_block_diagonal(const Eigen::MatrixXd& linear, const std::vector<Eigen::Index>& offsets) {
    if (linear.rows() != linear.cols()) return false;
    Eigen::MatrixXd rest = linear;
    for (std::size_t j = 0; j + 1 < offsets.size(); ++j) {
        const Eigen::Index size = offsets[j + 1] - offsets[j];
        rest.block(offsets[j], offsets[j], size, size).setZero();
    }
    return rest.cwiseAbs().maxCoeff() <= 1e-13 * linear.cwiseAbs().maxCoeff();
}

/// Whether the images of different factors are orthogonal.
bool keeps_factors_apart(const Eigen::MatrixXd& linear, const std::vector<Eigen::Index>& offsets) {
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        const auto a = linear.middleCols(offsets[i], offsets[i + 1] - offsets[i]);
        for (std::size_t j = 0; j < i; ++j) {
            const auto b = linear.middleCols(offsets[j], offsets[j + 1] - offsets[j]);
            if ((a.transpose() * b).cwiseAbs().maxCoeff() > 1e-12 * a.norm() * b.norm()) return false;
        }
    }
    return true;
}

}  // namespace

Product::Product(Laws factors) : factors_(std::move(factors)), denoiser_(posteriors_of(factors_)) {
    gaussian_ = gaussian_of(factors_, dim());
}

Moments Product::moments() const {
    Moments out{Eigen::VectorXd(dim()), Eigen::MatrixXd::Zero(dim(), dim())};
    Eigen::Index first = 0;
    for (const auto& factor : factors_) {
        const Moments one = factor->moments();
        const Eigen::Index size = one.mean.size();
        out.mean.segment(first, size) = one.mean;
        out.covariance.block(first, first, size, size) = one.covariance;
        first += size;
    }
    return out;
}

Eigen::MatrixXd Product::covariance_root() const {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(dim(), dim());
    Eigen::Index first = 0;
    for (const auto& factor : factors_) {
        const Eigen::MatrixXd one = factor->covariance_root();
        out.block(first, first, one.rows(), one.cols()) = one;
        first += one.rows();
    }
    return out;
}

std::optional<MixtureLaw> Product::mixture(std::int64_t most) const {
    auto out = factors_.front()->mixture(most);
    for (std::size_t j = 1; out && j < factors_.size(); ++j) {
        const auto next = factors_[j]->mixture(most / static_cast<std::int64_t>(out->components.size()));
        if (!next) return std::nullopt;
        out = side_by_side(*out, *next);
    }
    return out;
}

std::unique_ptr<Distribution> Product::mapped(const AffineMap& map) const {
    const auto offsets = offsets_of(factors_);
    const bool aligned = is_block_diagonal(map.linear, offsets);
    if (!aligned && !keeps_factors_apart(map.linear, offsets)) {
        constexpr std::int64_t most = 4096;
        if (const auto law = mixture(most)) return distribution_of(*law)->mapped(map);
        throw NoClosedForm(
            "this map mixes the factors of a product, which are then no longer independent given x; only "
            "products of Gaussian mixtures with up to 4096 components together allow it");
    }
    Laws images;
    std::vector<Eigen::MatrixXd> bases;
    Eigen::Index rank = 0;
    for (std::size_t j = 0; j < factors_.size(); ++j) {
        const Eigen::Index size = offsets[j + 1] - offsets[j];
        const Eigen::VectorXd origin = map.origin.segment(offsets[j], size);
        if (aligned) {
            const Eigen::MatrixXd block = map.linear.block(offsets[j], offsets[j], size, size);
            images.push_back(affine_image(factors_[j], {block, origin, map.shift.segment(offsets[j], size)}));
            continue;
        }
        SingularValues parts = singular_values(map.linear.middleCols(offsets[j], size));
        const Eigen::Index kept = (parts.values.array() > kFlat * parts.values[0]).count();
        if (kept == 0) continue;  // the map forgets this factor
        const Eigen::MatrixXd turned = parts.values.head(kept).asDiagonal() * parts.right.leftCols(kept).transpose();
        images.push_back(affine_image(factors_[j], {turned, origin, Eigen::VectorXd::Zero(kept)}));
        bases.emplace_back(parts.left.leftCols(kept));
        rank += kept;
    }
    if (aligned) return std::make_unique<Product>(std::move(images));
    if (images.empty()) throw NoClosedForm("this map sends everything to one point");
    Isometry turn{1.0, Eigen::MatrixXd(map.linear.rows(), rank), Eigen::VectorXd::Zero(rank), map.shift};
    Eigen::Index first = 0;
    for (const auto& basis : bases) {
        turn.basis.middleCols(first, basis.cols()) = basis;
        first += basis.cols();
    }
    return std::make_unique<IsometricImage>(std::make_shared<Product>(std::move(images)), std::move(turn));
}

void Product::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    Eigen::Index first = 0;
    for (const auto& factor : factors_) {
        factor->draw(stream, x0.segment(first, factor->dim()));
        first += factor->dim();
    }
}

}  // namespace sigmaflow
