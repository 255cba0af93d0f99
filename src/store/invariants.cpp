#include "invariants.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>

#include "row_values.hpp"

namespace sigmaflow {
namespace {

using Complaints = std::vector<std::pair<std::string, std::string>>;
using RowBytes = std::vector<std::vector<std::byte>>;

/// sigma of one point, or empty when the group has none.
std::vector<double> sigma_of(const Group& group, std::uint64_t row) {
    const auto* variable = find_variable(group, "sigma");
    if (variable == nullptr || variable->rows != Rows::fixed || variable->element != Element::f64 ||
        variable->dimensions.size() != 2) {
        return {};
    }
    const auto levels = elements_per_point(group, *variable);
    std::vector<double> sigma;
    for (std::uint64_t i = 0; i < levels; ++i) {
        sigma.push_back(number_at(variable->content, Element::f64, row * levels + i));
    }
    return sigma;
}

std::uint64_t sum(std::span<const std::byte> bytes, Element element, std::size_t first, std::size_t size) {
    std::uint64_t total = 0;
    for (std::size_t i = first; i < first + size; ++i) total += count_at(bytes, element, i);
    return total;
}

/// A particle that fails on its way is valid at the levels before: at a level, some of the failed ones are missing, and
/// those that are missing stay so.
void check_counts(const Group& group, const TaskPlace& task, std::span<const std::uint64_t> counts,
                  std::uint64_t failures, Complaints& complaints) {
    const auto sigma = sigma_of(group, task.row);
    const auto particles = static_cast<std::uint64_t>(task.count);
    if (failures > particles) {
        complaints.emplace_back("failures", fmt::format("{} of {} particles have failed", failures, particles));
        return;
    }
    std::uint64_t before = particles;
    for (std::size_t level = 0; level < counts.size(); ++level) {
        if (level < sigma.size() && !std::isfinite(sigma[level])) continue;  // a masked level
        if (counts[level] > before || counts[level] + failures < particles) {
            complaints.emplace_back("count", fmt::format("{} valid and {} failed particles at level {} do not make {}",
                                                         counts[level], failures, level, before));
            return;
        }
        before = counts[level];
    }
}

void check_bins(const Group& group, const Variable& variable, std::span<const std::byte> row,
                std::span<const std::uint64_t> counts, Complaints& complaints) {
    const auto bins = group.size_of_dimension(variable.dimensions.back());
    const auto rows = group.row_elements(variable) / bins;
    if (counts.empty() || rows % counts.size() != 0) return;
    const auto components = rows / counts.size();
    for (std::size_t i = 0; i < rows; ++i) {
        const auto total = sum(row, variable.element, i * bins, bins);
        if (total == counts[i / components]) continue;
        complaints.emplace_back(variable.name, fmt::format("its bins at level {} hold {} values instead of {}",
                                                           i / components, total, counts[i / components]));
        return;
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> broken_invariants(const Group& group, const TaskPlace& task,
                                                                   const RowBytes& rows) {
    Complaints complaints;
    if (!group.analysis.empty()) return complaints;
    const int count = find_task_variable(group, "count");
    const int failures = find_task_variable(group, "failures");
    if (count < 0 || failures < 0) return complaints;
    const auto variables = group.task_variables();
    const auto row_of = [&](int i) -> const std::vector<std::byte>& { return rows[static_cast<std::size_t>(i)]; };
    const auto& counted = *variables[static_cast<std::size_t>(count)];
    const auto& failed = *variables[static_cast<std::size_t>(failures)];
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i < group.row_elements(counted); ++i) {
        counts.push_back(count_at(row_of(count), counted.element, i));
    }
    check_counts(group, task, counts, sum(row_of(failures), failed.element, 0, group.row_elements(failed)), complaints);
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i]->name.ends_with("_bins") && variables[i]->rows == Rows::per_block) {
            check_bins(group, *variables[i], rows[i], counts, complaints);
        }
    }
    return complaints;
}

void check_sigma(const Layout& layout, std::vector<Damage>& damage) {
    for (const auto& group : layout.groups) {
        if (!group.analysis.empty()) continue;
        const auto points = group.size_of_dimension("point");
        for (std::uint64_t point = 0; point < points; ++point) {
            auto sigma = sigma_of(group, point);
            std::erase_if(sigma, [](double value) { return !std::isfinite(value); });
            const bool up = sigma.size() > 1 && sigma[1] > sigma[0];
            for (std::size_t level = 1; level < sigma.size(); ++level) {
                if (up ? sigma[level] > sigma[level - 1] : sigma[level] < sigma[level - 1]) continue;
                damage.push_back({fmt::format("/results/{}/sigma, point {}", group.name, point),
                                  fmt::format("{} follows {}: noise levels must {}", sigma[level], sigma[level - 1],
                                              up ? "increase" : "decrease"),
                                  -1});
                break;
            }
        }
    }
}

}  // namespace sigmaflow
