#include "sigmaflow/distribution/normalize.hpp"

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

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

Eigen::MatrixXd whitening_of(const Eigen::MatrixXd& root) {
    const SingularValues parts = singular_values(root);
    if (!(parts.values[0] > 0.0)) return {};
    const Eigen::ArrayXd widths = parts.values.array();
    const Eigen::VectorXd inverse = (widths > kFlat * widths[0]).select(widths.inverse(), 0.0);
    if ((inverse.array() - inverse[0]).abs().maxCoeff() <= kFlat * inverse[0]) {
        return inverse[0] * Eigen::MatrixXd::Identity(root.rows(), root.rows());
    }
    return parts.left * inverse.asDiagonal() * parts.left.transpose();
}

std::unique_ptr<Distribution> normalized(std::unique_ptr<Distribution> law, const Parameters& parameters) {
    const Normalize normalize = normalize_of(parameters);
    if (normalize == Normalize::none) return law;
    AffineMap map = scaling(law->mean(), 1.0);
    if (normalize == Normalize::identity) {
        map.linear = whitening_of(law->covariance_root());
        if (map.linear.size() == 0) {
            throw parameters.error("normalize",
                                   "all the mass sits in one point: a zero covariance cannot be scaled to the identity",
                                   "use 'center' or give the law a width");
        }
    }
    try {
        return affine_image(std::move(law), map);
    } catch (const NoClosedForm& reason) {
        throw parameters.error("normalize", reason.what(), "use 'center', or normalize the laws inside");
    }
}

}  // namespace sigmaflow
