#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <sstream>

#include "sigmaflow/core/input_file.hpp"
#include "sigmaflow/schedule/table_schedule.hpp"

namespace sigmaflow {
namespace {

constexpr std::size_t kMostTableBytes = 16U << 20U;

/// The numbers of a line, separated by commas or white space; nothing if something else stands there.
std::optional<std::vector<double>> parse_row(std::string line) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::vector<double> row;
    const char* cursor = line.data();
    const char* end = line.data() + line.size();
    const auto skip = [&] {
        cursor = std::find_if(cursor, end, [](char c) { return c != ' ' && c != '\t' && c != '\r'; });
    };
    for (skip(); cursor != end; skip()) {
        double number = 0.0;
        const auto result = std::from_chars(cursor, end, number);
        if (result.ec != std::errc()) return std::nullopt;
        row.push_back(number);
        cursor = result.ptr;
    }
    return row;
}

bool starts_with_name(const std::string& line) {
    const char first = line[line.find_first_not_of(" \t\r")];
    return std::isalpha(static_cast<unsigned char>(first)) != 0 || first == '"' || first == '#';
}

ScheduleTable from_columns(std::vector<std::vector<double>> columns) {
    if (columns.size() == 1) return complete_table({{}, {}, std::move(columns[0])});
    if (columns.size() == 2) return complete_table({std::move(columns[0]), {}, std::move(columns[1])});
    return {std::move(columns[0]), std::move(columns[1]), std::move(columns[2])};
}

}  // namespace

ScheduleTable read_schedule_table(const std::string& path, const Location& where) {
    require_regular_file(path, where);
    std::istringstream file(read_text_file(path, kMostTableBytes, where));
    if (file.view().size() > kMostTableBytes) {
        throw InputError(where, "the schedule table '" + path + "' is too long", "more than 16 MiB");
    }
    std::vector<std::vector<double>> columns;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto row = parse_row(line);
        if (!row && number == 1 && starts_with_name(line)) continue;
        if (row && columns.empty() && row->size() <= 3) columns.resize(row->size());
        if (!row || row->empty() || row->size() != columns.size()) {
            throw InputError(Location{path, number, 1}, "not a row of a schedule table: '" + line.substr(0, 80) + "'",
                             "expected t, s, sigma in every row, or t, sigma, or sigma alone");
        }
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back((*row)[i]);
    }
    if (columns.empty()) throw InputError(where, "the schedule table '" + path + "' has no rows");
    return from_columns(std::move(columns));
}

}  // namespace sigmaflow
