#include "data_split.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

struct Candidate {
    std::uint64_t rank;
    std::size_t point;

    bool operator<(const Candidate& other) const {
        return rank != other.rank ? rank < other.rank : point < other.point;
    }
};

}  // namespace

std::vector<bool> held_out_points(Eigen::Index count, const Labels& labels, double fraction, std::uint64_t split) {
    const auto size = static_cast<std::size_t>(count);
    std::vector<std::vector<Candidate>> classes(labels.empty() ? 1 : labels.classes.size());
    for (std::size_t i = 0; i < size; ++i) {
        Stream stream(split, 0, static_cast<std::int64_t>(i), Purpose::held_out);
        classes[labels.empty() ? 0 : static_cast<std::size_t>(labels.of_point[i])].push_back({stream.bits(), i});
    }
    std::vector<bool> out(size, false);
    for (auto& members : classes) {
        if (members.empty()) continue;
        const auto n = static_cast<std::int64_t>(members.size());
        const std::int64_t chosen = std::min(std::llround(fraction * static_cast<double>(n)), n - 1LL);
        std::sort(members.begin(), members.end());
        for (std::int64_t j = 0; j < chosen; ++j) out[members[static_cast<std::size_t>(j)].point] = true;
    }
    return out;
}

}  // namespace sigmaflow
