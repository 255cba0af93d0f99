#include "sigmaflow/distribution/points.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data_split.hpp"
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
    Parameter labels;
    labels.name = "labels";
    labels.type = Type::names;
    labels.meaning = "class of every point of values; with a file, the dataset (HDF5) or column (CSV) of the classes";
    Parameter classes;
    classes.name = "classes";
    classes.type = Type::names;
    classes.meaning = "the law has only points of these classes; all by default";
    Parameter held_out = length_parameter("held_out", 0.0, "fraction of the points of every class to hold out", false);
    held_out.most = 1.0;
    Parameter split{"split", Type::integer, Value(0), "which points are held out"};
    split.least = 0;
    Parameter use{"use", Type::text, Value("training"), "the part that the law is made of"};
    use.allowed = {"training", "held_out", "all"};
    return {"points",
            "weighted points: what a model that memorises its training set would learn",
            {numbers_parameter("values", Type::matrix, "the points, a list of vectors"), file, dataset, weights, labels,
             classes, held_out, split, use, normalize_parameter()}};
}

std::optional<PointsSource> points_source(const Parameters& parameters) {
    if (!parameters.has("file")) return std::nullopt;
    PointsSource out{parameters.text("file"), {}, parameters.where("file")};
    if (parameters.has("dataset")) out.dataset = parameters.text("dataset");
    if (!parameters.has("labels")) return out;
    const std::vector<std::string> names = parameters.texts("labels");
    if (names.size() != 1 || names.front().empty()) {
        throw parameters.error("labels", "the points come from a file",
                               "give the name of one dataset (HDF5) or column (CSV)");
    }
    out.labels = names.front();
    return out;
}

namespace {

/// A data set before anything is chosen from it; the points belong to somebody else.
struct DataSet {
    Eigen::Map<const Eigen::MatrixXd> points;
    Eigen::VectorXd weights;
    Labels labels;
};

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

Labels checked_labels(const Parameters& parameters, const std::vector<std::string>& names, Eigen::Index count) {
    if (static_cast<Eigen::Index>(names.size()) != count) {
        throw parameters.error("labels",
                               std::to_string(names.size()) + " labels for " + std::to_string(count) + " points");
    }
    if (std::find(names.begin(), names.end(), "") != names.end()) {
        throw parameters.error("labels", "a label is empty", "every point needs a class");
    }
    return labels_from(names);
}

DataSet table_of(const Parameters& parameters, const PointsCatalog& catalog, Eigen::MatrixXd& owned) {
    if (parameters.has("values")) {
        owned = columns_of(parameters, "values");
        Labels labels;
        if (parameters.has("labels")) labels = checked_labels(parameters, parameters.texts("labels"), owned.cols());
        return {{owned.data(), owned.rows(), owned.cols()}, weights_of(parameters, "weights", owned.cols()), labels};
    }
    const PointsView& view = checked_view(parameters, catalog);
    Labels labels;
    if (view.labels != nullptr)
        labels = checked_labels(parameters, {view.labels, view.labels + view.count}, view.count);
    return {view.matrix(), view_weights(parameters, view), labels};
}

/// By class: whether the law may have it.
std::vector<bool> wanted_classes(const Parameters& parameters, const Labels& labels) {
    if (!parameters.has("classes")) return std::vector<bool>(labels.classes.size(), true);
    if (labels.empty()) throw parameters.error("classes", "the points have no labels", "give labels");
    std::vector<bool> out(labels.classes.size(), false);
    for (const auto& name : parameters.texts("classes")) {
        const auto found = std::find(labels.classes.begin(), labels.classes.end(), name);
        if (found == labels.classes.end()) {
            throw parameters.error("classes",
                                   "there is no class '" + name + "' among " + Value(joined(labels.classes)).shown(),
                                   suggest(name, labels.classes));
        }
        out[static_cast<std::size_t>(found - labels.classes.begin())] = true;
    }
    return out;
}

/// Numbers of the points of the law, and of those that are kept out of it.
struct DataSetParts {
    std::vector<Eigen::Index> law;
    std::vector<Eigen::Index> held_out;
};

DataSetParts parts_of(const Parameters& parameters, const DataSet& table, const std::vector<bool>& wanted) {
    const std::string& use = parameters.text("use");
    const double fraction = parameters.real("held_out");
    if (fraction == 1.0) throw parameters.error("held_out", "no points would be left", "give less than 1");
    const std::vector<bool> held_out = held_out_points(table.points.cols(), table.labels, fraction,
                                                       static_cast<std::uint64_t>(parameters.integer("split")));
    DataSetParts out;
    for (Eigen::Index i = 0; i < table.points.cols(); ++i) {
        const auto point = static_cast<std::size_t>(i);
        const bool is_wanted = table.labels.empty() || wanted[static_cast<std::size_t>(table.labels.of_point[point])];
        if (!is_wanted || table.weights[i] == 0.0) continue;
        if (use == "all" || held_out[point] == (use == "held_out")) {
            out.law.push_back(i);
        } else if (use == "training") {
            out.held_out.push_back(i);
        }
    }
    if (out.law.empty()) {
        throw parameters.error("use", "this part of the data set has no points of positive weight",
                               use == "held_out" ? "raise held_out" : "");
    }
    return out;
}

PointSet chosen(const DataSet& table, const std::vector<Eigen::Index>& points) {
    return {table.points(Eigen::all, points), table.weights(points), chosen_labels(table.labels, points)};
}

}  // namespace

std::unique_ptr<Distribution> make_points(const Parameters& parameters, const PointsCatalog& catalog) {
    if (parameters.has("values") == parameters.has("file")) {
        throw parameters.error("values", "one of values and file is needed, not both");
    }
    if (parameters.has("dataset") && !parameters.has("file")) {
        throw parameters.error("dataset", "a dataset needs a file", "give file");
    }
    Eigen::MatrixXd owned;
    DataSet table = table_of(parameters, catalog, owned);
    const std::vector<bool> wanted = wanted_classes(parameters, table.labels);
    const DataSetParts parts = parts_of(parameters, table, wanted);
    if (!table.labels.empty()) table.labels = restricted_labels(table.labels, wanted);
    if (owned.size() == 0 && static_cast<Eigen::Index>(parts.law.size()) == table.points.cols()) {
        return normalized(std::make_unique<IsotropicCloud>(table.points, table.weights, table.labels), parameters);
    }
    PointSet law = chosen(table, parts.law);
    CloudLaw cloud{std::move(law.points), std::move(law.weights), 0.0, std::move(law.labels),
                   chosen(table, parts.held_out)};
    return normalized(std::make_unique<IsotropicCloud>(std::move(cloud)), parameters);
}

}  // namespace sigmaflow
