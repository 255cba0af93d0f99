#pragma once
// Random parameters of every kind of schedule: the property tests walk the registry with them.

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow::testing_support {

class ScheduleGenerator {
  public:
    explicit ScheduleGenerator(unsigned seed) : random_(seed) {}

    double uniform(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
    double geometric(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
    int integer(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

    /// Parameters of one schedule of the kind; throws std::out_of_range for a kind that nobody wrote a generator for.
    Value::Table operator()(const std::string& kind) { return generators_.at(kind)(); }

  private:
    Value::Table ends() { return {{"sigma_min", geometric(1e-3, 0.1)}, {"sigma_max", geometric(5.0, 500.0)}}; }
    Value::Table betas() {
        return {{"beta_min", uniform(0.01, 1.0)}, {"beta_max", uniform(5.0, 25.0)}, {"t_min", geometric(1e-4, 1e-2)}};
    }
    Value::Table times() { return {{"t_min", geometric(1e-4, 1e-2)}, {"t_max", uniform(0.9, 0.999)}}; }
    Value::Table ddpm() {
        return {
            {"beta_min", geometric(1e-5, 1e-3)}, {"beta_max", uniform(0.01, 0.03)}, {"timesteps", integer(50, 1200)}};
    }
    Value::Table iddpm() {
        return {{"c1", geometric(1e-4, 1e-2)}, {"c2", uniform(0.001, 0.02)}, {"timesteps", integer(50, 1200)}};
    }
    Value::Table cosine() {
        Value::Table out{{"offset", uniform(0.001, 0.02)}};
        if (integer(0, 1) == 0) {
            out.emplace_back("timesteps", integer(50, 1200));
            return out;
        }
        out.emplace_back("form", "continuous");
        for (auto& end : times()) out.push_back(std::move(end));
        return out;
    }
    Value::Table table() {
        Value::List t, s, sigma;
        double time = uniform(-1.0, 1.0), scale = 1.0, noise = geometric(1e-3, 1e-2);
        for (int row = 0; row < 7; ++row) {
            t.emplace_back(time);
            s.emplace_back(scale);
            sigma.emplace_back(noise);
            time += uniform(0.1, 1.0);
            scale *= uniform(0.3, 1.1);
            noise *= uniform(1.5, 8.0);
        }
        return {{"t", t}, {"s", s}, {"sigma", sigma}};
    }

    /// Formulas of s and sigma, or of f and g, with random numbers in them.
    Value::Table expression() {
        const auto number = [this](double low, double high) { return std::to_string(uniform(low, high)); };
        const double t_min = geometric(1e-3, 1e-2);
        switch (integer(0, 3)) {
            case 0:
                return {{"sigma", number(0.5, 3.0) + " * t^" + number(0.5, 3.0)}, {"t_min", t_min}, {"t_max", 30.0}};
            case 1:
                return {{"sigma", "tan(" + number(0.5, 1.5) + " * t)"},
                        {"s", "cos(" + number(0.5, 1.5) + " * t)"},
                        {"t_min", t_min}};
            case 2:
                return {{"f", "-" + number(0.5, 2.0)},
                        {"g", "1 + " + number(0.1, 0.9) + " * sin(3 * t)"},
                        {"sigma_start", geometric(1e-3, 1e-1)},
                        {"t_max", uniform(1.0, 3.0)}};
            default:
                return {{"f", "-(0.1 + " + number(5.0, 20.0) + " * t) / 2"},
                        {"g", "sqrt(0.1 + " + number(5.0, 20.0) + " * t)"},
                        {"s_start", uniform(0.5, 2.0)},
                        {"sigma_start", geometric(1e-3, 1e-1)}};
        }
    }

    std::mt19937_64 random_;
    std::map<std::string, std::function<Value::Table()>> generators_ = {
        {"edm", [this] { return ends(); }},        {"ve", [this] { return ends(); }},
        {"sqrt", [this] { return ends(); }},       {"ou", [this] { return ends(); }},
        {"vp", [this] { return betas(); }},        {"subvp", [this] { return betas(); }},
        {"rectified", [this] { return times(); }}, {"ddpm", [this] { return ddpm(); }},
        {"iddpm", [this] { return iddpm(); }},     {"cosine", [this] { return cosine(); }},
        {"table", [this] { return table(); }},     {"expression", [this] { return expression(); }},
    };
};

/// A schedule with the parameters that it was made from.
struct MadeSchedule {
    Parameters parameters;
    std::unique_ptr<Schedule> schedule;
};

inline MadeSchedule make_schedule(const std::string& kind, const Value::Table& given) {
    const auto& entry = schedules().at(kind);
    Parameters parameters(entry.kind, given, {});
    auto schedule = entry.make(parameters);
    return {std::move(parameters), std::move(schedule)};
}

/// The knots between which a schedule is smooth: its timesteps, or its ends.
inline std::vector<double> smooth_pieces(const Schedule& schedule) {
    auto times = schedule.timesteps();
    return times.empty() ? std::vector<double>{schedule.t_min(), schedule.t_max()} : times;
}

}  // namespace sigmaflow::testing_support
