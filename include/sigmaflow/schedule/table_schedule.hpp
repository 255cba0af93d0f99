#pragma once
/// \file
/// A schedule given as a table of (t, s, sigma), interpolated monotonically: ln s and ln sigma against t by piecewise
/// cubic Hermite polynomials (Fritsch and Carlson 1980), so sigma increases with t between the rows too.

#include <string>
#include <vector>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

struct ScheduleTable {
    std::vector<double> t;
    std::vector<double> s;
    std::vector<double> sigma;
};

/// Reads a CSV of t, s, sigma, or of t, sigma with s = 1, or of sigmas alone (complete_table); a first line of names
/// may be there. InputError names file and line.
[[nodiscard]] ScheduleTable read_schedule_table(const std::string& path, const Location& where);

/// The table with what is left out: s = 1, t = ln sigma.
[[nodiscard]] ScheduleTable complete_table(ScheduleTable table);

class LogCurve;

class TableSchedule final : public Schedule {
  public:
    /// At least 4 rows, t and sigma strictly increasing together, s and sigma positive: InputError at `where`
    /// otherwise. Rows may come in descending order.
    TableSchedule(ScheduleTable table, const Location& where);
    ~TableSchedule() override;
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override;
    double t_max() const override;
    bool has_unit_scale() const override { return has_unit_scale_; }
    std::vector<double> timesteps() const override;

  private:
    std::unique_ptr<LogCurve> s_;
    std::unique_ptr<LogCurve> sigma_;
    bool has_unit_scale_;
};

}  // namespace sigmaflow
