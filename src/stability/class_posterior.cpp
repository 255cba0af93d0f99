#include "sigmaflow/stability/class_posterior.hpp"

#include <cmath>
#include <stdexcept>

#include "sigmaflow/distribution/limits.hpp"

namespace sigmaflow {

std::string ClassPosterior::mismatch(const Distribution& law) {
    if (law.labels() != nullptr || law.mixture(kMostComponents)) return {};
    return "the law has neither class labels nor Gaussian components";
}

ClassPosterior::ClassPosterior(const Distribution& law) {
    if (law.labels() != nullptr) {
        labelled_ = &law.posterior();
        count_ = labelled_->class_count();
        workspace_ = labelled_->workspace();
        return;
    }
    const auto mixture = law.mixture(kMostComponents);
    if (!mixture) throw std::logic_error(mismatch(law));
    take(*mixture);
}

ClassPosterior::ClassPosterior(const MixtureLaw& law) { take(law); }

void ClassPosterior::take(const MixtureLaw& law) {
    count_ = static_cast<int>(law.components.size());
    if (!law.is_cloud()) {
        mixture_ = law;
        for (auto& component : mixture_->components) {
            if (component.axes.cols() == law.dim()) component.variance = 0.0;  // no direction is left for the sphere
        }
        weights_.emplace(count_);
        return;
    }
    CloudLaw cloud{Eigen::MatrixXd(law.dim(), count_), law.weights, law.components.front().variance};
    for (int k = 0; k < count_; ++k) {
        cloud.points.col(k) = law.components[static_cast<std::size_t>(k)].mean;
        cloud.labels.classes.push_back(std::to_string(k));
        cloud.labels.of_point.push_back(k);
    }
    cloud_ = std::make_unique<IsotropicCloud>(std::move(cloud));
    labelled_ = &cloud_->posterior();
    workspace_ = labelled_->workspace();
}

/// ln w_k N(x; mu_k, S_k + sigma^2 I) up to a constant, from the parts of x - mu_k along the axes of S_k and orthogonal
/// to them: |x - mu|^2 - |U^T (x - mu)|^2 would cancel.
void ClassPosterior::weigh(std::size_t k, const Tile& x, double noise) {
    const GaussianComponent& component = mixture_->components[k];
    const Eigen::Index rank = component.axes.cols();
    Tile residual = x.colwise() - component.mean;
    const Tile along = component.axes.transpose() * residual;
    Row quadratic = Row::Zero();
    double log_determinant = 0.0;
    for (Eigen::Index j = 0; j < rank; ++j) {
        quadratic += along.row(j).array().square() / (component.variances[j] + noise);
        log_determinant += std::log(component.variances[j] + noise);
    }
    if (rank < x.rows()) {
        residual -= component.axes * along;
        const double total = component.variance + noise;
        quadratic += residual.colwise().squaredNorm().array() / total;
        log_determinant += static_cast<double>(x.rows() - rank) * std::log(total);
    }
    const auto row = static_cast<Eigen::Index>(k);
    weights_->table.row(row) = std::log(mixture_->weights[row]) - 0.5 * (capped(quadratic) + log_determinant);
}

void ClassPosterior::evaluate(const Tile& x, double sigma, Tile& out) {
    out.resize(count_, kTileWidth);
    if (!mixture_) {
        labelled_->class_probabilities(x, Row::Constant(sigma), *workspace_, out);
        return;
    }
    for (int k = 0; k < count_; ++k) weigh(static_cast<std::size_t>(k), x, sigma * sigma);
    weights_->normalise();
    for (int k = 0; k < count_; ++k) out.row(k).array() = weights_->table.row(k).array() * weights_->inverse_sum;
}

}  // namespace sigmaflow
