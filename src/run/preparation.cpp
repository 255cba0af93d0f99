#include "preparation.hpp"

#include <fmt/format.h>

#include <limits>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/parallel/node_resources.hpp"
#include "sigmaflow/run/limits.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/store/output.hpp"

namespace sigmaflow {
namespace {

/// More parts than tasks would leave some without any.
void require_tasks(const Layout& layout) {
    if (layout.part.count <= static_cast<std::int64_t>(layout.tasks.size()) || layout.part.is_whole()) return;
    throw InputError(fmt::format("the study cannot be cut into {} parts", layout.part.count),
                     fmt::format("it has {} tasks", layout.tasks.size()), "choose fewer parts or a smaller block");
}

}  // namespace

void prepare(const RunOptions& options, int rank, Prepared& out) {
    out.faults = FaultPlan::from_environment();
    out.faults.strike_start(rank);
    auto overrides = options.overrides;
    if (options.preview) {
        for (auto& extra : preview_overrides(read_study(options.study, overrides))) overrides.push_back(extra);
    }
    out.inputs = read_inputs(options.study, overrides);
    out.plan = make_plan(out.inputs.study, out.inputs.catalog);
    out.layout = make_layout(out.inputs.study, out.plan);
    out.layout.part = options.part;
    require_tasks(out.layout);
    out.options = options;
    if (options.output.empty()) out.options.output = out.inputs.study.name + ".h5";
}

void require_equal_numerics(const MpiEnvironment& mpi, const Layout& layout) {
    std::string mine;
    for (const auto& [name, value] : layout.fingerprint) mine += (mine.empty() ? "" : ", ") + name + " = " + value;
    const std::string theirs = broadcast_text(mpi.comm(), mine);
    if (mine != theirs) {
        throw InputError(fmt::format("rank {} computes with other numerics than rank 0", mpi.rank()),
                         "here " + mine + "; rank 0 " + theirs, "use nodes of one kind, or a portable build");
    }
}

void require_room(const MpiEnvironment& mpi, const Prepared& prepared) {
    const auto& options = prepared.options;
    NodeShare node{mpi.ranks_on_this_node(), available_memory(), available_disk(options.output)};
    const bool is_there = is_occupied(options.output);
    if (is_there && options.resume) node.disk = std::numeric_limits<std::uint64_t>::max();  // its space is reserved
    if (options.ignore_limits) return;
    const auto cost = forecast(prepared.plan, prepared.layout, mpi.size(), choose_threads(options.threads));
    const auto limits = exceeded_limits(cost, node);
    if (limits.empty()) return;
    throw InputError("the study does not fit", joined(limits, "; "),
                     "choose fewer threads, particles, levels or a smaller block, or --ignore-limits");
}

}  // namespace sigmaflow
