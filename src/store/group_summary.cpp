#include "group_summary.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "merged_field.hpp"
#include "row_values.hpp"
#include "summary_group.hpp"

namespace sigmaflow {
namespace {

constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
    return std::as_bytes(std::span(values));
}

/// Blocks of one point: indices of its tasks, in block order.
using Blocks = std::vector<std::uint64_t>;

/// The tasks of every point of a group.
std::vector<Blocks> blocks_of(const Layout& layout, std::size_t group) {
    std::vector<Blocks> points(layout.groups[group].size_of_dimension("point"));
    for (std::uint64_t task = 0; task < layout.tasks.size(); ++task) {
        const auto& place = layout.tasks[task];
        if (place.group == group) points[place.row].push_back(task);
    }
    for (auto& blocks : points) std::ranges::sort(blocks, {}, [&](auto task) { return layout.tasks[task].block; });
    return points;
}

class GroupSummary {
  public:
    GroupSummary(const Parts& parts, std::size_t index, hid_t parent)
        : parts_(parts),
          layout_(parts.layout().groups[index]),
          blocks_(blocks_of(parts.layout(), index)),
          fields_(statistic_fields(layout_)),
          summary_(parent, layout_),
          count_(find_task_variable(layout_, "count")),
          failures_(find_task_variable(layout_, "failures")) {}

    void write() {
        add_dimensions();
        for (const auto& variable : layout_.variables) {
            if (variable.rows == Rows::fixed && variable.dimensions.front() == "point") copy(variable);
        }
        done_blocks_ = summary_.add({"done_blocks", Element::u64, {"point"}, "", "blocks in the statistics"});
        if (count_ >= 0) add_sums(count_, "count", "valid particles, those in the statistics");
        if (failures_ >= 0) add_sums(failures_, "failures", "failed particles by status");
        for (const auto& field : fields_) add(field);
        for (const auto& blocks : blocks_) point(blocks);
        summary_.finish();
    }

  private:
    /// Numbers of the variables of one field in the summary.
    struct Outputs {
        std::size_t mean, variance, error, min, max, bins, quantile;
    };

    [[nodiscard]] const Variable& variable(std::size_t index) const { return *layout_.task_variables()[index]; }

    /// The dimensions of a task variable without `block`.
    [[nodiscard]] std::vector<std::string> merged_dimensions(const Variable& variable) const {
        auto dimensions = variable.dimensions;
        std::erase(dimensions, "block");
        return dimensions;
    }

    void add_dimensions() {
        std::set<std::string> with_scale;
        for (const auto& field : fields_) {
            const auto dimension = variable(field.bins).dimensions.back();
            if (field.scale && with_scale.insert(dimension).second) add_bin_axis(dimension, *field.scale);
        }
        for (const auto& dimension : layout_.dimensions) {
            const bool used = dimension.name != "block" && dimension.name != "particle";
            if (used && !with_scale.contains(dimension.name)) summary_.add_dimension(dimension.name, dimension.size);
        }
        summary_.add_coordinate("quantile", kQuantiles, "probability of a quantile");
    }

    void add_bin_axis(const std::string& dimension, const BinIndex& scale) {
        std::vector<double> values;
        for (int i = 0; i < scale.size(); ++i) values.push_back(scale.representative(i));
        summary_.add_coordinate(dimension, values, "the value that stands for a bin");
    }

    void copy(const Variable& fixed) {
        if (fixed.dimensions == std::vector{fixed.name}) return;
        summary_.add_values({fixed.name, fixed.element, fixed.dimensions, fixed.unit, fixed.meaning, fixed.numbers},
                            fixed.content);
    }

    void add_sums(int index, const std::string& name, const std::string& meaning) {
        const auto& source = variable(static_cast<std::size_t>(index));
        sums_[name] = summary_.add({name, Element::u64, merged_dimensions(source), source.unit, meaning});
    }

    void add(const StatisticField& field) {
        const auto& mean = variable(field.mean);
        const auto& bins = variable(field.bins);
        const auto dimensions = merged_dimensions(mean);
        const auto add_real = [&](const std::string& suffix, const Variable& like, const std::string& what) {
            return summary_.add({field.name + suffix, Element::f64, dimensions, like.unit, what + field.name});
        };
        auto with_quantile = dimensions;
        with_quantile.emplace_back("quantile");
        outputs_.push_back({add_real("_mean", mean, "mean of "),
                            add_real("_variance", variable(field.m2), "variance (n - 1) of "),
                            add_real("_standard_error", mean, "standard error of the mean of "),
                            add_real("_min", mean, "least value of "), add_real("_max", mean, "greatest value of "),
                            summary_.add({field.name + "_bins", Element::u64, merged_dimensions(bins), bins.unit,
                                          "particles per bin of " + field.name, bins.numbers}),
                            summary_.add({field.name + "_quantile", Element::f64, with_quantile, mean.unit,
                                          "quantiles of " + field.name + ", from its bins", bins.numbers})});
    }

    void add_row(std::vector<std::uint64_t>& sum, std::uint64_t task, int index) const {
        const auto row = parts_.row(task, static_cast<std::size_t>(index));
        const auto element = variable(static_cast<std::size_t>(index)).element;
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += count_at(row, element, i);
    }

    [[nodiscard]] std::vector<std::uint64_t> zeros(int index) const {
        if (index < 0) return {};
        return std::vector<std::uint64_t>(layout_.row_elements(variable(static_cast<std::size_t>(index))), 0);
    }

    void point(const Blocks& blocks) {
        std::vector<MergedField> merged;
        const auto levels = fields_.empty() ? 0 : layout_.size_of_dimension("level");
        for (const auto& field : fields_) merged.emplace_back(field, levels);
        auto counts = zeros(count_);
        auto failures = zeros(failures_);
        std::vector<std::uint64_t> done{0};
        for (const auto task : blocks) {
            if (parts_.state(task).status != TaskStatus::done) continue;
            ++done[0];
            auto counts_of_block = zeros(count_);
            if (count_ >= 0) add_row(counts_of_block, task, count_);
            for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += counts_of_block[i];
            if (failures_ >= 0) add_row(failures, task, failures_);
            for (std::size_t i = 0; i < fields_.size(); ++i) merge(merged[i], fields_[i], task, counts_of_block);
        }
        summary_.append(done_blocks_, bytes_of(done));
        if (count_ >= 0) summary_.append(sums_.at("count"), bytes_of(counts));
        if (failures_ >= 0) summary_.append(sums_.at("failures"), bytes_of(failures));
        for (std::size_t i = 0; i < merged.size(); ++i) append(outputs_[i], merged[i]);
    }

    void merge(MergedField& merged, const StatisticField& field, std::uint64_t task,
               std::span<const std::uint64_t> counts) const {
        const auto mean = parts_.row(task, field.mean);
        const auto m2 = parts_.row(task, field.m2);
        const auto min = parts_.row(task, field.min);
        const auto max = parts_.row(task, field.max);
        const auto bins = parts_.row(task, field.bins);
        merged.add(counts, {mean, m2, min, max, bins});
    }

    void append(const Outputs& outputs, const MergedField& merged) {
        summary_.append(outputs.mean, bytes_of(merged.mean()));
        summary_.append(outputs.variance, bytes_of(merged.variance()));
        summary_.append(outputs.error, bytes_of(merged.standard_error()));
        summary_.append(outputs.min, bytes_of(merged.min()));
        summary_.append(outputs.max, bytes_of(merged.max()));
        summary_.append(outputs.bins, bytes_of(merged.bins()));
        summary_.append(outputs.quantile, bytes_of(merged.quantiles(kQuantiles)));
    }

    const Parts& parts_;
    const Group& layout_;
    std::vector<Blocks> blocks_;
    std::vector<StatisticField> fields_;
    SummaryGroup summary_;
    int count_;
    int failures_;
    std::size_t done_blocks_ = 0;
    std::map<std::string, std::size_t> sums_;
    std::vector<Outputs> outputs_;
};

}  // namespace

void write_group_summary(const Parts& parts, std::size_t index, hid_t parent) {
    GroupSummary(parts, index, parent).write();
}

}  // namespace sigmaflow
