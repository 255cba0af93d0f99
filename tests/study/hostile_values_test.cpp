// Every parameter of every kind, and all pairs of one kind, with values that nobody means: refused, or planned, soon
// and without a crash.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/study/plan.hpp"
#include "sigmaflow/study/registries.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr const char* kLaw = "[[distribution]]\nname = \"law\"\nkind = \"gaussian\"\ndim = 2\n";
constexpr const char* kSchedule = "[[schedule]]\nkind = \"edm\"\nsteps = 4\n";
constexpr const char* kSolver = "[[solver]]\nkind = \"euler\"\n";
constexpr const char* kFew = "[study]\nparticles = 32\n";

bool is_full() {
    const char* full = std::getenv("FULL");
    return full != nullptr && *full != '\0' && *full != '0';
}

/// What a kind cannot do without.
std::string required_of(const std::string& kind) {
    if (kind == "gaussian_mixture") return "means = [[0.0], [1.0]]\nwidths = [0.1, 0.1]\n";
    if (kind == "gaussian" || kind == "ellipsoid_shell" || kind == "ellipsoid_points") return "dim = 2\n";
    if (kind == "points") return "values = [[0.0, 1.0], [1.0, 0.0]]\n";
    if (kind == "mixture") return "components = [{ kind = \"ring\" }, { kind = \"gaussian\", dim = 2 }]\n";
    if (kind == "product") return "factors = [{ kind = \"ring\" }]\n";
    if (kind == "affine") return "of = { kind = \"ring\" }\n";
    if (kind == "table") return "sigma = [0.1, 0.2, 0.5, 1.0, 2.0]\n";
    if (kind == "expression") return "sigma = \"t\"\nsigma_min = 0.1\n";
    return "";
}

/// Without the line that gives `key`.
std::string without(const std::string& body, const std::string& key) {
    const auto at = body.find(key + " = ");
    return at == std::string::npos || (at > 0 && body[at - 1] != '\n')
               ? body
               : body.substr(0, at) + body.substr(body.find('\n', at) + 1);
}

std::string study_of(const std::string& room, const std::string& kind, const std::string& body) {
    const std::string object = "[[" + room + "]]\nkind = \"" + kind + "\"\n" + body;
    if (room == "distribution") return kFew + object + kSchedule + kSolver;
    if (room == "schedule") return std::string(kFew) + kLaw + object + kSolver;
    if (room == "solver") return std::string(kFew) + kLaw + kSchedule + object;
    if (room == "analysis") return std::string(kFew) + kLaw + object;
    const std::string parameter = body.substr(0, body.find('\n'));
    return std::string(kFew) + kLaw + kSchedule + kSolver + "[observe]\nquantities = [{ kind = \"" + kind + "\", " +
           parameter + " }]\n";
}

/// "" where the study can be planned, else the message that refuses it.
std::string outcome(const std::string& text) {
    try {
        const Study study = parse_study(text, "study.toml");
        const Plan plan = make_plan(study, {});
        (void)make_layout(study, plan);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

struct Tally {
    int studies = 0;
    int refused = 0;
    double slowest = 0.0;
};

void try_study(const std::string& text, Tally& tally) {
    SCOPED_TRACE(text);
    const auto started = std::chrono::steady_clock::now();
    std::string message;
    EXPECT_NO_THROW(message = outcome(text));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    tally.slowest = std::max(tally.slowest, seconds.count());
    ++tally.studies;
    tally.refused += message.empty() ? 0 : 1;
    EXPECT_TRUE(message.empty() || message.starts_with("study.toml:")) << message;
    EXPECT_LT(seconds.count(), 60.0);
}

void try_parameter(const std::string& room, const Kind& kind, const std::string& key,
                   const std::vector<std::string>& values, Tally& tally) {
    const std::string needed = without(required_of(kind.name), key);
    for (const auto& value : values) try_study(study_of(room, kind.name, needed + key + " = " + value + "\n"), tally);
}

bool is_tried(const Parameter& parameter) {
    // Grids that follow the law cost evaluations by design; their number is bounded by their parameter.
    return parameter.name != "grid_samples" && !parameter.is_path;
}

/// The ends of what the parameter allows, and numbers far apart.
std::vector<std::string> extremes(const Parameter& parameter) {
    if (!parameter.allowed.empty()) {
        std::vector<std::string> out;
        for (const auto& word : parameter.allowed) {
            if (word != "entropy" && word != "fisher" && word != "error") out.push_back('"' + word + '"');
        }
        return out;
    }
    if (parameter.type == Type::integer) return {fmt::format("{:.0f}", std::max(parameter.least, -9e18)), "7", "1000"};
    if (parameter.type == Type::real) return {"0.0", "5e-324", "1e-100", "1e-8", "1.0", "1e8", "1e100"};
    if (parameter.type == Type::reals) return {"[1e100, 1e-100]", "[1, 1e-300]"};
    return {};
}

void try_pair(const std::string& room, const Kind& kind, const Parameter& a, const Parameter& b, Tally& tally) {
    const std::string needed = without(without(required_of(kind.name), a.name), b.name);
    for (const auto& x : extremes(a)) {
        for (const auto& y : extremes(b)) {
            const std::string body = needed + a.name + " = " + x + "\n" + b.name + " = " + y + "\n";
            try_study(study_of(room, kind.name, body), tally);
        }
    }
}

TEST(HostileValues, OfEveryParameterOfEveryKind) {
    const std::vector<std::string> all{"0",
                                       "-1",
                                       "9223372036854775807",
                                       "-9223372036854775808",
                                       "4294967298",
                                       "2147483648",
                                       "1e308",
                                       "-1e308",
                                       "5e-324",
                                       "1e-300",
                                       "1e100",
                                       "true",
                                       "\"\"",
                                       "\"/\"",
                                       "\"../../x\"",
                                       "[]",
                                       "[[]]",
                                       "[[[]]]",
                                       "{}",
                                       "[0]",
                                       "[[0]]",
                                       "[[[0]]]",
                                       "[1e308, 5e-324]",
                                       "[[1e100, -1e100], [0, 5e-324]]",
                                       "[\"\", \"a\"]",
                                       "{ kind = \"ring\" }",
                                       "[{ kind = \"ring\" }]"};
    const std::vector<std::string> few{"0",  "9223372036854775807",           "1e308", "5e-324",
                                       "[]", "[[1e100, -1e100], [0, 5e-324]]"};
    const auto& registries = study_registries();
    Tally tally;
    for (const std::string room : {"distribution", "schedule", "solver", "quantity", "analysis"}) {
        for (const auto& kind : registries.of(room)) {
            for (const auto& parameter : kind.parameters) {
                if (!is_tried(parameter)) continue;
                try_parameter(room, kind, parameter.name, is_full() ? all : few, tally);
            }
        }
    }
    EXPECT_GT(tally.refused, tally.studies / 4);
    testing_support::claim("hostile-values", tally.studies);
    testing_support::claim("hostile-values-slowest-seconds", tally.slowest);
}

TEST(HostileValues, OfPairsOfParameters) {
    const auto& registries = study_registries();
    Tally tally;
    for (const std::string room : {"distribution", "schedule", "solver", "analysis"}) {
        for (const auto& kind : registries.of(room)) {
            if (!is_full() && kind.name != "edm" && kind.name != "ring") continue;
            for (const auto& a : kind.parameters) {
                for (const auto& b : kind.parameters) {
                    if (a.name < b.name && is_tried(a) && is_tried(b)) try_pair(room, kind, a, b, tally);
                }
            }
        }
    }
    testing_support::claim("hostile-pairs", tally.studies);
    testing_support::claim("hostile-pairs-slowest-seconds", tally.slowest);
}

/// Integers are narrowed to int in the code: none may be larger.
TEST(HostileValues, EveryIntegerParameterIsBounded) {
    const auto& registries = study_registries();
    for (const std::string room : {"distribution", "schedule", "solver", "quantity", "analysis"}) {
        for (const auto& kind : registries.of(room)) {
            for (const auto& parameter : kind.parameters) {
                const bool is_a_seed = parameter.name == "split" || parameter.name == "draw";
                if (parameter.type != Type::integer || is_a_seed) continue;
                EXPECT_LE(parameter.most, 2147483647.0) << room << " " << kind.name << " " << parameter.name;
                EXPECT_GE(parameter.least, -2147483648.0) << room << " " << kind.name << " " << parameter.name;
            }
        }
    }
}

}  // namespace
}  // namespace sigmaflow
