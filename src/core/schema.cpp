#include "sigmaflow/core/schema.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace sigmaflow {

int nesting(Type type) {
    switch (type) {
        case Type::reals:
        case Type::objects:
        case Type::texts:
        case Type::names: return 1;
        case Type::matrix: return 2;
        case Type::matrices: return 3;
        default: return 0;
    }
}

std::string describe(Type type) {
    switch (type) {
        case Type::boolean: return "boolean";
        case Type::integer: return "integer";
        case Type::real: return "number";
        case Type::text: return "string";
        case Type::reals: return "list of numbers";
        case Type::texts: return "list of strings";
        case Type::names: return "list of strings or integers, or one of them";
        case Type::matrix: return "list of lists of numbers";
        case Type::matrices: return "list of matrices";
        case Type::object: return "table with a kind";
        case Type::objects: return "list of tables with a kind each";
    }
    return "value";
}

std::string Parameter::range() const {
    if (!allowed.empty()) return "one of " + joined(allowed);
    std::string out = describe(type);
    const bool below = std::isfinite(least);
    const bool above = std::isfinite(most);
    if (below && above && !least_excluded) return out + fmt::format(" from {} to {}", least, most);
    if (below) out += fmt::format(" {} {}", least_excluded ? ">" : ">=", least);
    if (above) out += fmt::format("{} <= {}", below ? " and" : "", most);
    return out;
}

const Parameter* Kind::find(const std::string& parameter) const {
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.name == parameter; });
    return found == parameters.end() ? nullptr : &*found;
}

namespace {

/// `depth` is how many levels of lists the value should have: with fewer than the parameter's it is an item inside.
InputError mismatch(const Parameter& parameter, const Value& value, int depth = 0) {
    const bool inside = depth < nesting(parameter.type);
    return {value.where(),
            "'" + parameter.name + (inside ? "' holds " : "' is ") + value.type_name() + ", " + value.shown(),
            "allowed: " + parameter.range()};
}

Value checked_number(const Parameter& parameter, const Value& value) {
    const bool integral = parameter.type == Type::integer;
    if (integral ? !value.is_integer() : !value.is_number()) throw mismatch(parameter, value);
    const double number = value.number();
    const bool low = parameter.least_excluded ? !(number > parameter.least) : !(number >= parameter.least);
    if (!std::isfinite(number) || low || !(number <= parameter.most)) throw mismatch(parameter, value);
    return integral ? value : Value(number, value.where());
}

Value checked_scalar(const Parameter& parameter, const Value& value) {
    if (parameter.type == Type::boolean) {
        if (!value.is_boolean()) throw mismatch(parameter, value);
        return value;
    }
    if (parameter.type == Type::names) {
        if (!value.is_text() && !value.is_integer()) throw mismatch(parameter, value);
        return value.is_text() ? value : Value(value.canonical(), value.where());
    }
    if (parameter.type != Type::text && parameter.type != Type::texts) return checked_number(parameter, value);
    if (!value.is_text()) throw mismatch(parameter, value);
    const auto& allowed = parameter.allowed;
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value.text()) == allowed.end()) {
        throw InputError(value.where(), "'" + parameter.name + "' is " + value.shown(), "allowed: " + parameter.range(),
                         suggest(value.text(), allowed));
    }
    return value;
}

bool is_default(const Parameter* parameter, const Value& value) {
    return parameter != nullptr && parameter->fallback &&
           checked(*parameter, *parameter->fallback).canonical() == value.canonical();
}

Object object_of(const Parameter& parameter, const Value& value) {
    const Value* name = value.find("kind");
    if (name == nullptr || !name->is_text()) {
        throw InputError(value.where(), "'" + parameter.name + "' is a table without a kind", value.shown(),
                         "give kind = \"...\" in it");
    }
    const Kind& kind = parameter.kind_of(name->text(), name->where());
    Value::Table given;
    for (const auto& [key, item] : value.table()) {
        if (key != "kind") given.emplace_back(key, item);
    }
    return {&kind, Parameters(kind, given, value.where())};
}

Value checked_object(const Parameter& parameter, const Value& value) {
    if (!value.is_table()) throw mismatch(parameter, value);
    const Object object = object_of(parameter, value);
    Value::Table out{{"kind", Value(object.kind->name, value.find("kind")->where())}};
    for (const auto& [name, item] : object.parameters.values()) {
        if (!is_default(object.kind->find(name), item)) out.emplace_back(name, item);
    }
    return {std::move(out), value.where()};
}

Value checked_nested(const Parameter& parameter, const Value& value, int depth) {
    if (depth == 0)
        return parameter.holds_objects() ? checked_object(parameter, value) : checked_scalar(parameter, value);
    if (!value.is_list()) throw mismatch(parameter, value, depth);
    Value::List items;
    items.reserve(value.list().size());
    for (const auto& item : value.list()) items.push_back(checked_nested(parameter, item, depth - 1));
    return {std::move(items), value.where()};
}

std::vector<double> numbers(const Value& list) {
    std::vector<double> out;
    out.reserve(list.list().size());
    for (const auto& item : list.list()) out.push_back(item.number());
    return out;
}

std::vector<std::vector<double>> rows(const Value& list) {
    std::vector<std::vector<double>> out;
    for (const auto& item : list.list()) out.push_back(numbers(item));
    return out;
}

}  // namespace

Value checked(const Parameter& parameter, const Value& value) {
    if (parameter.type == Type::names && !value.is_list()) {
        return {Value::List{checked_scalar(parameter, value)}, value.where()};
    }
    return checked_nested(parameter, value, nesting(parameter.type));
}

std::vector<Object> objects_of(const Parameter& parameter, const Parameters& parameters) {
    std::vector<Object> out;
    if (!parameter.holds_objects() || !parameters.has(parameter.name)) return out;
    const Value& value = parameters.at(parameter.name);
    if (value.is_table()) return {object_of(parameter, value)};
    for (const auto& item : value.list()) out.push_back(object_of(parameter, item));
    return out;
}

Parameters::Parameters(const Kind& kind, const Value::Table& given, const Location& where) {
    std::vector<std::string> known;
    for (const auto& parameter : kind.parameters) known.push_back(parameter.name);
    Data data{{}, where};
    for (const auto& [name, value] : given) {
        const Parameter* parameter = kind.find(name);
        if (parameter == nullptr) {
            throw InputError(value.where(), "unknown key '" + name + "' of " + kind.name,
                             "known keys: " + joined(known), suggest(name, known));
        }
        data.values.insert_or_assign(name, checked(*parameter, value));
    }
    for (const auto& parameter : kind.parameters) {
        if (data.values.contains(parameter.name)) continue;
        if (parameter.required) {
            throw InputError(where, kind.name + " needs '" + parameter.name + "'", parameter.meaning,
                             "give " + parameter.name + " = <" + parameter.range() + ">");
        }
        if (parameter.fallback) data.values.emplace(parameter.name, checked(parameter, *parameter.fallback));
    }
    data_ = std::make_shared<const Data>(std::move(data));
}

const Value& Parameters::at(const std::string& name) const {
    const auto found = data_->values.find(name);
    if (found == data_->values.end()) throw std::logic_error("parameter '" + name + "' has no value");
    return found->second;
}

std::vector<double> Parameters::reals(const std::string& name) const { return numbers(at(name)); }
std::vector<std::vector<double>> Parameters::matrix(const std::string& name) const { return rows(at(name)); }

std::vector<std::vector<std::vector<double>>> Parameters::matrices(const std::string& name) const {
    std::vector<std::vector<std::vector<double>>> out;
    for (const auto& item : at(name).list()) out.push_back(rows(item));
    return out;
}

std::vector<std::string> Parameters::texts(const std::string& name) const {
    std::vector<std::string> out;
    for (const auto& item : at(name).list()) out.push_back(item.text());
    return out;
}

Location Parameters::where(const std::string& name) const {
    const auto found = data_->values.find(name);
    return found != data_->values.end() && !found->second.where().file.empty() ? found->second.where() : data_->where;
}

InputError Parameters::error(const std::string& name, const std::string& problem, const std::string& suggestion) const {
    const std::string found = has(name) ? "'" + name + "' is " + at(name).shown() : "'" + name + "' is missing";
    return {where(name), found, problem, suggestion};
}

std::string Parameters::identity(const Kind& kind, const std::vector<std::string>& without) const {
    std::string out;
    for (const auto& [name, value] : data_->values) {
        if (std::find(without.begin(), without.end(), name) != without.end()) continue;
        if (!is_default(kind.find(name), value)) out += (out.empty() ? "" : ",") + name + "=" + value.canonical();
    }
    return out;
}

std::string nearest(const std::string& name, const std::vector<std::string>& candidates) {
    constexpr std::size_t kLongestName = 100;  // nothing known is near a longer one
    if (name.size() > kLongestName) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= name.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const std::size_t substitute = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

std::string suggest(const std::string& name, const std::vector<std::string>& candidates) {
    const std::string near = nearest(name, candidates);
    return near.empty() ? std::string() : "did you mean '" + near + "'?";
}

std::string joined(const std::vector<std::string>& items, const std::string& separator) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : separator) + item;
    return out;
}

}  // namespace sigmaflow
