#include <fmt/format.h>

#include <algorithm>
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
    CsvReader(const std::string& path, std::string labels) : where_{path, 0, 0}, labels_(std::move(labels)) {}

    void line(std::string_view text) {
        ++where_.line;
        if (where_.line == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
        text = trimmed(text);
        if (text.empty() || text.front() == '#') return;
        const auto fields = fields_of(text);
        if (fields_ == 0) {
            fields_ = fields.size();
            if (!labels_.empty()) return find_labels(fields);
            if (is_heading(fields)) return;
        }
        if (fields.size() != fields_) {
            throw InputError(where_, fmt::format("{} numbers instead of {}", fields.size(), fields_),
                             "every point needs the same number of coordinates");
        }
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (i == label_column_) {
                table_.labels.emplace_back(fields[i]);
            } else {
                add(fields[i]);
            }
        }
        ++table_.rows;
    }

    [[nodiscard]] NumberTable table() && {
        table_.columns = fields_ - (label_column_ == kNone ? 0 : 1);
        return std::move(table_);
    }

  private:
    void find_labels(const std::vector<std::string_view>& heading) {
        const auto found = std::find(heading.begin(), heading.end(), labels_);
        if (found == heading.end()) {
            throw InputError(where_, "there is no column '" + labels_ + "' for the labels",
                             fmt::format("the first line is {}", fmt::join(heading, ", ")),
                             "name the columns in the first line");
        }
        label_column_ = static_cast<std::size_t>(found - heading.begin());
    }

    void add(std::string_view field) {
        constexpr std::size_t kShown = 40;
        const auto value = number(field);
        if (!value) {
            throw InputError(where_, fmt::format("'{}' is not a number", field.substr(0, kShown)),
                             "a table of points has numbers separated by commas, a line per point");
        }
        table_.values.push_back(*value);
    }

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    Location where_;
    std::string labels_;
    std::size_t fields_ = 0;
    std::size_t label_column_ = kNone;
    NumberTable table_;
};

}  // namespace

NumberTable read_csv(const std::string& path, const std::string& labels) {
    std::ifstream file(path);
    CsvReader reader(path, labels);
    for (std::string line; std::getline(file, line);) reader.line(line);
    if (file.bad()) throw InputError("cannot read '" + path + "'");
    return std::move(reader).table();
}

}  // namespace sigmaflow
