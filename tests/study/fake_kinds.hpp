#pragma once
// A small set of kinds, so that the tests of the study format depend on no other room.

#include <string>
#include <vector>

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/study/points.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow::testing_kinds {

inline Parameter parameter(const std::string& name, Type type) {
    Parameter out;
    out.name = name;
    out.type = type;
    out.meaning = "the " + name;
    return out;
}

inline Parameter parameter(const std::string& name, Type type, const Value& fallback) {
    Parameter out = parameter(name, type);
    out.fallback = fallback;
    return out;
}

inline Parameter choice(const std::string& name, const std::string& fallback, std::vector<std::string> allowed) {
    Parameter out = parameter(name, Type::text, fallback);
    out.allowed = std::move(allowed);
    return out;
}

inline Parameter required(Parameter out) {
    out.required = true;
    return out;
}

inline Parameter at_least(double least, Parameter out) {
    out.least = least;
    return out;
}

inline Parameter positive(Parameter out) {
    out.least = 0.0;
    out.least_excluded = true;
    return out;
}

inline Parameter path(const std::string& name) {
    Parameter out = parameter(name, Type::text);
    out.is_path = true;
    return out;
}

inline Kind planes() {
    return {"planes",
            "two planes",
            {required(at_least(1, parameter("dim", Type::integer))), parameter("offset", Type::real, 1.0),
             choice("normalize", "none", {"none", "center", "identity"}), parameter("mean", Type::reals)}};
}

inline Kind gaussian() {
    return {"gaussian",
            "one Gaussian",
            {at_least(1, parameter("dim", Type::integer, 2)), parameter("variances", Type::reals),
             parameter("covariance", Type::matrix), choice("normalize", "none", {"none", "center", "identity"})}};
}

inline Kind points() {
    return {"points",
            "a table of points",
            {parameter("values", Type::matrix), path("file"), parameter("dataset", Type::text, "points"),
             parameter("width", Type::real, 0.0)}};
}

inline Kind edm() {
    return {"edm",
            "Karras et al.",
            {positive(parameter("sigma_min", Type::real, 0.002)), positive(parameter("sigma_max", Type::real, 80.0)),
             parameter("rho", Type::real, 7.0), at_least(2, parameter("steps", Type::integer, 32)),
             choice("grid", "rho", {"own", "rho", "log"}), parameter("final_zero", Type::boolean, false)}};
}

inline Kind table_schedule() {
    return {"table", "a table of sigmas", {path("file"), at_least(2, parameter("steps", Type::integer, 32))}};
}

inline Kind heun() { return {"heun", "Heun's rule", {}}; }

inline Kind langevin() {
    return {"langevin",
            "a corrector",
            {at_least(0, parameter("eta", Type::real, 0.5)), parameter("tags", Type::texts, Value::List{})}};
}

inline Kind modes() {
    return {"modes", "peaks", {positive(parameter("sigma", Type::real, 1.0)), parameter("starts", Type::integer, 8)}};
}

inline std::optional<PointsSource> source_of(const Parameters& parameters) {
    if (!parameters.has("file")) return std::nullopt;
    return PointsSource{parameters.text("file"), parameters.text("dataset"), parameters.where("file")};
}

inline StudyRegistries registries() {
    Kind spectrum{"spectrum", "eigenvalues", {at_least(1, parameter("k", Type::integer, 4))}};
    return {{planes(), gaussian(), points()},
            {edm(), table_schedule()},
            {heun(), langevin()},
            {spectrum, Kind{"log_density", "ln p", {}}, Kind{"mmse", "tr C", {}}},
            {modes()},
            source_of};
}

inline Study parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
    static const StudyRegistries kinds = registries();
    return parse_study(text, "folder/study.toml", overrides, kinds);
}

inline std::vector<Point> points_of(const Study& study, const PointsCatalog& catalog = {}) {
    static const StudyRegistries kinds = registries();
    return expand(study, catalog, kinds);
}

inline std::vector<AnalysisPoint> analyses_of(const Study& study, const PointsCatalog& catalog = {}) {
    static const StudyRegistries kinds = registries();
    return expand_analyses(study, catalog, kinds);
}

/// The message of the InputError that a call throws, or "no error".
template <class Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

/// A complete small study with one point.
inline const std::string kSmall = R"([study]
name = "small"

[[distribution]]
name = "planes"
kind = "planes"
dim = 4

[[schedule]]
kind = "edm"
steps = 16

[[solver]]
kind = "heun"
)";

}  // namespace sigmaflow::testing_kinds
