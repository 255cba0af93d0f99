#include <cmath>
#include <vector>

#include "sigmaflow/distribution/isotropic_cloud.hpp"

namespace sigmaflow {
namespace {

constexpr double kFaint = 1e-20;  ///< weights below it, over the heaviest, add nothing to C that rounding leaves
constexpr Eigen::Index kMostCopied = 32 << 20;  ///< numbers that a copy of the active points may have

/// C = s a I + (1 - a)^2 sum_k r_k (y_k - y)(y_k - y)^T with the mean y of the points: from a copy of the points that
/// count, centred and scaled by sqrt(r_k), or past the points themselves where these are too many.
class CloudPosterior : public PosteriorAt {
  public:
    CloudPosterior(Eigen::Map<const Eigen::MatrixXd> points, const Eigen::VectorXd& log_weights, double variance,
                   const Eigen::VectorXd& x, double sigma)
        : points_(points) {
        const double total = variance + sigma * sigma;
        const double shrink = variance / total;
        sphere_ = sigma * sigma * shrink;
        rest_ = 1.0 - shrink;
        weigh(log_weights, x, total);
        average();
        mean = shrink * x + rest_ * centre_;
        if (points_.rows() * static_cast<Eigen::Index>(active_.size()) > kMostCopied) return;
        scaled_.resize(points_.rows(), static_cast<Eigen::Index>(active_.size()));
        for (std::size_t i = 0; i < active_.size(); ++i) {
            scaled_.col(static_cast<Eigen::Index>(i)) = std::sqrt(weight_[i]) * (points_.col(active_[i]) - centre_);
        }
    }

    void covariance_times(const Eigen::VectorXd& v, Eigen::VectorXd& out) const override {
        if (scaled_.size() > 0) {
            out.noalias() = rest_ * rest_ * (scaled_ * (scaled_.transpose() * v)) + sphere_ * v;
            return;
        }
        out = sphere_ * v;
        const double offset = centre_.dot(v);
        for (std::size_t i = 0; i < active_.size(); ++i) {
            const double along = points_.col(active_[i]).dot(v) - offset;
            out += rest_ * rest_ * weight_[i] * along * (points_.col(active_[i]) - centre_);
        }
    }

  private:
    void weigh(const Eigen::VectorXd& log_weights, const Eigen::VectorXd& x, double total) {
        Eigen::VectorXd logs = log_weights;
        for (Eigen::Index k = 0; k < points_.cols(); ++k) logs[k] -= 0.5 * (points_.col(k) - x).squaredNorm() / total;
        const double most = logs.maxCoeff(&heaviest_);
        double sum = 0.0;
        for (Eigen::Index k = 0; k < points_.cols(); ++k) {
            const double weight = std::exp(logs[k] - most);
            if (weight < kFaint) continue;
            active_.push_back(k);
            weight_.push_back(weight);
            sum += weight;
        }
        for (double& weight : weight_) weight /= sum;
    }

    /// From the heaviest point, so that faint ones keep their digits.
    void average() {
        centre_ = Eigen::VectorXd::Zero(points_.rows());
        for (std::size_t i = 0; i < active_.size(); ++i) {
            centre_ += weight_[i] * (points_.col(active_[i]) - points_.col(heaviest_));
        }
        centre_ += points_.col(heaviest_);
    }

    Eigen::Map<const Eigen::MatrixXd> points_;
    double sphere_ = 0.0;
    double rest_ = 1.0;
    Eigen::Index heaviest_ = 0;
    std::vector<Eigen::Index> active_;
    std::vector<double> weight_;
    Eigen::VectorXd centre_;
    Eigen::MatrixXd scaled_;
};

}  // namespace

std::unique_ptr<PosteriorAt> CloudDenoiser::at(const Eigen::VectorXd& x, double sigma) const {
    return std::make_unique<CloudPosterior>(points_, log_weights_, variance_, x, sigma);
}

}  // namespace sigmaflow
