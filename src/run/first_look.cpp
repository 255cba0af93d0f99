#include "sigmaflow/run/first_look.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis_look.hpp"

namespace sigmaflow {
namespace {

template <class Number>
std::vector<Number> numbers_of(const std::vector<std::byte>& bytes) {
    std::vector<Number> out(bytes.size() / sizeof(Number));
    if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size() * sizeof(Number));
    return out;
}

/// Reads the finished blocks of one point.
class PointLook {
  public:
    PointLook(const StoreReader& reader, const Plan& plan, std::size_t point) : reader_(reader) {
        const auto statuses = reader.statuses();
        const auto first = point * static_cast<std::size_t>(plan.blocks);
        for (std::size_t task = first; task < first + static_cast<std::size_t>(plan.blocks); ++task) {
            if (statuses[task] == TaskStatus::done) tasks_.push_back(task);
        }
        variables_ = reader.layout().groups[plan.group_of_point[point]].task_variables();
        levels_ = plan.groups[plan.group_of_point[point]].levels;
    }

    [[nodiscard]] bool is_empty() const { return tasks_.empty(); }

    /// Mean over all particles of component 0 of a field at every level; NaN where nothing was recorded.
    [[nodiscard]] std::vector<double> means(const Field& field) const {
        const auto size = static_cast<std::size_t>(levels_);
        std::vector<double> sum(size, 0.0);
        std::vector<double> weight(size, 0.0);
        for (const auto task : tasks_) {
            const auto counts = numbers_of<std::uint32_t>(reader_.read_row(task, index("count")));
            const auto values = numbers_of<double>(reader_.read_row(task, index(field.name + "_mean")));
            for (std::size_t level = 0; level < size; ++level) {
                const double value = values[level * static_cast<std::size_t>(field.components)];
                if (counts[level] == 0 || std::isnan(value)) continue;
                sum[level] += counts[level] * value;
                weight[level] += counts[level];
            }
        }
        for (std::size_t level = 0; level < size; ++level) sum[level] /= weight[level];
        return sum;
    }

  private:
    [[nodiscard]] std::size_t index(const std::string& name) const {
        const auto found =
            std::find_if(variables_.begin(), variables_.end(), [&](const auto* v) { return v->name == name; });
        return static_cast<std::size_t>(found - variables_.begin());
    }

    const StoreReader& reader_;
    std::vector<std::size_t> tasks_;
    std::vector<const Variable*> variables_;
    int levels_ = 0;
};

double last_finite(const std::vector<double>& values) {
    for (auto value = values.rbegin(); value != values.rend(); ++value) {
        if (!std::isnan(*value)) return *value;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

double least_finite(const std::vector<double>& values) {
    double least = std::numeric_limits<double>::infinity();
    for (const double value : values) {
        if (!std::isnan(value)) least = std::min(least, value);
    }
    return least;
}

std::string point_name(const Point& point) {
    std::string out = point.distribution.label + " " + point.schedule.label + " " + point.solver.label;
    for (const auto& [address, value] : point.axes) {
        out += " " + address.substr(address.rfind('.') + 1) + "=" + value.canonical();
    }
    return out;
}

std::string heading(const std::vector<Field>& fields) {
    std::string line = fmt::format("{:<40}", "point");
    for (const auto& field : fields) {
        if (field.name == "spectrum")
            line += fmt::format(" {:>12}", "least J");
        else if (field.component.empty())
            line += fmt::format(" {:>12}", field.name);
    }
    return line + "\n";
}

std::string point_line(const std::string& name, const PointLook& look, const std::vector<Field>& fields) {
    std::string line = fmt::format("{:<40}", name);
    for (const auto& field : fields) {
        if (field.name != "spectrum" && !field.component.empty()) continue;
        const auto means = look.means(field);
        line += fmt::format(" {:>12.5g}", field.name == "spectrum" ? least_finite(means) : last_finite(means));
    }
    return line + "\n";
}

}  // namespace

std::string first_look(const StoreReader& reader, const Plan& plan, std::size_t most) {
    const std::string analyses = look_at_analyses(reader, plan, most / 4);
    if (plan.points.empty()) return analyses;
    const auto fields = plan.groups.front().fields;
    std::string out = "means at the last recorded sigma; least J: over all recorded sigmas (negative: branching)\n";
    out += heading(fields);
    for (std::size_t i = 0; i < std::min(most, plan.points.size()); ++i) {
        const PointLook look(reader, plan, i);
        if (!look.is_empty()) out += point_line(point_name(plan.points[i]), look, fields);
    }
    if (plan.points.size() > most) out += fmt::format("... and {} more points\n", plan.points.size() - most);
    return out + analyses;
}

}  // namespace sigmaflow
