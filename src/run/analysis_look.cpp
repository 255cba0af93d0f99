#include "analysis_look.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>
#include <vector>

namespace sigmaflow {
namespace {

constexpr std::size_t kMostFields = 8;
constexpr std::uint64_t kMostParts = 6;

/// The fields of a table: indices of single numbers that are no errors of others.
std::vector<std::size_t> single_numbers(const std::vector<RecordField>& fields) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < fields.size() && out.size() < kMostFields; ++i) {
        if (fields[i].axes.empty() && !fields[i].name.ends_with("_error")) out.push_back(i);
    }
    return out;
}

std::string number_text(const StoreReader& reader, std::uint64_t task, std::size_t field, bool integer) {
    const auto bytes = reader.read_row(task, field);
    if (integer) {
        std::int64_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return fmt::format(" {:>12}", value);
    }
    double value = 0.0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return fmt::format(" {:>12.5g}", value);
}

std::string heading(const PlannedAnalysis& planned, const std::vector<std::size_t>& shown) {
    std::string out = fmt::format("analysis {} of {}", planned.point.analysis.label, planned.point.distribution.label);
    for (const auto& [address, value] : planned.point.axes) {
        out += fmt::format(" {}={}", address.substr(address.rfind('.') + 1), value.shown());
    }
    out += fmt::format("\n{:>8}", planned.analysis->part_axis());
    for (const auto i : shown) out += fmt::format(" {:>12.12}", planned.fields[i].name);
    return out + "\n";
}

/// The done tasks of an analysis; `first` is that of its first part.
std::vector<std::uint64_t> done_parts(const std::vector<TaskStatus>& statuses, std::uint64_t first, int parts) {
    std::vector<std::uint64_t> out;
    for (std::uint64_t task = first; task < first + static_cast<std::uint64_t>(parts); ++task) {
        if (statuses[task] == TaskStatus::done) out.push_back(task);
    }
    return out;
}

}  // namespace

std::string look_at_analyses(const StoreReader& reader, const Plan& plan, std::size_t most) {
    std::string out;
    const auto statuses = reader.statuses();
    std::uint64_t first = plan.points.size() * static_cast<std::uint64_t>(plan.blocks);
    for (std::size_t i = 0; i < std::min(most, plan.analyses.size()); ++i) {
        const PlannedAnalysis& planned = plan.analyses[i];
        const auto shown = single_numbers(planned.fields);
        const auto parts = done_parts(statuses, first, planned.parts);
        out += heading(planned, shown);
        const std::uint64_t lines = std::min<std::uint64_t>(kMostParts, parts.size());
        for (std::uint64_t line = 0; line < lines; ++line) {
            const std::uint64_t task = parts[lines == 1 ? 0 : line * (parts.size() - 1) / (lines - 1)];
            out += fmt::format("{:>8}", task - first);
            for (const auto field : shown) out += number_text(reader, task, field, planned.fields[field].integer);
            out += "\n";
        }
        first += static_cast<std::uint64_t>(planned.parts);
    }
    if (plan.analyses.size() > most) out += fmt::format("... and {} more analyses\n", plan.analyses.size() - most);
    return out;
}

}  // namespace sigmaflow
