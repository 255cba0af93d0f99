#include "merged_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include "row_values.hpp"

namespace sigmaflow {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::optional<BinIndex> scale_of(const Variable& bins) {
    const std::map<std::string, double> numbers(bins.numbers.begin(), bins.numbers.end());
    for (const char* name : {"origin", "sign", "lowest", "highest", "relative_accuracy", "two_sided"}) {
        if (!numbers.contains(name)) return std::nullopt;
    }
    return BinIndex({.origin = numbers.at("origin"),
                     .sign = numbers.at("sign"),
                     .lowest = numbers.at("lowest"),
                     .highest = numbers.at("highest"),
                     .relative_accuracy = numbers.at("relative_accuracy"),
                     .two_sided = numbers.at("two_sided") != 0.0});
}

std::optional<StatisticField> field_named(const Group& group, const std::string& name) {
    const auto variables = group.task_variables();
    bool complete = true;
    const auto position = [&](const char* suffix) {
        const int found = find_task_variable(group, name + suffix);
        complete = complete && found >= 0 && variables[static_cast<std::size_t>(found)]->rows == Rows::per_block;
        return static_cast<std::size_t>(std::max(found, 0));
    };
    StatisticField field{.name = name,
                         .mean = position("_mean"),
                         .m2 = position("_m2"),
                         .min = position("_min"),
                         .max = position("_max"),
                         .bins = position("_bins"),
                         .scale = std::nullopt};
    if (!complete) return std::nullopt;
    const auto& bins = *variables[field.bins];
    field.components = group.row_elements(*variables[field.mean]) / group.size_of_dimension("level");
    field.bin_count = group.size_of_dimension(bins.dimensions.back());
    field.bin_element = bins.element;
    field.scale = scale_of(bins);
    if (field.scale && static_cast<std::uint64_t>(field.scale->size()) != field.bin_count) {
        throw std::runtime_error(fmt::format("{}_bins of group '{}' has {} bins, but its scale has {}", name,
                                             group.name, field.bin_count, field.scale->size()));
    }
    return field;
}

}  // namespace

std::vector<StatisticField> statistic_fields(const Group& group) {
    static const std::string kMean = "_mean";
    std::vector<StatisticField> fields;
    if (find_task_variable(group, "count") < 0 || group.size_of_dimension("level") == 0) return fields;
    for (const auto* variable : group.task_variables()) {
        if (!variable->name.ends_with(kMean)) continue;
        const auto name = variable->name.substr(0, variable->name.size() - kMean.size());
        if (auto field = field_named(group, name)) fields.push_back(std::move(*field));
    }
    return fields;
}

MergedField::MergedField(const StatisticField& field, std::uint64_t levels)
    : field_(field),
      count_(levels * field.components, 0.0),
      mean_(count_.size(), kNan),
      m2_(count_.size(), kNan),
      min_(count_.size(), kNan),
      max_(count_.size(), kNan),
      bins_(count_.size() * field.bin_count, 0) {}

void MergedField::add(std::span<const std::uint64_t> counts, const FieldRows& rows) {
    const auto value = [](std::span<const std::byte> row, std::size_t i) { return number_at(row, Element::f64, i); };
    for (std::size_t i = 0; i < count_.size(); ++i) {
        const auto added = static_cast<double>(counts[i / field_.components]);
        if (added == 0.0) continue;
        if (count_[i] == 0.0) {
            mean_[i] = value(rows.mean, i);
            m2_[i] = value(rows.m2, i);
            min_[i] = value(rows.min, i);
            max_[i] = value(rows.max, i);
        } else {
            const double total = count_[i] + added;
            const double delta = value(rows.mean, i) - mean_[i];
            mean_[i] += delta * (added / total);
            m2_[i] += value(rows.m2, i) + delta * delta * (count_[i] * added / total);
            min_[i] = std::min(min_[i], value(rows.min, i));
            max_[i] = std::max(max_[i], value(rows.max, i));
        }
        count_[i] += added;
    }
    for (std::size_t i = 0; i < bins_.size(); ++i) bins_[i] += count_at(rows.bins, field_.bin_element, i);
}

std::vector<double> MergedField::variance() const {
    std::vector<double> variance(count_.size(), kNan);
    for (std::size_t i = 0; i < count_.size(); ++i) {
        if (count_[i] > 1.0) variance[i] = m2_[i] / (count_[i] - 1.0);
    }
    return variance;
}

std::vector<double> MergedField::standard_error() const {
    auto error = variance();
    for (std::size_t i = 0; i < error.size(); ++i) error[i] = std::sqrt(error[i] / count_[i]);
    return error;
}

std::vector<double> MergedField::quantiles(std::span<const double> probabilities) const {
    std::vector<double> quantiles;
    for (std::size_t i = 0; i < count_.size(); ++i) {
        const auto counts = std::span(bins_).subspan(i * field_.bin_count, field_.bin_count);
        for (const double q : probabilities)
            quantiles.push_back(field_.scale ? field_.scale->quantile(counts, q) : kNan);
    }
    return quantiles;
}

}  // namespace sigmaflow
