#include "analysis_fields.hpp"

namespace sigmaflow {

RecordField real_field(const std::string& name, const std::string& unit, const std::string& meaning) {
    return {.name = name, .unit = unit, .meaning = meaning, .axes = {}};
}

RecordField whole_field(const std::string& name, const std::string& meaning, std::vector<RecordAxis> axes) {
    return {.name = name, .unit = "count", .meaning = meaning, .axes = std::move(axes), .integer = true};
}

RecordField flag_field(const std::string& name, const std::string& meaning, std::vector<std::string> names) {
    return {
        .name = name, .unit = "1", .meaning = meaning, .axes = {}, .integer = true, .flag_meanings = std::move(names)};
}

void add_estimate(std::vector<RecordField>& fields, const std::string& name, const std::string& unit,
                  const std::string& meaning) {
    fields.push_back(real_field(name, unit, meaning));
    fields.push_back(real_field(name + "_error", unit, "standard error of " + name));
}

void put(AnalysisRecord& record, const std::string& name, double value) { record.reals(name)[0] = value; }

void put(AnalysisRecord& record, const std::string& name, const MeanEstimate& value) {
    put(record, name, value.mean);
    put(record, name + "_error", value.error);
}

Parameter samples_parameter(int fallback, const std::string& meaning) {
    return {.name = "samples",
            .type = Type::integer,
            .fallback = Value(fallback),
            .meaning = meaning,
            .least = 2,
            .most = 10'000'000};
}

Parameter tolerance_parameter(double fallback) {
    return {.name = "tolerance",
            .type = Type::real,
            .fallback = Value(fallback),
            .meaning = "error allowed in a step of the flow, relative to |x| + sigma_min",
            .least = 0.0,
            .most = 0.1,
            .least_excluded = true};
}

Parameter training_parameter() {
    return {.name = "points",
            .type = Type::integer,
            .fallback = Value(1000),
            .meaning = "number N of training points, draws of the law",
            .least = 2,
            .most = 10'000'000};
}

Work training_set_cost(int dim, double points, double draws) {
    return Work{6.0 * dim + 10.0, 1.0}.times(points * draws);
}

Work drawing_cost(int dim, double draws) { return Work{160.0 * dim, 0.0}.times(draws); }

std::string density_mismatch(const Distribution& distribution) {
    return distribution.posterior().capabilities().log_density ? "" : "the law does not know ln p_sigma";
}

}  // namespace sigmaflow
