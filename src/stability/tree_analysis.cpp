#include "sigmaflow/stability/tree_analysis.hpp"

#include <algorithm>

#include "analysis_fields.hpp"
#include "sigmaflow/stability/flow_descent.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"
#include "sigmaflow/stability/mode_tree.hpp"

namespace sigmaflow {
namespace {

Parameter whole_parameter(const std::string& name, int fallback, const std::string& meaning) {
    return {.name = name,
            .type = Type::integer,
            .fallback = Value(fallback),
            .meaning = meaning,
            .least = 1,
            .most = 10'000'000};
}

RecordField along(std::vector<RecordAxis> axes, RecordField field) {
    field.axes = std::move(axes);
    return field;
}

void put(std::span<double> out, std::size_t row, const Eigen::VectorXd& values) {
    std::copy(values.begin(), values.end(), out.begin() + static_cast<std::ptrdiff_t>(row) * values.size());
}

}  // namespace

Kind tree_kind() {
    Kind kind{"tree", "modes carried up the sigma axis into a tree: splitting sigma, parent, mass of every branch",
              level_parameters()};
    for (auto& parameter : kind.parameters) {
        if (parameter.name == "levels") {
            parameter.fallback = 97;
            parameter.meaning = "steps of the modes' way up, log-spaced; meetings between them are bisected";
        }
    }
    kind.parameters.push_back(whole_parameter("leaves", 64, "modes that are recorded; the count tells of more"));
    kind.parameters.push_back(samples_parameter(4096, "particles that follow the flow down, for masses"));
    kind.parameters.push_back(whole_parameter("block", 1024, "particles of a part"));
    kind.parameters.push_back(tolerance_parameter(1e-8));
    return kind;
}

TreeAnalysis::TreeAnalysis(const Parameters& parameters)
    : ladder_(log_levels(parameters)),
      leaves_(static_cast<int>(parameters.integer("leaves"))),
      particles_(static_cast<int>(parameters.integer("samples"))),
      block_(static_cast<int>(parameters.integer("block"))),
      tolerance_(parameters.real("tolerance")) {
    std::reverse(ladder_.begin(), ladder_.end());
}

std::string TreeAnalysis::mismatch(const Distribution& distribution) const {
    return distribution.posterior().capabilities().covariance ? "" : "the law has no covariance of its posterior";
}

std::vector<RecordField> TreeAnalysis::fields(const Distribution& distribution) const {
    const RecordAxis leaf{"leaf", leaves_};
    const RecordAxis coordinate{"coordinate", distribution.dim()};
    return {whole_field("leaf_count", "modes at sigma_min"),
            whole_field("lost", "branches whose ascent failed somewhere; part 0"),
            along({leaf, coordinate}, real_field("leaf_x", "data", "modes at sigma_min; part 0")),
            along({leaf}, real_field("gaussian_mass", "1", "mass of the Gaussian that touches the mode; part 0")),
            along({leaf}, real_field("splitting_sigma", "data", "where the branch splits off its parent; part 0")),
            whole_field("parent", "leaf whose branch goes on there, -1 for a root; part 0", {leaf}),
            along({leaf, coordinate}, real_field("split_x", "data", "the branch's last place there; part 0")),
            whole_field("particles", "that arrived; parts from 1 on"),
            whole_field("failed", "particles that the solver lost; parts from 1 on"),
            whole_field("strays", "particles that end in no recorded leaf; parts from 1 on"),
            whole_field("ends", "particles that end in a leaf; parts from 1 on", {leaf})};
}

Work TreeAnalysis::cost(const Distribution& distribution, int part) const {
    const Work tile = distribution.posterior().cost({.covariance = true}, kTileWidth);
    // A tile or so of modes, 4 evaluations at every level, and a few meetings.
    if (part == 0) return tile.times(4.0 * static_cast<double>(ladder_.size()) + 2000.0);
    Work work = FlowDescent::cost(distribution, tolerance_, {ladder_.back(), ladder_.front()});
    work += tile.times(30.0);
    return work.times(block_ / static_cast<double>(kTileWidth));
}

void TreeAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    if (part == 0) return record_tree(subject, record);
    const int first = (part - 1) * block_;
    count_ends(subject, first, std::min(block_, particles_ - first), record);
}

void TreeAnalysis::record_tree(const AnalysisSubject& subject, AnalysisRecord& record) const {
    const auto tree =
        grow_mode_tree(subject.distribution, find_modes(subject.distribution, ladder_.front(), subject.key), ladder_);
    record.integers("leaf_count")[0] = static_cast<std::int64_t>(tree.size());
    record.integers("lost")[0] =
        std::count_if(tree.begin(), tree.end(), [](const ModeBranch& branch) { return branch.is_lost; });
    for (std::size_t k = 0; k < std::min(tree.size(), static_cast<std::size_t>(leaves_)); ++k) {
        put(record.reals("leaf_x"), k, tree[k].leaf);
        record.reals("gaussian_mass")[k] = tree[k].mass;
        record.reals("splitting_sigma")[k] = tree[k].splitting_sigma;
        record.integers("parent")[k] = tree[k].parent;
        if (tree[k].parent >= 0) put(record.reals("split_x"), k, tree[k].split_x);
    }
}

void TreeAnalysis::count_ends(const AnalysisSubject& subject, int first, int count, AnalysisRecord& record) const {
    const double sigma = ladder_.front();
    const auto modes = find_modes(subject.distribution, sigma, subject.key);
    ModeLabels labels(subject.distribution, sigma, modes);
    FlowDescent descent(subject.distribution, tolerance_, sigma);
    record.integers("leaf_count")[0] = static_cast<std::int64_t>(modes.size());
    auto& failed = record.integers("failed")[0] = 0;
    auto& strays = record.integers("strays")[0] = 0;
    const auto ends = record.integers("ends");
    std::fill(ends.begin(), ends.begin() + static_cast<std::ptrdiff_t>(std::min(ends.size(), modes.size())), 0);
    for (int done = 0; done < count; done += kTileWidth) {
        const MarginalDraws draws(subject.distribution, subject.key, first + done, std::min(kTileWidth, count - done));
        const auto& piece = draws.pieces().front();
        descent.start(piece.x0 + ladder_.back() * piece.noise, ladder_.back());
        descent.descend(sigma);
        const auto found = labels.of(descent.x());
        for (int c = 0; c < piece.columns; ++c) {
            const int leaf = found[static_cast<std::size_t>(c)];
            if (descent.is_lost(c)) {
                ++failed;
            } else if (leaf == ModeLabels::kNone || leaf >= leaves_) {
                ++strays;
            } else {
                ++ends[static_cast<std::size_t>(leaf)];
            }
        }
    }
    record.integers("particles")[0] = count - failed;
}

}  // namespace sigmaflow
