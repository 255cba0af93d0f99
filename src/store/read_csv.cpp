#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "number_table.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const auto comma = line.find(',');
        fields.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) return fields;
        line.remove_prefix(comma + 1);
    }
}

std::optional<double> number(std::string_view field) {
    if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc{} || end != field.data() + field.size()) return std::nullopt;
    return value;
}

/// Names of columns: no field is a number, and none is missing.
bool is_heading(const std::vector<std::string_view>& fields) {
    for (const auto field : fields) {
        if (field.empty() || number(field).has_value()) return false;
    }
    return true;
}

class CsvReader {
  public:
    explicit CsvReader(const std::string& path) : where_{path, 0, 0} {}

    void line(std::string_view text) {
        ++where_.line;
        if (where_.line == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
        text = trimmed(text);
        if (text.empty() || text.front() == '#') return;
        const auto fields = fields_of(text);
        if (table_.columns == 0) {
            table_.columns = fields.size();
            if (is_heading(fields)) return;
        }
        if (fields.size() != table_.columns) {
            throw InputError(where_, fmt::format("{} numbers instead of {}", fields.size(), table_.columns),
                             "every point needs the same number of coordinates");
        }
        for (const auto field : fields) add(field);
        ++table_.rows;
    }

    [[nodiscard]] NumberTable table() && { return std::move(table_); }

  private:
    void add(std::string_view field) {
        constexpr std::size_t kShown = 40;
        const auto value = number(field);
        if (!value) {
            throw InputError(where_, fmt::format("'{}' is not a number", field.substr(0, kShown)),
                             "a table of points has numbers separated by commas, a line per point");
        }
        table_.values.push_back(*value);
    }

    Location where_;
    NumberTable table_;
};

}  // namespace

NumberTable read_csv(const std::string& path) {
    std::ifstream file(path);
    CsvReader reader(path);
    for (std::string line; std::getline(file, line);) reader.line(line);
    if (file.bad()) throw InputError("cannot read '" + path + "'");
    return std::move(reader).table();
}

}  // namespace sigmaflow
