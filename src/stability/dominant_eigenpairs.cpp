#include "dominant_eigenpairs.hpp"

#include <algorithm>

#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostBlocks = 12;
constexpr StreamKey kStart{0x6b72'796c, 0x6f76};

Eigen::MatrixXd product(const BlockProduct& apply, const Eigen::MatrixXd& block) {
    Tile v = Tile::Zero(block.rows(), kTileWidth);
    v.leftCols(block.cols()) = block;
    Tile out(block.rows(), kTileWidth);
    apply(v, out);
    return out.leftCols(block.cols());
}

/// The last pairs of ascending ones, the largest first.
EigenPairs largest(const EigenPairs& pairs, int count) {
    const Eigen::Index kept = std::min<Eigen::Index>(count, pairs.values.size());
    return {pairs.values.tail(kept).reverse(), pairs.vectors.rightCols(kept).rowwise().reverse()};
}

EigenPairs rayleigh_ritz(const Eigen::MatrixXd& basis, const Eigen::MatrixXd& image, int count) {
    const Eigen::MatrixXd projected = basis.transpose() * image;
    return largest(symmetric_eigenpairs(0.5 * (projected + projected.transpose())), count);
}

}  // namespace

DominantEigenpairs::DominantEigenpairs(int dim) : start_(Eigen::MatrixXd::Identity(dim, std::min(dim, kTileWidth))) {
    if (dim <= kTileWidth) return;
    for (int c = 0; c < kTileWidth; ++c) {
        Stream stream = kStart.stream(c, Purpose::probes);
        for (int i = 0; i < dim; ++i) start_(i, c) = stream.normal();
    }
    start_ = orthonormal_columns(start_);
}

EigenPairs DominantEigenpairs::operator()(const BlockProduct& apply, int count) const {
    const Eigen::Index dim = start_.rows();
    if (dim <= kTileWidth) return rayleigh_ritz(start_, product(apply, start_), count);
    Eigen::MatrixXd basis = start_;
    Eigen::MatrixXd image = product(apply, basis);
    for (int blocks = 1;; ++blocks) {
        const EigenPairs ritz = rayleigh_ritz(basis, image, count);
        const Eigen::MatrixXd vectors = basis * ritz.vectors;
        const double residual = (image * ritz.vectors.col(0) - ritz.values[0] * vectors.col(0)).norm();
        const Eigen::Index room = std::min<Eigen::Index>(kTileWidth, dim - basis.cols());
        if (residual <= 1e-9 * ritz.values[0] || blocks == kMostBlocks || room == 0) return {ritz.values, vectors};
        // Orthogonalised twice: a converged space leaves little but rounding.
        Eigen::MatrixXd next = image.rightCols(kTileWidth).leftCols(room);
        for (int pass = 0; pass < 2; ++pass) {
            next -= basis * (basis.transpose() * next);
            next = orthonormal_columns(next);
        }
        basis.conservativeResize(Eigen::NoChange, basis.cols() + room);
        basis.rightCols(room) = next;
        image.conservativeResize(Eigen::NoChange, basis.cols());
        image.rightCols(room) = product(apply, next);
    }
}

}  // namespace sigmaflow
