#include "sigmaflow/dynamics/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sigmaflow {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The values of valid particles, in order.
void gather(const BlockBuffer& block, std::size_t field, int level, int component, std::vector<double>& out) {
    const auto values = block.values(field, level, component);
    out.clear();
    for (int i = 0; i < block.particles(); ++i) {
        const double value = values[static_cast<std::size_t>(i)];
        if (block.is_valid(i, level) && std::isfinite(value)) out.push_back(value);
    }
}

}  // namespace

FieldStatistics field_statistics(const BlockBuffer& block, std::size_t field, const BinIndex& bins) {
    const int components = block.fields()[field].components;
    const auto size = static_cast<std::size_t>(block.levels()) * static_cast<std::size_t>(components);
    const auto bin_count = static_cast<std::size_t>(bins.size());
    FieldStatistics out;
    for (auto* column : {&out.mean, &out.m2, &out.min, &out.max}) column->assign(size, nan);
    out.bins.assign(size * bin_count, 0);
    std::vector<double> valid;
    for (std::size_t i = 0; i < size; ++i) {
        const auto level = static_cast<int>(i) / components;
        gather(block, field, level, static_cast<int>(i) % components, valid);
        if (valid.empty()) continue;
        double sum = 0.0;
        for (const double v : valid) sum += v;
        const double mean = sum / static_cast<double>(valid.size());
        double m2 = 0.0;
        for (const double v : valid) {
            m2 += (v - mean) * (v - mean);
            ++out.bins[i * bin_count + static_cast<std::size_t>(bins(v))];
        }
        const auto [low, high] = std::minmax_element(valid.begin(), valid.end());
        out.mean[i] = mean;
        out.m2[i] = m2;
        out.min[i] = *low;
        out.max[i] = *high;
    }
    return out;
}

std::vector<std::uint32_t> valid_counts(const BlockBuffer& block, std::span<const double> level_sigma) {
    std::vector<std::uint32_t> out(static_cast<std::size_t>(block.levels()), 0);
    for (int level = 0; level < block.levels(); ++level) {
        if (std::isnan(level_sigma[static_cast<std::size_t>(level)])) continue;
        for (int i = 0; i < block.particles(); ++i) {
            out[static_cast<std::size_t>(level)] += block.is_valid(i, level) ? 1U : 0U;
        }
    }
    return out;
}

}  // namespace sigmaflow
