#include "analysis_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>

#include "summary_group.hpp"

namespace sigmaflow {
namespace {

using PartBytes = std::vector<std::byte>;

/// What a place holds that was never computed: NaN, or -1 in integers.
PartBytes unused(Element element, std::uint64_t elements) {
    PartBytes out(elements * size_of(element), std::byte{0xff});  // all bits set are -1
    if (element != Element::f64) return out;
    const double nothing = std::nan("");
    for (std::uint64_t i = 0; i < elements; ++i) std::memcpy(&out[i * sizeof nothing], &nothing, sizeof nothing);
    return out;
}

class AnalysisSummary {
  public:
    AnalysisSummary(const Parts& parts, std::size_t index, hid_t parent)
        : parts_(parts), layout_(parts.layout().groups[index]), summary_(parent, layout_) {
        const auto& tasks = parts.layout().tasks;
        task_of_.assign(layout_.size_of_dimension("point"),
                        std::vector<std::optional<std::uint64_t>>(layout_.size_of_dimension(layout_.part_axis)));
        for (std::uint64_t task = 0; task < tasks.size(); ++task) {
            if (tasks[task].group == index) task_of_[tasks[task].row][tasks[task].block] = task;
        }
    }

    void write() {
        for (const auto& dimension : layout_.dimensions) summary_.add_dimension(dimension.name, dimension.size);
        for (const auto& variable : layout_.variables) {
            if (variable.rows == Rows::fixed) summary_.add_values(described(variable), variable.content);
        }
        const auto done = summary_.add({"done", Element::u8, {"point", layout_.part_axis}, "", "parts that are done"});
        std::vector<std::size_t> outputs;
        for (const auto* variable : layout_.task_variables()) outputs.push_back(summary_.add(described(*variable)));
        for (const auto& tasks : task_of_) {
            summary_.append(done, flags_of(tasks));
            for (std::size_t i = 0; i < outputs.size(); ++i) summary_.append(outputs[i], values_of(tasks, i));
        }
        summary_.finish();
    }

  private:
    using Tasks = std::vector<std::optional<std::uint64_t>>;  ///< of one point, by part

    static SummaryVariable described(const Variable& variable) {
        return {variable.name,    variable.element, variable.dimensions,   variable.unit,
                variable.meaning, variable.numbers, variable.flag_meanings};
    }

    [[nodiscard]] bool is_done(const std::optional<std::uint64_t>& task) const {
        return task && parts_.state(*task).status == TaskStatus::done;
    }

    [[nodiscard]] PartBytes flags_of(const Tasks& tasks) const {
        PartBytes out;
        for (const auto& task : tasks) out.push_back(is_done(task) ? std::byte{1} : std::byte{0});
        return out;
    }

    [[nodiscard]] PartBytes values_of(const Tasks& tasks, std::size_t index) const {
        const auto& variable = *layout_.task_variables()[index];
        PartBytes out;
        for (const auto& task : tasks) {
            const auto row =
                is_done(task) ? parts_.row(*task, index) : unused(variable.element, layout_.row_elements(variable));
            out.insert(out.end(), row.begin(), row.end());
        }
        return out;
    }

    const Parts& parts_;
    const Group& layout_;
    SummaryGroup summary_;
    std::vector<Tasks> task_of_;
};

}  // namespace

void write_analysis_summary(const Parts& parts, std::size_t index, hid_t parent) {
    AnalysisSummary(parts, index, parent).write();
}

}  // namespace sigmaflow
