#pragma once
// Distributions and analyses for the tests of stability, without a study.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/stability/registry.hpp"
#include "stability/laws_at_hand.hpp"

namespace sigmaflow::testing_support {

inline std::unique_ptr<Analysis> make_analysis(const std::string& kind, const Value::Table& table) {
    const auto& entry = analyses().at(kind);
    return entry.make(Parameters(entry.kind, table, {"study.toml", 9, 1}));
}

/// Name -> numbers of all parts, one after the other.
using Records = std::map<std::string, std::vector<double>>;

/// Runs all parts of an analysis, the last one first: they must not depend on each other.
inline Records run_parts(const Analysis& analysis, const Distribution& law, const StreamKey& key = {11, 22}) {
    const AnalysisSubject subject{law, key};
    const auto fields = analysis.fields(law);
    Records out;
    for (int part = analysis.parts(law); part-- > 0;) {
        AnalysisRecord record(fields);
        analysis.run(subject, part, record);
        for (const auto& field : fields) {
            auto& all = out[field.name];
            if (field.integer) {
                const auto values = record.integers(field.name);
                all.insert(all.begin(), values.begin(), values.end());
            } else {
                const auto values = record.reals(field.name);
                all.insert(all.begin(), values.begin(), values.end());
            }
        }
    }
    return out;
}

}  // namespace sigmaflow::testing_support
