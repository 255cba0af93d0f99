#include "sigmaflow/distribution/denoiser.hpp"

#include <stdexcept>

namespace sigmaflow {

PosteriorTile::PosteriorTile(int dim, const Needs& needs)
    : log_density(Row::Zero()),
      mean(Tile::Zero(dim, kTileWidth)),
      trace(Row::Zero()),
      entropy(Row::Zero()),
      class_entropy(Row::Zero()) {
    if (needs.covariance) covariance.assign(kTileWidth, Eigen::MatrixXd::Zero(dim, dim));
}

void PosteriorTile::prepare(int dim, const Needs& needs) {
    if (needs.covariance && covariance.empty()) covariance.assign(kTileWidth, Eigen::MatrixXd::Zero(dim, dim));
}

namespace {

/// C v = sigma^2 Dm v from tiles whose columns are all the same.
class TiledPosterior : public PosteriorAt {
  public:
    TiledPosterior(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma)
        : denoiser_(denoiser),
          x_(x.replicate(1, kTileWidth)),
          sigma_(Row::Constant(sigma)),
          workspace_(denoiser.workspace()),
          posterior_(denoiser.dim(), {}),
          derivative_(denoiser.dim(), kTileWidth) {
        denoiser.evaluate(x_, sigma_, {}, *workspace_, posterior_);
        mean = posterior_.mean.col(0);
    }

    void covariance_times(const Eigen::VectorXd& v, Eigen::VectorXd& out) const override {
        denoiser_.mean_derivatives(x_, sigma_, {}, v.replicate(1, kTileWidth), *workspace_, posterior_, derivative_);
        out = sigma_[0] * sigma_[0] * derivative_.col(0);
    }

  private:
    const Denoiser& denoiser_;
    Tile x_;
    Row sigma_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    mutable PosteriorTile posterior_;
    mutable Tile derivative_;
};

}  // namespace

std::unique_ptr<PosteriorAt> Denoiser::at(const Eigen::VectorXd& x, double sigma) const {
    return std::make_unique<TiledPosterior>(*this, x, sigma);
}

void PosteriorTile::repeat(int c, const Needs& needs) {
    mean.col(c) = mean.col(c - 1);
    if (needs.log_density) log_density[c] = log_density[c - 1];
    if (needs.trace || needs.covariance) trace[c] = trace[c - 1];
    if (needs.covariance) covariance[static_cast<std::size_t>(c)] = covariance[static_cast<std::size_t>(c) - 1];
}

void Denoiser::mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                                Workspace& workspace, PosteriorTile& out, Tile& derivatives) const {
    Needs wanted = needs;
    wanted.trace = wanted.covariance = true;
    out.prepare(dim(), wanted);
    evaluate(x, sigma, wanted, workspace, out);
    const Eigen::Index d = dim();
    for (Eigen::Index first = 0; first < directions.rows(); first += d) {
        for (int c = 0; c < kTileWidth; ++c) {
            const Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
            const double precision = 1.0 / (sigma[c] * sigma[c]);
            for (Eigen::Index i = 0; i < d; ++i) {
                double sum = 0.0;
                for (Eigen::Index j = 0; j < d; ++j) sum += covariance(j, i) * directions(first + j, c);
                derivatives(first + i, c) = sum * precision;
            }
        }
    }
}

Work Denoiser::mean_derivatives_cost(const Needs& needs, int directions, int width) const {
    Needs wanted = needs;
    wanted.trace = wanted.covariance = true;
    Work work = cost(wanted, width);
    const double d = dim();
    work += Work{directions * 2 * d * d, 0}.times(width);
    return work;
}

void Denoiser::cumulants(const Tile& /*x*/, const Row& /*sigma*/, const Tile& /*direction*/, int /*order*/,
                         Workspace& /*workspace*/, Eigen::Ref<Tile> /*out*/) const {
    throw std::logic_error("this denoiser knows no cumulants");
}

void Denoiser::class_probabilities(const Tile& /*x*/, const Row& /*sigma*/, Workspace& /*workspace*/,
                                   Eigen::Ref<Tile> /*out*/) const {
    throw std::logic_error("this denoiser knows no classes");
}

void Denoiser::contracted_moments(const Tile& /*x*/, const Row& /*sigma*/, Workspace& /*workspace*/,
                                  ContractedMoments& /*out*/) const {
    throw std::logic_error("this denoiser knows no contracted moments");
}

}  // namespace sigmaflow
