#pragma once
/// \file
/// A data distribution p0 on R^d that can be sampled and whose posterior is known exactly.

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <string>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/distribution/denoiser.hpp"
#include "sigmaflow/distribution/labels.hpp"
#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {

struct AffineMap;
struct MixtureLaw;

struct Moments {
    Eigen::VectorXd mean;        ///< d
    Eigen::MatrixXd covariance;  ///< d x d, of the law itself, not of samples
};

/// The law N(mean, sum_k values_k u_k u_k^T) of a distribution that is one Gaussian: what closed forms need.
struct GaussianLaw {
    Eigen::VectorXd mean;
    Eigen::MatrixXd vectors;  ///< d x d orthonormal, columns u_k
    Eigen::VectorXd values;   ///< >= 0
};

/// The law sum_k w_k N(m_k, v_k) of a mixture on the line, v_k >= 0, whose quantiles are known.
struct LineLaw {
    Eigen::VectorXd weights;  ///< positive, any sum
    Eigen::VectorXd means;
    Eigen::VectorXd variances;
};

class Distribution {
  public:
    virtual ~Distribution() = default;
    [[nodiscard]] virtual int dim() const = 0;
    [[nodiscard]] virtual Moments moments() const = 0;
    /// E[x0] alone.
    [[nodiscard]] virtual Eigen::VectorXd mean() const { return moments().mean; }
    /// Columns F with F F^T = Cov[x0], d x at most d, from which widths are known to eps of the widest. By default from
    /// the moments, where widths below 1e-7 of the widest are rounding and count as zero.
    [[nodiscard]] virtual Eigen::MatrixXd covariance_root() const;
    /// The posterior; owned by the distribution, safe to call from many threads with a workspace each.
    [[nodiscard]] virtual const Denoiser& posterior() const = 0;
    /// x0 of the particles of `range` in the columns of `out`; spare columns repeat the last particle.
    void sample(const StreamKey& key, const ParticleRange& range, Tile& out) const;
    /// Not null when the law is one Gaussian.
    [[nodiscard]] virtual const GaussianLaw* gaussian() const { return nullptr; }
    /// Not null when the components of the law carry class labels.
    [[nodiscard]] virtual const Labels* labels() const { return nullptr; }
    /// Not null when points of the data set are kept out of the law: these points, in the coordinates of the law.
    [[nodiscard]] virtual const PointSet* held_out() const { return nullptr; }
    /// The law as a Gaussian mixture of at most `most` components, if it is one.
    [[nodiscard]] virtual std::optional<MixtureLaw> mixture(std::int64_t most) const;
    /// The image of the law, if it has a rule of its own; see affine_image(). NoClosedForm says why there can be none.
    [[nodiscard]] virtual std::unique_ptr<Distribution> mapped(const AffineMap& map) const;
    /// Not null when the law is a mixture on the line.
    [[nodiscard]] virtual const LineLaw* line() const { return nullptr; }
    /// One draw of p0 from a stream.
    virtual void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const = 0;
};

}  // namespace sigmaflow
