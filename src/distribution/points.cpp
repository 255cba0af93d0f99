#include "sigmaflow/distribution/points.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/limits.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/shapes.hpp"

namespace sigmaflow {

Kind points_kind() {
    Parameter file;
    file.name = "file";
    file.type = Type::text;
    file.meaning = "a table of points, one per row (HDF5, CSV or NPY), instead of values";
    file.is_path = true;
    Parameter dataset;
    dataset.name = "dataset";
    dataset.type = Type::text;
    dataset.meaning = "the dataset inside an HDF5 file";
    Parameter weights = numbers_parameter("weights", Type::reals, "weights of the points, any sum; equal by default");
    weights.least = 0.0;
    return {"points",
            "weighted points: what a model that memorises its training set would learn",
            {numbers_parameter("values", Type::matrix, "the points, a list of vectors"), file, dataset, weights,
             normalize_parameter()}};
}

std::optional<PointsSource> points_source(const Parameters& parameters) {
    if (!parameters.has("file")) return std::nullopt;
    return PointsSource{parameters.text("file"), parameters.has("dataset") ? parameters.text("dataset") : std::string(),
                        parameters.where("file")};
}

namespace {

/// The table of a file with its weights, all of it usable.
const PointsView& checked_view(const Parameters& parameters, const PointsCatalog& catalog) {
    const auto found = catalog.find(points_source(parameters)->key());
    if (found == catalog.end()) throw parameters.error("file", "this table was not read");
    const PointsView& view = found->second;
    if (view.dim < 1 || view.count < 1) throw parameters.error("file", "the table holds no points");
    if (!(view.matrix().cwiseAbs().maxCoeff<Eigen::PropagateNaN>() <= kLargestParameter)) {
        throw parameters.error("file", "the table holds numbers that are not finite or exceed 1e100");
    }
    return view;
}

Eigen::VectorXd view_weights(const Parameters& parameters, const PointsView& view) {
    if (view.weights == nullptr || parameters.has("weights")) return weights_of(parameters, "weights", view.count);
    Eigen::VectorXd out = Eigen::Map<const Eigen::VectorXd>(view.weights, view.count);
    if (!(out.minCoeff<Eigen::PropagateNaN>() > 0.0) || !std::isfinite(out.sum())) {
        throw parameters.error("file", "the weights in the table must be positive and finite");
    }
    return out;
}

/// Points and weights without those of weight zero.
CloudLaw without_empty(const Eigen::Ref<const Eigen::MatrixXd>& points, const Eigen::VectorXd& weights) {
    std::vector<Eigen::Index> kept;
    for (Eigen::Index k = 0; k < weights.size(); ++k) {
        if (weights[k] > 0.0) kept.push_back(k);
    }
    return {points(Eigen::all, kept), weights(kept), 0.0};
}

}  // namespace

std::unique_ptr<Distribution> make_points(const Parameters& parameters, const PointsCatalog& catalog) {
    if (parameters.has("values") == parameters.has("file")) {
        throw parameters.error("values", "one of values and file is needed, not both");
    }
    if (parameters.has("dataset") && !parameters.has("file")) {
        throw parameters.error("dataset", "a dataset needs a file", "give file");
    }
    if (parameters.has("values")) {
        const Eigen::MatrixXd points = columns_of(parameters, "values");
        return make_cloud(without_empty(points, weights_of(parameters, "weights", points.cols())), parameters);
    }
    const PointsView& view = checked_view(parameters, catalog);
    const Eigen::VectorXd weights = view_weights(parameters, view);
    if ((weights.array() == 0.0).any()) return make_cloud(without_empty(view.matrix(), weights), parameters);
    return make_cloud(view.matrix(), weights, parameters);
}

}  // namespace sigmaflow
