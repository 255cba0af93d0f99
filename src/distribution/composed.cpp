#include "sigmaflow/distribution/composed.hpp"

#include <string>
#include <utility>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/mixture_of.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/product.hpp"
#include "sigmaflow/distribution/shapes.hpp"

namespace sigmaflow {
namespace {

constexpr std::int64_t kMostFlattened = 1 << 20;
constexpr Eigen::Index kMostDimensions = 4096;

const Kind& distribution_kind(const std::string& name, const Location& where) {
    return distributions().at(name, where).kind;
}

Parameter laws_parameter(const std::string& name, Type type, const std::string& meaning) {
    Parameter out;
    out.name = name;
    out.type = type;
    out.meaning = meaning;
    out.required = true;
    out.kind_of = distribution_kind;
    return out;
}

using OwnedLaws = std::vector<std::unique_ptr<Distribution>>;

OwnedLaws laws_of(const Kind& kind, const Parameters& parameters, const std::string& name,
                  const PointsCatalog& catalog) {
    OwnedLaws out;
    for (const auto& object : objects_of(*kind.find(name), parameters)) {
        out.push_back(distributions().at(object.kind->name).make(object.parameters, catalog));
    }
    if (out.empty()) throw parameters.error(name, "at least one law is needed");
    return out;
}

void check_equal_dimensions(const OwnedLaws& laws, const Parameters& parameters) {
    for (const auto& law : laws) {
        if (law->dim() == laws.front()->dim()) continue;
        throw parameters.error("components", "a component has dimension " + std::to_string(law->dim()) +
                                                 ", the first one " + std::to_string(laws.front()->dim()));
    }
}

}  // namespace

Kind mixture_kind() {
    Parameter weights =
        numbers_parameter("weights", Type::reals, "weights of the components, any sum; equal by default");
    weights.least = 0.0;
    return {"mixture",
            "a mixture of any laws",
            {laws_parameter("components", Type::objects, "the laws, as tables with a kind and its parameters"), weights,
             normalize_parameter()}};
}

std::unique_ptr<Distribution> make_mixture(const Parameters& parameters, const PointsCatalog& catalog) {
    OwnedLaws all = laws_of(mixture_kind(), parameters, "components", catalog);
    check_equal_dimensions(all, parameters);
    const Eigen::VectorXd weights = weights_of(parameters, "weights", static_cast<Eigen::Index>(all.size()));
    Laws kept;
    std::vector<double> positive;
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (weights[static_cast<Eigen::Index>(k)] == 0.0) continue;
        kept.push_back(std::move(all[k]));
        positive.push_back(weights[static_cast<Eigen::Index>(k)]);
    }
    auto law = std::make_unique<MixtureOf>(std::move(kept), vector_of(positive));
    // Gaussian mixtures of Gaussian mixtures are Gaussian mixtures: one softmax instead of two.
    if (const auto flat = law->mixture(kMostFlattened)) return normalized(distribution_of(*flat), parameters);
    return normalized(std::move(law), parameters);
}

Kind product_kind() {
    return {"product",
            "independent factors side by side; spectrum and log density factorise",
            {laws_parameter("factors", Type::objects, "the laws, as tables with a kind and its parameters"),
             normalize_parameter()}};
}

/// Normalising a product normalises its factors.
std::unique_ptr<Distribution> make_product(const Parameters& parameters, const PointsCatalog& catalog) {
    Laws factors;
    Eigen::Index dim = 0;
    for (auto& factor : laws_of(product_kind(), parameters, "factors", catalog)) {
        dim += factor->dim();
        factors.push_back(normalized(std::move(factor), parameters));
    }
    if (dim > kMostDimensions) {
        throw parameters.error("factors", "together they have dimension " + std::to_string(dim), "at most 4096");
    }
    return std::make_unique<Product>(std::move(factors));
}

Kind affine_kind() {
    return {"affine",
            "the image matrix x0 + shift of another law",
            {laws_parameter("of", Type::object, "the law, as a table with a kind and its parameters"),
             numbers_parameter("matrix", Type::matrix,
                               "rows of the linear map, not necessarily square; the identity by default"),
             numbers_parameter("shift", Type::reals, "what is added; zero by default"), normalize_parameter()}};
}

namespace {

AffineMap map_of(const Parameters& parameters, Eigen::Index dim) {
    AffineMap out{Eigen::MatrixXd::Identity(dim, dim), Eigen::VectorXd::Zero(dim), {}};
    if (parameters.has("matrix")) out.linear = columns_of(parameters, "matrix").transpose();
    if (out.linear.cols() != dim) {
        throw parameters.error("matrix", "its rows have " + std::to_string(out.linear.cols()) +
                                             " numbers, and the law has dimension " + std::to_string(dim));
    }
    if (out.linear.rows() > kMostDimensions) throw parameters.error("matrix", "at most 4096 rows");
    out.shift = Eigen::VectorXd::Zero(out.linear.rows());
    if (!parameters.has("shift")) return out;
    out.shift = vector_of(parameters.reals("shift"));
    if (out.shift.size() != out.linear.rows()) {
        throw parameters.error("shift", "it has " + std::to_string(out.shift.size()) + " numbers, and the image has " +
                                            std::to_string(out.linear.rows()) + " dimensions");
    }
    return out;
}

}  // namespace

std::unique_ptr<Distribution> make_affine(const Parameters& parameters, const PointsCatalog& catalog) {
    std::shared_ptr<const Distribution> law = std::move(laws_of(affine_kind(), parameters, "of", catalog).front());
    const AffineMap map = map_of(parameters, law->dim());
    try {
        return normalized(affine_image(std::move(law), map), parameters);
    } catch (const NoClosedForm& reason) {
        throw parameters.error(parameters.has("matrix") ? "matrix" : "of", reason.what(),
                               "use a matrix with orthogonal columns of equal length");
    }
}

}  // namespace sigmaflow
