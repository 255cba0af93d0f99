#include "sigmaflow/distribution/normalize.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/gaussian_mixture.hpp"
#include "sigmaflow/distribution/isotropic_cloud.hpp"

namespace sigmaflow {
namespace {

Eigen::MatrixXd identity(Eigen::Index size) { return Eigen::MatrixXd::Identity(size, size); }

/// Folds columns into the running triangular factor R^T, some at a time.
class FactorSum {
  public:
    explicit FactorSum(Eigen::Index dim) : rows_(0, dim) {}

    void add(const Eigen::MatrixXd& columns) {
        Eigen::MatrixXd stacked(rows_.rows() + columns.cols(), rows_.cols());
        stacked << rows_, columns.transpose();
        rows_ = std::move(stacked);
        if (rows_.rows() > 4 * rows_.cols() + 64) rows_ = triangular_factor(rows_);
    }

    [[nodiscard]] Eigen::MatrixXd result() const { return triangular_factor(rows_).transpose(); }

  private:
    Eigen::MatrixXd rows_;
};

}  // namespace

Eigen::MatrixXd covariance_root(const MixtureLaw& law, const Eigen::VectorXd& mean) {
    const Eigen::VectorXd weights = law.weights / law.weights.sum();
    FactorSum sum(law.dim());
    for (std::size_t k = 0; k < law.components.size(); ++k) {
        const double root = std::sqrt(weights[static_cast<Eigen::Index>(k)]);
        sum.add(root * (law.components[k].mean - mean));
        sum.add(root * factor_of(law.components[k]));
    }
    return sum.result();
}

Eigen::MatrixXd covariance_root(const Eigen::Ref<const Eigen::MatrixXd>& points, const Eigen::VectorXd& probabilities,
                                double variance, const Eigen::VectorXd& mean) {
    FactorSum sum(points.rows());
    sum.add(std::sqrt(variance) * identity(points.rows()));
    constexpr Eigen::Index piece = 256;
    for (Eigen::Index first = 0; first < points.cols(); first += piece) {
        const Eigen::Index count = std::min(piece, points.cols() - first);
        const Eigen::MatrixXd offsets = points.middleCols(first, count).colwise() - mean;
        sum.add(offsets * probabilities.segment(first, count).cwiseSqrt().asDiagonal());
    }
    return sum.result();
}

Whitening whitening_of(const Eigen::MatrixXd& root) {
    const SingularValues parts = singular_values(root);
    if (!(parts.values[0] > 0.0)) return {};
    const Eigen::ArrayXd widths = parts.values.array();
    const Eigen::VectorXd inverse = (widths > kFlat * widths[0]).select(widths.inverse(), 0.0);
    if ((inverse.array() - inverse[0]).abs().maxCoeff() <= kFlat * inverse[0]) {
        return {inverse[0] * identity(root.rows()), inverse[0]};
    }
    return {parts.left * inverse.asDiagonal() * parts.left.transpose(), 0.0};
}

Parameter normalize_parameter() {
    Parameter out{"normalize", Type::text, Value("none"),
                  "affine map applied to the law, from its exact moments: none, center (zero mean) or identity (zero "
                  "mean and identity covariance on the span of the law)"};
    out.allowed = {"none", "center", "identity"};
    return out;
}

Normalize normalize_of(const Parameters& parameters) {
    const std::string& text = parameters.text("normalize");
    if (text == "center") return Normalize::center;
    return text == "identity" ? Normalize::identity : Normalize::none;
}

namespace {

std::unique_ptr<Distribution> make_cloud(const MixtureLaw& law, const Parameters& parameters) {
    Eigen::MatrixXd points(law.dim(), static_cast<Eigen::Index>(law.components.size()));
    for (Eigen::Index k = 0; k < points.cols(); ++k) points.col(k) = law.components[static_cast<std::size_t>(k)].mean;
    return make_cloud({std::move(points), law.weights, law.components.front().variance}, parameters);
}

}  // namespace

std::unique_ptr<Distribution> make_distribution(const MixtureLaw& law, const Parameters& parameters) {
    if (law.is_cloud()) return make_cloud(law, parameters);
    const Normalize normalize = normalize_of(parameters);
    if (normalize == Normalize::none) return std::make_unique<GaussianMixture>(law);
    const Eigen::VectorXd mean = moments_of(law).mean;
    if (normalize == Normalize::center) {
        MixtureLaw centred = law;
        for (auto& component : centred.components) component.mean -= mean;
        return std::make_unique<GaussianMixture>(std::move(centred));
    }
    return std::make_unique<GaussianMixture>(mapped(law, mean, whitening_of(covariance_root(law, mean)).map));
}

namespace {

/// The whitening of a covariance matrix; what is below its rounding is flat.
Whitening whitening_of_covariance(const Eigen::MatrixXd& covariance) {
    const EigenPairs spectrum = symmetric_eigenpairs(covariance);
    const double floor = 1e-14 * spectrum.values.maxCoeff();
    const Eigen::VectorXd widths = (spectrum.values.array() > floor).select(spectrum.values.array().sqrt(), 0.0);
    return whitening_of(spectrum.vectors * widths.asDiagonal());
}

}  // namespace

std::unique_ptr<Distribution> normalized(std::unique_ptr<Distribution> law, const Parameters& parameters) {
    const Normalize normalize = normalize_of(parameters);
    if (normalize == Normalize::none) return law;
    constexpr std::int64_t most = 1 << 20;
    if (const auto mixture = law->mixture(most)) return make_distribution(*mixture, parameters);
    const Moments moments = law->moments();
    AffineMap map = scaling(moments.mean, 1.0);
    if (normalize == Normalize::identity) {
        map.linear = whitening_of_covariance(moments.covariance).map;
        if (map.linear.size() == 0) throw parameters.error("normalize", "the law has no covariance to scale");
    }
    try {
        return affine_image(std::move(law), map);
    } catch (const NoClosedForm& reason) {
        throw parameters.error("normalize", reason.what(), "use 'center', or normalize the laws inside");
    }
}

}  // namespace sigmaflow
