#include "sigmaflow/store/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "point_table.hpp"
#include "row_values.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {
namespace {

/// Collects lines up to the limit.
class Report {
  public:
    void add(std::string line) {
        if (lines_.size() < kMostDifferences) {
            lines_.push_back(std::move(line));
        } else {
            ++left_out_;
        }
    }

    [[nodiscard]] std::vector<std::string> lines(const std::vector<std::string>& first) && {
        if (lines_.empty()) return {};
        lines_.insert(lines_.begin(), first.begin(), first.end());
        if (left_out_ > 0) lines_.push_back(fmt::format("and {} more differences", left_out_));
        return std::move(lines_);
    }

  private:
    std::vector<std::string> lines_;
    std::size_t left_out_ = 0;
};

std::vector<std::string> fingerprint_differences(const Layout& a, const Layout& b) {
    std::map<std::string, std::pair<std::string, std::string>> entries;
    for (const auto& [name, value] : a.fingerprint) entries[name].first = value;
    for (const auto& [name, value] : b.fingerprint) entries[name].second = value;
    std::vector<std::string> lines;
    for (const auto& [name, values] : entries) {
        if (values.first == values.second) continue;
        lines.push_back(fmt::format("numerics differ: {} '{}' against '{}'", name, values.first, values.second));
    }
    return lines;
}

/// "[level 3, rank 0]" of an element of a row whose axes start with dimension `first`.
std::string index_text(const Group& group, const Variable& variable, std::size_t first, std::uint64_t element) {
    std::string text;
    for (std::size_t i = variable.dimensions.size(); i-- > first;) {
        const auto size = group.size_of_dimension(variable.dimensions[i]);
        text = fmt::format("{} {}{}{}", variable.dimensions[i], element % size, text.empty() ? "" : ", ", text);
        element /= size;
    }
    return text.empty() ? "" : "[" + text + "]";
}

class Comparison {
  public:
    Comparison(const StoreReader& a, const StoreReader& b, double rtol, Report& report)
        : a_(a), b_(b), rtol_(rtol), report_(report) {}

    void run() {
        const auto ids_a = point_ids(a_.layout(), a_.path());
        const auto ids_b = point_ids(b_.layout(), b_.path());
        one_sided_points(ids_a, ids_b, a_.path());
        one_sided_points(ids_b, ids_a, b_.path());
        const auto tasks_a = tasks_by_key(a_.layout(), a_.path());
        const auto tasks_b = tasks_by_key(b_.layout(), b_.path());
        const auto states_a = a_.statuses();
        const auto states_b = b_.statuses();
        const std::set<std::uint64_t> known_b(ids_b.begin(), ids_b.end());
        const std::set<std::uint64_t> known_a(ids_a.begin(), ids_a.end());
        for (const auto& [key, task_a] : tasks_a) {
            if (!known_b.contains(key.first)) continue;
            const auto found = tasks_b.find(key);
            if (found == tasks_b.end()) {
                report_.add(fmt::format("{}: only in {}", name(key), a_.path()));
            } else {
                tasks(key, task_a, found->second, states_a[task_a], states_b[found->second]);
            }
        }
        for (const auto& [key, task_b] : tasks_b) {
            if (known_a.contains(key.first) && !tasks_a.contains(key)) {
                report_.add(fmt::format("{}: only in {}", name(key), b_.path()));
            }
        }
    }

  private:
    static std::string name(const TaskKey& key) { return fmt::format("point {} block {}", hex(key.first), key.second); }

    void one_sided_points(const std::vector<std::uint64_t>& ids, const std::vector<std::uint64_t>& others,
                          const std::string& path) {
        const std::set<std::uint64_t> known(others.begin(), others.end());
        for (const auto id : ids) {
            if (!known.contains(id)) report_.add(fmt::format("point {}: only in {}", hex(id), path));
        }
    }

    void tasks(const TaskKey& key, std::uint64_t task_a, std::uint64_t task_b, TaskStatus state_a, TaskStatus state_b) {
        const auto& place_a = a_.layout().tasks[task_a];
        const auto& place_b = b_.layout().tasks[task_b];
        const auto& group_a = a_.layout().groups[place_a.group];
        const auto& group_b = b_.layout().groups[place_b.group];
        kept_first_ = place_a.kept_first;
        if (compared_points_.insert(key.first).second) fixed(key.first, group_a, place_a.row, group_b, place_b.row);
        if (place_a.first != place_b.first || place_a.count != place_b.count) {
            report_.add(fmt::format("{}: particles {} + {} against {} + {}", name(key), place_a.first, place_a.count,
                                    place_b.first, place_b.count));
            return;
        }
        const bool done_a = state_a == TaskStatus::done;
        const bool done_b = state_b == TaskStatus::done;
        if (done_a != done_b) {
            report_.add(fmt::format("{}: done only in {}", name(key), done_a ? a_.path() : b_.path()));
        }
        if (done_a && done_b) rows(key, task_a, task_b, group_a, group_b);
    }

    void rows(const TaskKey& key, std::uint64_t task_a, std::uint64_t task_b, const Group& group_a,
              const Group& group_b) {
        const auto variables = group_a.task_variables();
        for (std::size_t i = 0; i < variables.size(); ++i) {
            const auto& variable = *variables[i];
            const int j = find_task_variable(group_b, variable.name);
            if (j < 0) {
                one_sided_variable(variable.name, a_.path());
                continue;
            }
            const auto& other = *group_b.task_variables()[static_cast<std::size_t>(j)];
            if (rtol_ > 0.0 && variable.name.ends_with("_bins")) continue;
            compare(name(key), group_a, variable, 2, other, a_.read_row(task_a, i),
                    b_.read_row(task_b, static_cast<std::size_t>(j)));
        }
        for (const auto* variable : group_b.task_variables()) {
            if (find_task_variable(group_a, variable->name) < 0) one_sided_variable(variable->name, b_.path());
        }
    }

    /// Real-valued fixed variables; integer ones are references within the file.
    void fixed(std::uint64_t id, const Group& group_a, std::uint64_t row_a, const Group& group_b, std::uint64_t row_b) {
        for (const auto& variable : group_a.variables) {
            if (variable.rows != Rows::fixed || variable.element != Element::f64) continue;
            if (variable.dimensions.front() != "point") continue;
            const auto* other = find_variable(group_b, variable.name);
            if (other == nullptr || other->rows != Rows::fixed || other->dimensions.front() != "point") {
                one_sided_variable(variable.name, a_.path());
                continue;
            }
            compare(fmt::format("point {}", hex(id)), group_a, variable, 1, *other, point_row(group_a, variable, row_a),
                    point_row(group_b, *other, row_b));
        }
    }

    static std::vector<std::byte> point_row(const Group& group, const Variable& variable, std::uint64_t row) {
        const auto size = elements_per_point(group, variable) * size_of(variable.element);
        const auto bytes = std::span(variable.content).subspan(row * size, size);
        return {bytes.begin(), bytes.end()};
    }

    void one_sided_variable(const std::string& variable, const std::string& path) {
        if (one_sided_variables_.insert(variable).second) report_.add(fmt::format("{}: only in {}", variable, path));
    }

    [[nodiscard]] bool equal(double a, double b) const {
        if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
        return a == b || std::fabs(a - b) <= rtol_ * std::max(std::fabs(a), std::fabs(b));
    }

    void compare(const std::string& where, const Group& group, const Variable& variable, std::size_t first_dimension,
                 const Variable& other, const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
        if (variable.element != other.element || variable.dimensions != other.dimensions || a.size() != b.size()) {
            report_.add(
                fmt::format("{} {}: of different shape ({} and {} bytes)", where, variable.name, a.size(), b.size()));
            return;
        }
        if (a == b) return;
        const auto width = size_of(variable.element);
        std::uint64_t differing = 0;
        std::uint64_t first = 0;
        for (std::uint64_t i = 0; i < a.size() / width; ++i) {
            const bool same = rtol_ > 0.0 ? equal(number_at(a, variable.element, i), number_at(b, variable.element, i))
                                          : std::equal(&a[i * width], &a[i * width] + width, &b[i * width]);
            if (!same && differing++ == 0) first = i;
        }
        if (differing == 0) return;
        const bool per_particle = variable.rows == Rows::per_particle;  // such a row starts at the first kept particle
        const auto from = per_particle ? std::size_t{1} : first_dimension;
        const auto offset = per_particle ? kept_first_ * group.row_elements(variable) : 0;
        report_.add(fmt::format("{} {}{}: {:.17g} against {:.17g}{}", where, variable.name,
                                index_text(group, variable, from, first + offset),
                                number_at(a, variable.element, first), number_at(b, variable.element, first),
                                differing > 1 ? fmt::format(" (and {} more in this row)", differing - 1) : ""));
    }

    const StoreReader& a_;
    const StoreReader& b_;
    double rtol_;
    Report& report_;
    std::uint64_t kept_first_ = 0;  ///< of the task at hand
    std::set<std::uint64_t> compared_points_;
    std::set<std::string> one_sided_variables_;
};

}  // namespace

std::vector<std::string> diff_stores(const std::string& a, const std::string& b, double rtol) {
    const StoreReader reader_a(a);
    const StoreReader reader_b(b);
    Report report;
    Comparison(reader_a, reader_b, rtol, report).run();
    return std::move(report).lines(fingerprint_differences(reader_a.layout(), reader_b.layout()));
}

}  // namespace sigmaflow
