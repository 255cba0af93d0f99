#include "sigmaflow/schedule/table_schedule.hpp"

#include <math.h>  // Boost 1.74 calls an unqualified isnan
#include <algorithm>

#include <boost/math/interpolators/pchip.hpp>
#include <charconv>
#include <cmath>
#include <fstream>

namespace sigmaflow {
namespace {

bool parse_row(std::string line, double (&row)[3]) {
    std::replace(line.begin(), line.end(), ',', ' ');
    const char* cursor = line.data();
    const char* end = line.data() + line.size();
    for (double& number : row) {
        while (cursor != end && (*cursor == ' ' || *cursor == '\t' || *cursor == '\r')) ++cursor;
        const auto result = std::from_chars(cursor, end, number);
        if (result.ec != std::errc()) return false;
        cursor = result.ptr;
    }
    return std::all_of(cursor, end, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
}

void require(bool holds, const Location& where, const std::string& what) {
    if (!holds) throw InputError(where, "a schedule table is not usable", what);
}

void validate(const ScheduleTable& table, const Location& where) {
    const std::size_t n = table.t.size();
    require(n == table.s.size() && n == table.sigma.size(), where, "t, s and sigma differ in length");
    require(n >= 4, where, "it has " + std::to_string(n) + " rows, at least 4 are needed");
    for (std::size_t i = 0; i < n; ++i) {
        const bool finite = std::isfinite(table.t[i]) && std::isfinite(table.s[i]) && std::isfinite(table.sigma[i]);
        require(finite && table.s[i] > 0.0 && table.sigma[i] > 0.0, where,
                "row " + std::to_string(i + 1) + ": all numbers must be finite, s and sigma positive");
        require(i == 0 || (table.t[i] > table.t[i - 1] && table.sigma[i] > table.sigma[i - 1]), where,
                "row " + std::to_string(i + 1) + ": t and sigma must increase together, strictly");
    }
}

std::vector<double> logarithms(const std::vector<double>& values) {
    std::vector<double> out(values.size());
    std::transform(values.begin(), values.end(), out.begin(), [](double v) { return std::log(v); });
    return out;
}

}  // namespace

ScheduleTable read_schedule_table(const std::string& path, const Location& where) {
    std::ifstream file(path);
    if (!file)
        throw InputError(where, "cannot read the schedule table '" + path + "'", "no such file, or no permission");
    ScheduleTable table;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        double row[3];
        if (!parse_row(line, row)) {
            if (number == 1) continue;  // a line of names
            throw InputError(Location{path, number, 1}, "not three numbers: '" + line + "'", "expected t, s, sigma");
        }
        table.t.push_back(row[0]);
        table.s.push_back(row[1]);
        table.sigma.push_back(row[2]);
    }
    return table;
}

struct TableSchedule::Curves {
    using Curve = boost::math::interpolators::pchip<std::vector<double>>;
    ScheduleTable table;
    Curve log_s;
    Curve log_sigma;

    explicit Curves(ScheduleTable given)
        : table(std::move(given)),
          log_s(std::vector<double>(table.t), logarithms(table.s)),
          log_sigma(std::vector<double>(table.t), logarithms(table.sigma)) {}
};

TableSchedule::TableSchedule(ScheduleTable table, const Location& where) {
    if (table.t.size() > 1 && table.t.front() > table.t.back()) {
        for (auto* column : {&table.t, &table.s, &table.sigma}) std::reverse(column->begin(), column->end());
    }
    validate(table, where);
    curves_ = std::make_unique<Curves>(std::move(table));
}

TableSchedule::~TableSchedule() = default;

double TableSchedule::t_min() const { return curves_->table.t.front(); }
double TableSchedule::t_max() const { return curves_->table.t.back(); }

Scale TableSchedule::at(double t) const {
    const auto& given = curves_->table;
    const auto row = std::lower_bound(given.t.begin(), given.t.end(), t);
    if (row != given.t.end() && *row == t) {  // a row of the table comes back to the last bit
        const auto i = static_cast<std::size_t>(row - given.t.begin());
        return {given.s[i], given.sigma[i]};
    }
    return {std::exp(curves_->log_s(t)), std::exp(curves_->log_sigma(t))};
}

Coefficients TableSchedule::coefficients(double t) const {
    const Scale scale = at(t);
    return {curves_->log_s.prime(t), scale.s * scale.sigma * std::sqrt(2.0 * curves_->log_sigma.prime(t))};
}

double TableSchedule::t_of_sigma(double sigma) const {
    double low = t_min();
    double high = t_max();
    if (sigma <= curves_->table.sigma.front()) return low;
    if (sigma >= curves_->table.sigma.back()) return high;
    while (true) {  // monotone: bisection to the last bit
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) return middle;
        (at(middle).sigma < sigma ? low : high) = middle;
    }
}

bool TableSchedule::has_unit_scale() const {
    const auto& s = curves_->table.s;
    return std::all_of(s.begin(), s.end(), [](double value) { return value == 1.0; });
}

std::vector<double> TableSchedule::own_sigmas() const {
    return {curves_->table.sigma.rbegin(), curves_->table.sigma.rend()};
}

}  // namespace sigmaflow
