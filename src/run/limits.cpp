#include "sigmaflow/run/limits.hpp"

#include <fmt/format.h>

#include "sigmaflow/run/progress.hpp"

namespace sigmaflow {

std::vector<std::string> exceeded_limits(const Forecast& cost, const NodeShare& node) {
    std::vector<std::string> out;
    const auto ranks = static_cast<std::uint64_t>(node.ranks);
    if (cost.memory_bytes > node.memory / ranks) {
        out.push_back(fmt::format("it needs about {} of memory in each of {} rank{} of a node, which has {} left",
                                  readable_bytes(cost.memory_bytes), ranks, ranks == 1 ? "" : "s",
                                  readable_bytes(node.memory)));
    }
    if (cost.file_bytes > node.disk) {
        out.push_back(fmt::format("its result file takes {}, and the disk has {} left", readable_bytes(cost.file_bytes),
                                  readable_bytes(node.disk)));
    }
    return out;
}

}  // namespace sigmaflow
