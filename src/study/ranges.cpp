#include "ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sigmaflow/study/study.hpp"

namespace sigmaflow {
namespace {

constexpr const char* kShape = "allowed: { lin | log | int = [first, last, count] }";
/// Integers up to here, and differences of them, are exact in a double.
constexpr double kMostInteger = 1e15;

struct Range {
    std::string rule;
    double first = 0.0;
    double last = 0.0;
    std::int64_t count = 0;
    bool integral = false;  ///< both ends were written as integers
    Location where;
};

InputError refusal(const std::string& key, const Value& range, const std::string& why,
                   const std::string& suggestion = {}) {
    return {range.where(), "'" + key + "' is no range: " + range.shown(), why, suggestion};
}

void check_rule(const std::string& key, const Value& range, const Range& read) {
    if (read.first == read.last) throw refusal(key, range, "first and last are equal", "give a single value");
    if (read.rule == "log" && !(read.first > 0.0 && read.last > 0.0)) {
        throw refusal(key, range, "a log range needs first > 0 and last > 0");
    }
    if (read.rule != "int") return;
    if (!read.integral) throw refusal(key, range, "an int range has integers as first and last");
    if (std::abs(read.first) > kMostInteger || std::abs(read.last) > kMostInteger) {
        throw refusal(key, range, fmt::format("an int range stays within {:.0f}", kMostInteger));
    }
}

Range read_range(const std::string& key, const Value& range) {
    if (range.table().size() != 1) throw refusal(key, range, kShape);
    const auto& [rule, ends] = range.table().front();
    const std::vector<std::string> rules{"lin", "log", "int"};
    if (rule != "lin" && rule != "log" && rule != "int") throw refusal(key, range, kShape, suggest(rule, rules));
    if (!ends.is_list() || ends.list().size() != 3) throw refusal(key, range, kShape);
    const auto& list = ends.list();
    if (!list[0].is_number() || !list[1].is_number()) throw refusal(key, range, kShape);
    if (!list[2].is_integer() || list[2].integer() < 2 || list[2].integer() > kMostPoints) {
        throw refusal(key, range, fmt::format("the count is an integer from 2 to {}", kMostPoints));
    }
    Range out{rule,
              list[0].number(),
              list[1].number(),
              list[2].integer(),
              list[0].is_integer() && list[1].is_integer(),
              range.where()};
    check_rule(key, range, out);
    return out;
}

double rounded(double value) { return std::strtod(fmt::format("{:.12g}", value).c_str(), nullptr); }

Value value_at(const Range& range, std::int64_t index) {
    const double fraction = static_cast<double>(index) / static_cast<double>(range.count - 1);
    if (range.rule == "int") {
        const double exact = range.first + (range.last - range.first) * fraction;
        return {static_cast<std::int64_t>(std::llround(exact)), range.where};
    }
    if (index == 0) return {range.first, range.where};
    if (index == range.count - 1) return {range.last, range.where};
    if (range.rule == "log") {
        const double ratio = std::log(range.last) - std::log(range.first);
        return {rounded(std::exp(std::log(range.first) + ratio * fraction)), range.where};
    }
    const double value = rounded(range.first * (1.0 - fraction) + range.last * fraction);
    const double noise = 1e-12 * std::max(std::abs(range.first), std::abs(range.last));
    return {std::abs(value) < noise ? 0.0 : value, range.where};  // -1, 0, 1 and not -1, 1e-17, 1
}

}  // namespace

std::int64_t range_count(const std::string& key, const Value& range) { return read_range(key, range).count; }

std::vector<Value> range_values(const std::string& key, const Value& range) {
    const Range read = read_range(key, range);
    std::vector<Value> out;
    out.reserve(static_cast<std::size_t>(read.count));
    for (std::int64_t index = 0; index < read.count; ++index) out.push_back(value_at(read, index));
    return out;
}

}  // namespace sigmaflow
