#include "sigmaflow/distribution/gaussian.hpp"

#include <string>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/shapes.hpp"

namespace sigmaflow {

Kind gaussian_kind() {
    Parameter dim = dim_parameter(1, 4096, "dimension of space; needed only if no other parameter tells it");
    dim.fallback.reset();
    Parameter variances = numbers_parameter("variances", Type::reals, "variances along the axes, zero ones allowed");
    variances.least = 0.0;
    return {"gaussian",
            "one Gaussian, flat directions allowed",
            {dim, variances,
             numbers_parameter("covariance", Type::matrix,
                               "the covariance matrix, instead of variances; the identity "
                               "if neither is given"),
             numbers_parameter("mean", Type::reals, "the mean; the origin by default"), normalize_parameter()}};
}

namespace {

constexpr Eigen::Index kMostDimensions = 4096;  // its covariance has the square of that

/// The dimension on which dim, mean, variances and covariance agree.
Eigen::Index agreed_dim(const Parameters& parameters) {
    Eigen::Index dim = 0;
    std::string from;
    const auto agree = [&](const std::string& name, Eigen::Index size) {
        if (size < 1) throw parameters.error(name, "at least one number is needed");
        if (size > kMostDimensions) throw parameters.error(name, "a Gaussian has at most 4096 dimensions");
        if (dim != 0 && size != dim) {
            throw parameters.error(name, "its dimension is " + std::to_string(size) + ", but that of '" + from +
                                             "' is " + std::to_string(dim));
        }
        dim = size;
        from = name;
    };
    if (parameters.has("dim")) agree("dim", parameters.integer("dim"));
    if (parameters.has("variances"))
        agree("variances", static_cast<Eigen::Index>(parameters.reals("variances").size()));
    if (parameters.has("covariance")) {
        agree("covariance", static_cast<Eigen::Index>(parameters.matrix("covariance").size()));
    }
    if (parameters.has("mean")) agree("mean", static_cast<Eigen::Index>(parameters.reals("mean").size()));
    if (dim == 0)
        throw parameters.error("dim", "no parameter tells the dimension", "give dim, variances or covariance");
    return dim;
}

}  // namespace

std::unique_ptr<Distribution> make_gaussian(const Parameters& parameters) {
    const Eigen::Index dim = agreed_dim(parameters);
    if (parameters.has("variances") && parameters.has("covariance")) {
        throw parameters.error("covariance", "'variances' are given too", "give one of the two");
    }
    EigenPairs spectrum{Eigen::VectorXd::Ones(dim), Eigen::MatrixXd::Identity(dim, dim)};
    if (parameters.has("variances")) spectrum.values = vector_of(parameters.reals("variances"));
    if (parameters.has("covariance")) {
        spectrum = covariance_spectrum(parameters, "covariance", parameters.matrix("covariance"), dim);
    }
    const Eigen::VectorXd mean =
        parameters.has("mean") ? vector_of(parameters.reals("mean")) : Eigen::VectorXd::Zero(dim).eval();
    return normalized(distribution_of({Eigen::VectorXd::Ones(1), {component_of(mean, spectrum)}}), parameters);
}

Kind gaussian_mixture_kind() {
    Parameter weights =
        numbers_parameter("weights", Type::reals, "weights of the components, any sum; equal by default");
    weights.least = 0.0;
    Parameter means = numbers_parameter("means", Type::matrix, "means of the components, a list of vectors");
    means.required = true;
    Parameter widths = numbers_parameter("widths", Type::reals, "standard deviations of isotropic components");
    widths.least = 0.0;
    return {
        "gaussian_mixture",
        "a mixture of Gaussians with everything given",
        {weights, means,
         numbers_parameter("covariances", Type::matrices, "covariance matrices, possibly singular, one per component"),
         widths, normalize_parameter()}};
}

std::unique_ptr<Distribution> make_gaussian_mixture(const Parameters& parameters) {
    const Eigen::MatrixXd means = columns_of(parameters, "means");
    MixtureLaw law{weights_of(parameters, "weights", means.cols()), {}};
    const bool dense = parameters.has("covariances");
    if (dense == parameters.has("widths")) {
        throw parameters.error(dense ? "widths" : "covariances", "one of covariances and widths is needed, not both");
    }
    const auto covariances =
        dense ? parameters.matrices("covariances") : std::vector<std::vector<std::vector<double>>>{};
    const auto widths = dense ? std::vector<double>{} : parameters.reals("widths");
    const std::size_t given = dense ? covariances.size() : widths.size();
    if (given != static_cast<std::size_t>(means.cols())) {
        throw parameters.error(dense ? "covariances" : "widths",
                               std::to_string(given) + " for " + std::to_string(means.cols()) + " components");
    }
    for (std::size_t k = 0; k < given; ++k) {
        const Eigen::VectorXd mean = means.col(static_cast<Eigen::Index>(k));
        law.components.push_back(
            dense ? component_of(mean, covariance_spectrum(parameters, "covariances", covariances[k], means.rows()))
                  : isotropic_component(mean, widths[k] * widths[k]));
    }
    return normalized(distribution_of(without_empty(std::move(law))), parameters);
}

}  // namespace sigmaflow
