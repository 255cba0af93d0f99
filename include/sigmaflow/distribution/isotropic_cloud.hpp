#pragma once
/// \file
/// Weighted points blurred by one common isotropic Gaussian: sum_k w_k N(y_k, v I), v >= 0. With v = 0 the denoiser is
/// the attention over a training set that a memorising model would learn (docs/theory.md, section 3).

#include <optional>

#include "sigmaflow/distribution/cloud_sums.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {

/// The parameters of a cloud that it owns.
struct CloudLaw {
    Eigen::MatrixXd points;   ///< d x K, one per column
    Eigen::VectorXd weights;  ///< K positive numbers, any sum
    double variance = 0.0;
    Labels labels = {};      ///< empty, or one per point
    PointSet held_out = {};  ///< points of the data set that are not part of the law
};

/// m_k = y_k + a (x - y_k), a = v / (v + sigma^2); C = sigma^2 a I + (1 - a)^2 Cov_r[y].
///
/// Cumulants along v: those of the weighted numbers (1 - a) <v, y_k>, and sigma^2 a |v|^2 more in kappa_2.
///
/// evaluate() makes one pass over the points (CloudSums); other members keep K w weights in the workspace. The range of
/// x and sigma is that of GaussianMixtureDenoiser.
class CloudDenoiser : public Denoiser {
  public:
    /// `points` and `labels` must outlive the denoiser.
    CloudDenoiser(Eigen::Map<const Eigen::MatrixXd> points, const Eigen::VectorXd& weights, double variance,
                  const Labels& labels);

    [[nodiscard]] int dim() const override { return static_cast<int>(points_.rows()); }
    [[nodiscard]] Capabilities capabilities() const override { return {true, true, true, true, !labels_.empty()}; }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// O(K d) per direction: no d x d matrix.
    void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                          Workspace& workspace, PosteriorTile& out, Tile& derivatives) const override;
    [[nodiscard]] Work mean_derivatives_cost(const Needs& needs, int directions, int width) const override;
    /// O(K d) once, then O(a d) per product for the a points that weigh more than 1e-20 of the heaviest.
    [[nodiscard]] std::unique_ptr<PosteriorAt> at(const Eigen::VectorXd& x, double sigma) const override;
    [[nodiscard]] int cumulant_order() const override { return kMostCumulants; }
    /// Work: O(K d), whatever the order.
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    [[nodiscard]] int class_count() const override { return labels_.class_count(); }
    void class_probabilities(const Tile& x, const Row& sigma, Workspace& workspace,
                             Eigen::Ref<Tile> out) const override;
    [[nodiscard]] bool has_contracted_moments() const override { return true; }
    void contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                            ContractedMoments& out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    void weigh(const Tile& x, const Row& sigma, Scratch& scratch) const;
    void mean(Scratch& scratch, Tile& out) const;
    void along(Eigen::Index k, const Tile& direction, Scratch& scratch) const;
    void place(const Tile& x, const Row& sigma, Scratch& scratch) const;
    void finish_spread(const Row& rest, const CloudSums& sums, PosteriorTile& out) const;
    void centre(int k, Scratch& scratch) const;

    Eigen::Map<const Eigen::MatrixXd> points_;
    Eigen::VectorXd log_weights_;
    Eigen::VectorXd squares_;  ///< |y_k|^2
    double largest_square_;
    double variance_;
    const Labels& labels_;
};

class IsotropicCloud : public Distribution {
  public:
    explicit IsotropicCloud(CloudLaw law);
    /// Points that somebody else keeps alive.
    IsotropicCloud(Eigen::Map<const Eigen::MatrixXd> points, Eigen::VectorXd weights, Labels labels = {});
    IsotropicCloud(const IsotropicCloud&) = delete;
    IsotropicCloud& operator=(const IsotropicCloud&) = delete;

    [[nodiscard]] int dim() const override { return static_cast<int>(points_.rows()); }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    [[nodiscard]] const GaussianLaw* gaussian() const override { return gaussian_ ? &*gaussian_ : nullptr; }
    [[nodiscard]] const Labels* labels() const override { return labels_.empty() ? nullptr : &labels_; }
    [[nodiscard]] const PointSet* held_out() const override {
        return held_out_.points.cols() == 0 ? nullptr : &held_out_;
    }
    [[nodiscard]] const LineLaw* line() const override { return line_ ? &*line_ : nullptr; }
    [[nodiscard]] Eigen::Map<const Eigen::MatrixXd> points() const { return points_; }
    [[nodiscard]] double variance() const { return variance_; }
    [[nodiscard]] std::optional<MixtureLaw> mixture(std::int64_t most) const override;
    [[nodiscard]] Eigen::VectorXd mean() const override { return points_ * (weights_ / weights_.sum()); }
    [[nodiscard]] Eigen::MatrixXd covariance_root() const override;
    /// A cloud again if v = 0 or the map is a multiple of a square isometry, a Gaussian mixture otherwise.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    void recognise();

    Eigen::MatrixXd owned_;
    Eigen::Map<const Eigen::MatrixXd> points_;
    Eigen::VectorXd weights_;
    double variance_;
    Labels labels_;
    PointSet held_out_;
    CloudDenoiser denoiser_;
    Eigen::VectorXd cumulative_;
    std::optional<GaussianLaw> gaussian_;
    std::optional<LineLaw> line_;
};

}  // namespace sigmaflow
