#include <algorithm>
#include <cmath>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/branch_diagram.hpp"
#include "sigmaflow/stability/stationary_analysis.hpp"

namespace sigmaflow {
namespace {

Parameter capacity(const std::string& name, int fallback, const std::string& meaning) {
    return {.name = name, .type = Type::integer, .fallback = fallback, .meaning = meaning, .least = 1, .most = 100'000};
}

void put_special_points(const BranchDiagram& diagram, std::size_t capacity, AnalysisRecord& record) {
    const auto stored = std::min(diagram.special_points.size(), capacity);
    for (std::size_t i = 0; i < stored; ++i) {
        const SpecialPoint& point = diagram.special_points[i];
        const auto dim = static_cast<std::size_t>(point.x.size());
        record.reals("special_sigma")[i] = std::exp(point.tau);
        record.reals("special_residual")[i] = point.residual;
        record.integers("special_kind")[i] = static_cast<int>(point.kind);
        record.integers("special_null_dimension")[i] = point.null_space.cols();
        std::copy(point.x.begin(), point.x.end(),
                  record.reals("special_x").begin() + static_cast<std::ptrdiff_t>(i * dim));
    }
}

/// Places of a branch, from its upper end to the lower: `capacity` of them at most, evenly through the list.
void put_curve(const Branch& branch, const BranchDiagram& diagram, std::size_t first, std::size_t capacity,
               AnalysisRecord& record) {
    std::vector<std::pair<double, Eigen::VectorXd>> places;
    const auto add_end = [&](const BranchEnding& ending) {
        if (ending.special < 0) return;
        const SpecialPoint& point = diagram.special_points[static_cast<std::size_t>(ending.special)];
        places.emplace_back(point.tau, point.x);
    };
    add_end(branch.high);
    for (auto point = branch.points.rbegin(); point != branch.points.rend(); ++point) {
        places.emplace_back(point->tau, point->x);
    }
    add_end(branch.low);
    const std::size_t stored = std::min(capacity, places.size());
    for (std::size_t i = 0; i < stored; ++i) {
        const auto& [tau, x] = places[stored == 1 ? 0 : i * (places.size() - 1) / (stored - 1)];
        record.reals("branch_sigma")[first + i] = std::exp(tau);
        std::copy(x.begin(), x.end(),
                  record.reals("branch_x").begin() +
                      static_cast<std::ptrdiff_t>((first + i) * static_cast<std::size_t>(x.size())));
    }
}

}  // namespace

Kind branches_kind() {
    return {
        "branches",
        "the bifurcation diagram: branches of stationary points against sigma and the special points that join them",
        {{.name = "sigma_min",
          .type = Type::real,
          .fallback = 0.0,
          .meaning = "lower end of the range; 0: a hundredth of the upper",
          .least = 0.0,
          .unit = "data"},
         {.name = "sigma_max",
          .type = Type::real,
          .fallback = 0.0,
          .meaning = "upper end; 0: where p_sigma has one mode",
          .least = 0.0,
          .unit = "data"},
         capacity("special_points", 64, "special points that are recorded; the count tells of more"),
         capacity("branches", 128, "branches that are recorded; the count tells of more"),
         capacity("points", 96, "places recorded of every branch, of those that were computed")}};
}

BranchesAnalysis::BranchesAnalysis(const Parameters& parameters)
    : sigma_min_(parameters.real("sigma_min")),
      sigma_max_(parameters.real("sigma_max")),
      special_points_(static_cast<int>(parameters.integer("special_points"))),
      branches_(static_cast<int>(parameters.integer("branches"))),
      points_(static_cast<int>(parameters.integer("points"))) {
    if (sigma_max_ > 0.0 && sigma_min_ >= sigma_max_) {
        throw parameters.error("sigma_min", "sigma_min is not below sigma_max");
    }
}

std::string BranchesAnalysis::mismatch(const Distribution& distribution) const {
    return distribution.posterior().capabilities().covariance ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> BranchesAnalysis::fields(const Distribution& distribution) const {
    const RecordAxis coordinate{"coordinate", distribution.dim()};
    const RecordAxis special{"special_point", special_points_};
    const RecordAxis branch{"branch", branches_};
    const RecordAxis place{"place", points_};
    const auto real = [](const char* name, const char* unit, const char* meaning, std::vector<RecordAxis> axes) {
        auto out = real_field(name, unit, meaning);
        out.axes = std::move(axes);
        return out;
    };
    auto kind = flag_field("special_kind", "what happens there",
                           {"fold", "pitchfork_supercritical", "pitchfork_subcritical", "transcritical", "multiple"});
    kind.axes = {special};
    return {real_field("sigma_min", "data", "lower end of the range"),
            real_field("sigma_max", "data", "upper end"),
            flag_field("complete", "whether all Euler sums are 1 and nothing was lost", {"no", "yes"}),
            whole_field("special_count", "special points that were found"),
            whole_field("branch_count", "branches that were found"),
            real("special_sigma", "data", "where branches meet, from high sigma to low", {special}),
            real("special_x", "data", "the place", {special, coordinate}),
            kind,
            whole_field("special_null_dimension", "dimension of the null space of J", {special}),
            real("special_residual", "1", "largest of |x - m|/sigma and the eigenvalues of the null space", {special}),
            whole_field("branch_index", "negative eigenvalues of J", {branch}),
            whole_field("branch_zero_directions", "dimension of the family", {branch}),
            whole_field("branch_low", "special point at its end of lower sigma; -1: the range", {branch}),
            whole_field("branch_high", "special point at its end of higher sigma; -1: the range", {branch}),
            real("branch_sigma", "data", "places of the branch from high sigma to low", {branch, place}),
            real("branch_x", "data", "stationary points there", {branch, place, coordinate})};
}

Work BranchesAnalysis::cost(const Distribution& distribution, int) const {
    // Sixteen levels of searches, and some ten branches of sixty points.
    return distribution.posterior().cost({.covariance = true}, kTileWidth).times(20'000.0);
}

void BranchesAnalysis::run(const AnalysisSubject& subject, int, AnalysisRecord& record) const {
    const double high = sigma_max_ > 0.0 ? sigma_max_ : unimodal_sigma(subject.distribution, subject.key);
    const double low = sigma_min_ > 0.0 ? sigma_min_ : 0.01 * high;
    const BranchDiagram diagram = trace_branches(subject.distribution, low, high, subject.key);
    put(record, "sigma_min", low);
    put(record, "sigma_max", high);
    record.integers("complete")[0] = diagram.complete ? 1 : 0;
    record.integers("special_count")[0] = static_cast<std::int64_t>(diagram.special_points.size());
    record.integers("branch_count")[0] = static_cast<std::int64_t>(diagram.branches.size());
    put_special_points(diagram, static_cast<std::size_t>(special_points_), record);
    const auto points = static_cast<std::size_t>(points_);
    const auto stored = std::min(diagram.branches.size(), static_cast<std::size_t>(branches_));
    for (std::size_t i = 0; i < stored; ++i) {
        const Branch& branch = diagram.branches[i];
        record.integers("branch_index")[i] = branch.index;
        record.integers("branch_zero_directions")[i] = branch.zeros;
        record.integers("branch_low")[i] = branch.low.special;
        record.integers("branch_high")[i] = branch.high.special;
        put_curve(branch, diagram, i * points, points, record);
    }
}

}  // namespace sigmaflow
