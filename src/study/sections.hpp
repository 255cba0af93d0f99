#pragma once
/// \file
/// A study file taken apart into its sections, labels known, parameters not yet judged: what --set changes.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sigmaflow/core/value.hpp"

namespace sigmaflow {

struct Section {
    Value::Table values;
    Location where;
};

/// One [[distribution]], [[schedule]], [[solver]] or [[analysis]] table.
struct RawEntry {
    std::string room;
    std::string label;
    Value kind;
    Value::Table parameters;  ///< without name and kind
    Location where;
    std::optional<Value> distributions = {};  ///< of an analysis: the labels of those that it looks at

    [[nodiscard]] std::string address(const std::string& key) const { return room + "." + label + "." + key; }
};

struct Sections {
    Section study;
    Section sweep;
    Section observe;
    std::vector<RawEntry> entries;
    std::set<std::string> overridden;  ///< addresses room.label.key that a --set gave

    [[nodiscard]] std::vector<std::string> labels(const std::string& room) const;
};

/// Takes a document apart: unknown sections, wrong brackets, bad names and labels that are not unique are InputErrors.
[[nodiscard]] Sections split_sections(const Value::Table& document, const std::string& path);

/// Sets a key of a table, new or not.
void assign(Value::Table& table, const std::string& key, const Value& value);

}  // namespace sigmaflow
