#pragma once
/// \file
/// One or more laws of every registered kind for the tests to walk over, each with the components that the witness
/// takes. A kind without an entry here fails the suite.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "sigmaflow/distribution/gaussian_mixture.hpp"
#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/registry.hpp"
#include "support/witness.hpp"

namespace sigmaflow::test {

inline Value list(const std::vector<double>& numbers) {
    Value::List out;
    for (const double number : numbers) out.emplace_back(number);
    return {std::move(out)};
}

inline Value rows(const std::vector<std::vector<double>>& matrix) {
    Value::List out;
    for (const auto& row : matrix) out.push_back(list(row));
    return {std::move(out)};
}

inline std::unique_ptr<Distribution> make(const std::string& kind, const Value::Table& table,
                                          const PointsCatalog& catalog = {}) {
    const auto& entry = distributions().at(kind);
    return entry.make(Parameters(entry.kind, table, {"study.toml", 7, 1}), catalog);
}

/// A law and, independently of src, its components.
struct Law {
    std::string label;
    Value::Table table;
    std::vector<witness::Component> components;  ///< of another law: opposite points of its support
    bool is_mixture = true;

    [[nodiscard]] std::unique_ptr<Distribution> make(const std::string& kind) const { return test::make(kind, table); }
};

inline witness::Component blob(const std::vector<double>& mean, double width, double weight = 1.0) {
    witness::Component out;
    out.weight = weight;
    out.mean = Eigen::Map<const Eigen::VectorXd>(mean.data(), static_cast<Eigen::Index>(mean.size()));
    out.sphere = width * width;
    return out;
}

inline witness::Component dense(const std::vector<double>& mean, const std::vector<std::vector<double>>& rows,
                                double weight = 1.0) {
    witness::Component out = blob(mean, 0.0, weight);
    out.dense.resize(out.mean.size(), out.mean.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows.size(); ++j) {
            out.dense(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = rows[i][j];
        }
    }
    return out;
}

/// A plane through `mean` with the given normals.
inline witness::Component plane(const std::vector<double>& mean, const std::vector<std::vector<double>>& normals,
                                double scale) {
    witness::Component out = blob(mean, scale);
    out.axes.resize(out.mean.size(), static_cast<Eigen::Index>(normals.size()));
    out.variances = Eigen::VectorXd::Zero(out.axes.cols());
    for (std::size_t j = 0; j < normals.size(); ++j) {
        out.axes.col(static_cast<Eigen::Index>(j)) =
            Eigen::Map<const Eigen::VectorXd>(normals[j].data(), out.mean.size());
    }
    return out;
}

inline std::vector<Law> gaussian_laws() {
    return {{"standard", {{"dim", Value(3)}}, {blob({0, 0, 0}, 1.0)}},
            {"flat", {{"variances", list({1.0, 4.0, 0.0})}}, {dense({0, 0, 0}, {{1, 0, 0}, {0, 4, 0}, {0, 0, 0}})}},
            // Rank 2 with entries that doubles hold exactly: F F^T with F = [2 0; 1 1; 0 3] / 2.
            {"singular",
             {{"covariance", rows({{1.0, 0.5, 0.0}, {0.5, 0.5, 0.75}, {0.0, 0.75, 2.25}})},
              {"mean", list({1.0, -2.0, 0.5})}},
             {dense({1.0, -2.0, 0.5}, {{1.0, 0.5, 0.0}, {0.5, 0.5, 0.75}, {0.0, 0.75, 2.25}})}},
            {"wide range",
             {{"variances", list({1.0, 1e-12, 1e6})}},
             {dense({0, 0, 0}, {{1, 0, 0}, {0, 1e-12, 0}, {0, 0, 1e6}})}}};
}

inline std::vector<Law> gaussian_mixture_laws() {
    const std::vector<std::vector<double>> means{{0.0, 0.0}, {3.0, 1.0}, {-1.0, 2.0}};
    const std::vector<std::vector<double>> a{{1.0, 0.5}, {0.5, 1.0}};
    const std::vector<std::vector<double>> b{{0.25, 0.5}, {0.5, 1.0}};  // singular
    const std::vector<std::vector<double>> c{{0.0, 0.0}, {0.0, 0.0}};
    return {{"widths",
             {{"means", rows(means)}, {"widths", list({0.5, 0.25, 1.0})}, {"weights", list({1.0, 2.0, 1.0})}},
             {blob(means[0], 0.5), blob(means[1], 0.25, 2.0), blob(means[2], 1.0)}},
            {"dense",
             {{"means", rows(means)},
              {"covariances", Value(Value::List{rows(a), rows(b), rows(c)})},
              {"weights", list({1.0, 1e-9, 3.0})}},
             {dense(means[0], a), dense(means[1], b, 1e-9), dense(means[2], c, 3.0)}}};
}

inline std::vector<Law> plane_laws(bool crossing) {
    const double diagonal = 0.75 / std::numbers::sqrt2;
    if (!crossing) {
        return {{"line",
                 {{"offset", Value(0.75)}, {"scale", Value(2.0)}},
                 {plane({-0.75, 0}, {{1, 0}}, 2.0), plane({0.75, 0}, {{1, 0}}, 2.0)}},
                {"codim 2",
                 {{"dim", Value(3)}, {"codim", Value(2)}, {"offset", Value(0.75)}},
                 {plane({-diagonal, -diagonal, 0}, {{1, 0, 0}, {0, 1, 0}}, 1.0),
                  plane({diagonal, diagonal, 0}, {{1, 0, 0}, {0, 1, 0}}, 1.0)}}};
    }
    const double half = std::numbers::pi / 6.0;
    const double c = std::cos(half);
    const double s = std::sin(half);
    return {{"60 degrees",
             {{"angle", Value(60.0)}, {"scale", Value(1.5)}},
             {plane({0, 0}, {{c, -s}}, 1.5), plane({0, 0}, {{c, s}}, 1.5)}},
            {"codim 2",
             {{"dim", Value(5)}, {"codim", Value(2)}, {"angle", Value(60.0)}},
             {plane({0, 0, 0, 0, 0}, {{c, -s, 0, 0, 0}, {0, 0, c, -s, 0}}, 1.0),
              plane({0, 0, 0, 0, 0}, {{c, s, 0, 0, 0}, {0, 0, c, s, 0}}, 1.0)}}};
}

inline std::vector<Law> two_deltas_laws() {
    return {{"points", {}, {blob({-1}, 0), blob({1}, 0)}},
            {"uneven",
             {{"dim", Value(2)}, {"radius", Value(2.0)}, {"width", Value(0.5)}, {"weight", Value(0.875)}},
             {blob({-2, 0}, 0.5, 0.125), blob({2, 0}, 0.5, 0.875)}},
            {"single", {{"weight", Value(1.0)}}, {blob({1}, 0)}}};
}

inline std::vector<Law> hypercube_laws() {
    std::vector<Law> out;
    for (const double width : {0.0, 0.25}) {
        Law law{width == 0.0 ? "points" : "blurred",
                {{"dim", Value(3)}, {"radius", Value(0.5)}, {"width", Value(width)}},
                {}};
        for (const double x : {-0.5, 0.5}) {
            for (const double y : {-0.5, 0.5}) {
                for (const double z : {-0.5, 0.5}) law.components.push_back(blob({x, y, z}, width));
            }
        }
        out.push_back(std::move(law));
    }
    return out;
}

inline std::vector<Law> simplex_laws() {
    const double h = std::sqrt(0.75);
    return {{"triangle", {}, {blob({h, 0.5}, 0), blob({-h, 0.5}, 0), blob({0, -1}, 0)}},
            {"segment", {{"dim", Value(1)}, {"width", Value(0.25)}}, {blob({1}, 0.25), blob({-1}, 0.25)}}};
}

inline std::vector<Law> ring_laws() {
    const double h = std::sqrt(0.5);
    return {{"square", {{"count", Value(4)}}, {blob({1, 0}, 0), blob({0, 1}, 0), blob({-1, 0}, 0), blob({0, -1}, 0)}},
            {"octagon",
             {{"dim", Value(3)}, {"width", Value(0.125)}},
             {blob({1, 0, 0}, 0.125), blob({h, h, 0}, 0.125), blob({0, 1, 0}, 0.125), blob({-h, h, 0}, 0.125),
              blob({-1, 0, 0}, 0.125), blob({-h, -h, 0}, 0.125), blob({0, -1, 0}, 0.125), blob({h, -h, 0}, 0.125)}}};
}

inline std::vector<Law> points_laws() {
    const std::vector<std::vector<double>> points{{0, 0, 1}, {1, 1, 0}, {3, -1, 0.5}, {0, 2, 2}, {-1, -1, -1}};
    Law even{"even", {{"values", rows(points)}}, {}};
    Law uneven{"uneven", {{"values", rows(points)}, {"weights", list({1.0, 1e-300, 0.5, 0.0, 2.0})}}, {}};
    const double weights[] = {1.0, 1e-300, 0.5, 0.0, 2.0};
    for (std::size_t k = 0; k < points.size(); ++k) {
        even.components.push_back(blob(points[k], 0.0));
        uneven.components.push_back(blob(points[k], 0.0, weights[k]));
    }
    return {even, uneven};
}

inline std::vector<Law> ellipsoid_shell_laws() {
    const auto shell = [](const std::string& label, Value::Table table, std::vector<double> pole) {
        Law law{label, std::move(table), {blob(pole, 0.0)}, false};
        for (auto& number : pole) number = -number;
        law.components.push_back(blob(pole, 0.0));
        return law;
    };
    return {
        shell("round", {{"dim", Value(3)}, {"radius", Value(0.75)}}, {0.75, 0, 0}),
        shell("circle in space", {{"axes", list({1.5, 1.5})}, {"dim", Value(3)}}, {0, 1.5, 0}),
        shell("ellipse", {{"axes", list({2.0, 0.5})}}, {2, 0}),
        shell("surface", {{"axes", list({2.0, 0.5})}, {"measure", Value("surface")}}, {2, 0}),
        shell("surface in space", {{"axes", list({1.0, 0.5, 1.5})}, {"dim", Value(4)}, {"measure", Value("surface")}},
              {0, 0, 1.5, 0}),
        shell("ellipsoid in space", {{"axes", list({1.0, 0.5, 2.0, 1.0})}, {"dim", Value(6)}}, {0, 0.5, 0, 0, 0, 0})};
}

/// The random points are those of tests/distribution/ellipsoid_points_test.cpp; the others are named by their rule.
inline std::vector<Law> ellipsoid_points_laws() {
    const double h = std::sqrt(0.75);
    const auto lattice = [](double z, int i) {
        const double angle = 2.0 * std::numbers::pi * (std::numbers::phi - 1.0) * i;
        const double across = std::sqrt(1.0 - z * z);
        return blob({across * std::cos(angle), across * std::sin(angle), z}, 0);
    };
    return {
        {"random",
         {{"axes", list({2.0, 0.5})}, {"dim", Value(3)}, {"count", Value(4)}, {"draw", Value(3)}},
         {blob({0.7403403912708221, -0.464481976578005, 0.0}, 0), blob({1.873157029799258, 0.17522891130490248, 0}, 0),
          blob({1.0819661849178395, 0.4205167338149529, 0.0}, 0),
          blob({1.7812805820833773, -0.2273542785902523, 0.0}, 0)}},
        {"jitter",
         {{"axes", list({2.0, 0.5})},
          {"dim", Value(3)},
          {"count", Value(4)},
          {"draw", Value(3)},
          {"jitter", Value(0.125)}},
         {blob({0.7184735422069602, -0.6307987200250107, 0.026768562659984806}, 0),
          blob({1.9461631620407138, 0.26908573073647885, 0.01840566362683221}, 0),
          blob({1.0059507613100467, 0.5952854633208656, 0.5252059889083389}, 0),
          blob({1.6268127900157363, -0.2535895986438016, 0.027015446205430328}, 0)}},
        {"ellipse",
         {{"axes", list({2.0, 0.5})}, {"count", Value(3)}, {"arrangement", Value("even")}},
         {blob({2, 0}, 0), blob({-1, 0.5 * h}, 0), blob({-1, -0.5 * h}, 0)}},
        {"lattice",
         {{"dim", Value(3)}, {"count", Value(4)}, {"arrangement", Value("even")}},
         {lattice(0.75, 0), lattice(0.25, 1), lattice(-0.25, 2), lattice(-0.75, 3)}},
        {"bases",
         {{"axes", list({1.0, 2.0, 3.0, 4.0})}, {"count", Value(7)}, {"arrangement", Value("even")}},
         {blob({1, 0, 0, 0}, 0), blob({-1, 0, 0, 0}, 0), blob({0, 2, 0, 0}, 0), blob({0, -2, 0, 0}, 0),
          blob({0, 0, 3, 0}, 0), blob({0, 0, -3, 0}, 0), blob({0, 0, 0, 4}, 0)}}};
}

/// A law inside another.
inline Value inner(const std::string& kind, Value::Table table) {
    table.insert(table.begin(), {"kind", Value(kind)});
    return {std::move(table)};
}

inline Value inner_list(std::vector<Value> laws) { return {Value::List(laws.begin(), laws.end())}; }

/// Two opposite points of a law that is no mixture.
inline std::vector<witness::Component> poles(std::vector<double> a, std::vector<double> b) {
    return {blob(a, 0.0), blob(b, 0.0)};
}

inline std::vector<Law> mixture_laws() {
    const Value square = inner("ring", {{"count", Value(4)}, {"width", Value(0.25)}});
    const Value blur = inner("gaussian", {{"covariance", rows({{1.0, 0.5}, {0.5, 1.0}})}, {"mean", list({2.0, 0.0})}});
    const Value circle = inner("ellipsoid_shell", {{"dim", Value(2)}, {"radius", Value(0.5)}});
    const Value ellipse = inner("ellipsoid_shell", {{"axes", list({2.0, 1.0})}});
    return {{"of Gaussian mixtures",
             {{"components", inner_list({square, blur})}, {"weights", list({1.0, 3.0})}},
             {blob({1, 0}, 0.25, 0.25), blob({0, 1}, 0.25, 0.25), blob({-1, 0}, 0.25, 0.25), blob({0, -1}, 0.25, 0.25),
              dense({2.0, 0.0}, {{1.0, 0.5}, {0.5, 1.0}}, 3.0)}},
            {"a shell around a shell",
             {{"components", inner_list({circle, ellipse})}, {"weights", list({1.0, 0.25})}},
             poles({2, 0}, {-2, 0}),
             false},
            {"a shell and a Gaussian", {{"components", inner_list({ellipse, blur})}}, poles({4, 0}, {-2, 0}), false}};
}

inline std::vector<Law> product_laws() {
    const Value pair = inner("two_deltas", {{"weight", Value(0.75)}});
    const Value square = inner("ring", {{"count", Value(4)}, {"width", Value(0.5)}});
    const Value ellipse = inner("ellipsoid_shell", {{"axes", list({2.0, 1.0})}});
    const Value line = inner("gaussian", {{"variances", list({4.0, 0.0})}});
    Law both{"of Gaussian mixtures", {{"factors", inner_list({pair, square})}}, {}};
    const double corners[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    for (const double x : {-1.0, 1.0}) {
        for (const auto& corner : corners) {
            witness::Component component =
                dense({x, corner[0], corner[1]}, {{0, 0, 0}, {0, 0.25, 0}, {0, 0, 0.25}}, x > 0.0 ? 0.75 : 0.25);
            both.components.push_back(component);
        }
    }
    return {both,
            {"of Gaussians",
             {{"factors", inner_list({line, inner("gaussian", {{"dim", Value(1)}})})}},
             {dense({0, 0, 0}, {{4, 0, 0}, {0, 0, 0}, {0, 0, 1}})}},
            {"with a shell", {{"factors", inner_list({ellipse, line})}}, poles({2, 0, 0, 0}, {-2, 0, 0, 0}), false}};
}

inline std::vector<Law> affine_laws() {
    const Value square = inner("ring", {{"count", Value(4)}});
    const Value ellipse = inner("ellipsoid_shell", {{"axes", list({2.0, 1.0})}});
    const Value cylinder =
        inner("product", {{"factors", inner_list({ellipse, inner("gaussian", {{"dim", Value(1)}})})}});
    const std::vector<std::vector<double>> shear{{1.0, 0.5}, {0.0, 2.0}, {0.25, -1.0}};
    return {{"of points",
             {{"of", square}, {"matrix", rows(shear)}, {"shift", list({1.0, 0.0, -0.5})}},
             {blob({2, 0, -0.25}, 0), blob({1.5, 2, -1.5}, 0), blob({0, 0, -0.75}, 0), blob({0.5, -2, 0.5}, 0)}},
            {"of a Gaussian",
             {{"of", inner("gaussian", {{"dim", Value(2)}})}, {"matrix", rows({{2.0, 0.0}, {1.0, 1.0}})}},
             {dense({0, 0}, {{4, 2}, {2, 2}})}},
            {"of a shell",
             {{"of", ellipse}, {"matrix", rows(shear)}, {"shift", list({1.0, 0.0, -0.5})}},
             poles({3, 0, 0}, {-1, 0, -1}),
             false},
            {"of a cylinder, turned",
             {{"of", cylinder}, {"matrix", rows({{0.0, 0.0, 2.0}, {1.5, 0.0, 0.0}, {0.0, -1.5, 0.0}})}},
             poles({0, 3, 0}, {0, -3, 0}),
             false}};
}

/// Laws by kind.
inline const std::map<std::string, std::vector<Law>>& laws() {
    static const std::map<std::string, std::vector<Law>> all{{"gaussian", gaussian_laws()},
                                                             {"gaussian_mixture", gaussian_mixture_laws()},
                                                             {"parallel_planes", plane_laws(false)},
                                                             {"crossing_planes", plane_laws(true)},
                                                             {"two_deltas", two_deltas_laws()},
                                                             {"hypercube", hypercube_laws()},
                                                             {"simplex", simplex_laws()},
                                                             {"ring", ring_laws()},
                                                             {"points", points_laws()},
                                                             {"ellipsoid_shell", ellipsoid_shell_laws()},
                                                             {"ellipsoid_points", ellipsoid_points_laws()},
                                                             {"mixture", mixture_laws()},
                                                             {"product", product_laws()},
                                                             {"affine", affine_laws()}};
    return all;
}

/// Calls `check(kind, law)` for every law of every registered kind.
inline void for_every_law(const std::function<void(const std::string&, const Law&)>& check) {
    for (const auto& kind : distributions().names()) {
        const auto found = laws().find(kind);
        ASSERT_NE(found, laws().end()) << "no law of kind " << kind << " in tests/distribution/laws.hpp";
        for (const auto& law : found->second) {
            SCOPED_TRACE(kind + " / " + law.label);
            check(kind, law);
        }
    }
}

/// What one evaluation fills in.
inline PosteriorTile evaluate(const Distribution& law, const Tile& x, const Row& sigma,
                              const Needs& needs = {true, true, true, true}) {
    PosteriorTile out(law.dim(), needs);
    const auto workspace = law.posterior().workspace();
    law.posterior().evaluate(x, sigma, needs, *workspace, out);
    return out;
}

/// Root of the mean squared distance from the mean.
inline double size_of(const Distribution& law) {
    const double trace = law.moments().covariance.trace();
    return trace > 0.0 ? std::sqrt(trace) : 1.0;
}

inline std::vector<double> log_grid(double first, double last, int count) {
    std::vector<double> out;
    for (int i = 0; i < count; ++i) out.push_back(first * std::pow(last / first, static_cast<double>(i) / (count - 1)));
    return out;
}

}  // namespace sigmaflow::test
