#include "sigmaflow/schedule/table_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "log_curve.hpp"

namespace sigmaflow {
namespace {

void require(bool holds, const Location& where, const std::string& what) {
    if (!holds) throw InputError(where, "a schedule table is not usable", what);
}

void validate(const ScheduleTable& table, const Location& where) {
    const std::size_t n = table.t.size();
    require(n == table.s.size() && n == table.sigma.size(), where, "t, s and sigma differ in length");
    require(n >= 4, where, "it has " + std::to_string(n) + " rows, at least 4 are needed; the grid 'list' takes fewer");
    for (std::size_t i = 0; i < n; ++i) {
        const bool finite = std::isfinite(table.t[i]) && std::isfinite(table.s[i]) && std::isfinite(table.sigma[i]);
        require(finite && table.s[i] > 0.0 && table.sigma[i] > 0.0, where,
                "row " + std::to_string(i + 1) + ": all numbers must be finite, s and sigma positive");
        require(i == 0 || (table.t[i] > table.t[i - 1] && table.sigma[i] > table.sigma[i - 1]), where,
                "row " + std::to_string(i + 1) + ": t and sigma must increase together, strictly");
    }
}

}  // namespace

ScheduleTable complete_table(ScheduleTable table) {
    if (table.s.empty()) table.s.assign(table.sigma.size(), 1.0);
    if (table.t.empty()) {
        for (const double sigma : table.sigma) table.t.push_back(std::log(sigma));
    }
    return table;
}

TableSchedule::TableSchedule(ScheduleTable table, const Location& where) {
    if (table.t.size() > 1 && table.t.front() > table.t.back()) {
        for (auto* column : {&table.t, &table.s, &table.sigma}) std::reverse(column->begin(), column->end());
    }
    validate(table, where);
    has_unit_scale_ = std::all_of(table.s.begin(), table.s.end(), [](double s) { return s == 1.0; });
    s_ = std::make_unique<LogCurve>(table.t, std::move(table.s));
    sigma_ = std::make_unique<LogCurve>(std::move(table.t), std::move(table.sigma));
}

TableSchedule::~TableSchedule() = default;

double TableSchedule::t_min() const { return sigma_->t().front(); }
double TableSchedule::t_max() const { return sigma_->t().back(); }

Scale TableSchedule::at(double t) const { return {s_->at(t), sigma_->at(t)}; }

Coefficients TableSchedule::coefficients(double t) const {
    const Scale scale = at(t);
    return {s_->log_rate(t), scale.s * scale.sigma * std::sqrt(2.0 * sigma_->log_rate(t))};
}

double TableSchedule::t_of_sigma(double sigma) const { return sigma_->t_of(sigma); }

std::vector<double> TableSchedule::timesteps() const { return sigma_->t(); }

}  // namespace sigmaflow
