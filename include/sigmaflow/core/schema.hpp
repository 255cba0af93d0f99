#pragma once
/// \file
/// What a kind (of distribution, schedule, solver, quantity) takes: its parameters with type, default, range and
/// meaning. One description serves validation, sweeps, error messages and `sigmaflow list`.

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sigmaflow/core/value.hpp"

namespace sigmaflow {

/// `names` are texts or integers, which count as their digits; a single one stands for a list of one. `object` is a
/// table with a kind of its own, such as the law that another law is made of; `objects` a list of them.
enum class Type { boolean, integer, real, text, reals, texts, names, matrix, matrices, object, objects };

struct Kind;

/// How many levels of lists a value of this type has: a value with one level more is a sweep axis.
[[nodiscard]] int nesting(Type type);
[[nodiscard]] std::string describe(Type type);

struct Parameter {
    std::string name;
    Type type = Type::real;
    std::optional<Value> fallback;  ///< the default; without one the parameter may be left out and has no value
    std::string meaning;
    bool required = false;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    bool least_excluded = false;            ///< the value must be greater than `least`, not equal
    std::vector<std::string> allowed = {};  ///< for texts: the choices
    bool is_path = false;                   ///< a path, relative to the study file
    std::string unit = {};
    /// For objects: the kind of that name; throws an InputError at `where` that lists the known ones.
    const Kind& (*kind_of)(const std::string& name, const Location& where) = nullptr;

    [[nodiscard]] bool holds_objects() const { return type == Type::object || type == Type::objects; }
    /// "number > 0", "integer from 1 to 8", "one of a, b": what messages and `list` print.
    [[nodiscard]] std::string range() const;
};

struct Kind {
    std::string name;
    std::string meaning;
    std::vector<Parameter> parameters;

    [[nodiscard]] const Parameter* find(const std::string& parameter) const;
};

/// The validated parameters of one object: every required one and every default is there. Never changes once made, so
/// that copies share their values: the points of a large sweep hold them three times each.
class Parameters {
  public:
    Parameters() : data_(std::make_shared<const Data>()) {}
    /// Checks `given` against `kind`: unknown names, types, ranges, finiteness. Throws InputError naming place, key,
    /// found, allowed and, for an unknown key, the nearest known one.
    Parameters(const Kind& kind, const Value::Table& given, const Location& where);

    [[nodiscard]] bool has(const std::string& name) const { return data_->values.contains(name); }
    [[nodiscard]] bool boolean(const std::string& name) const { return at(name).boolean(); }
    [[nodiscard]] std::int64_t integer(const std::string& name) const { return at(name).integer(); }
    [[nodiscard]] double real(const std::string& name) const { return at(name).number(); }
    [[nodiscard]] const std::string& text(const std::string& name) const { return at(name).text(); }
    [[nodiscard]] std::vector<double> reals(const std::string& name) const;
    /// Rows of a list of lists; rows may differ in length, which the caller judges.
    [[nodiscard]] std::vector<std::vector<double>> matrix(const std::string& name) const;
    [[nodiscard]] std::vector<std::vector<std::vector<double>>> matrices(const std::string& name) const;
    /// Of type texts or names.
    [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;

    [[nodiscard]] const Value& at(const std::string& name) const;
    [[nodiscard]] const std::map<std::string, Value>& values() const { return data_->values; }
    /// Where a parameter was given, or where the object stands for a default.
    [[nodiscard]] Location where(const std::string& name) const;
    [[nodiscard]] const Location& where() const { return data_->where; }
    /// An error about one parameter, at its place.
    [[nodiscard]] InputError error(const std::string& name, const std::string& problem,
                                   const std::string& suggestion = {}) const;
    /// "name=value,..." of every parameter that differs from its default, in the order of names: the part of a point's
    /// identity that survives when a kind grows a new parameter. Those in `without` are left out.
    [[nodiscard]] std::string identity(const Kind& kind, const std::vector<std::string>& without = {}) const;

  private:
    struct Data {
        std::map<std::string, Value> values;
        Location where;
    };
    std::shared_ptr<const Data> data_;
};

/// An object inside a parameter: its kind and its validated parameters.
struct Object {
    const Kind* kind = nullptr;
    Parameters parameters;
};

/// The objects that a parameter holds, one or a list; empty if it was not given.
[[nodiscard]] std::vector<Object> objects_of(const Parameter& parameter, const Parameters& parameters);

/// Checks one value against its parameter and returns it in normal form: integers become reals where reals are meant,
/// an object is its kind and its parameters that differ from their defaults, sorted.
[[nodiscard]] Value checked(const Parameter& parameter, const Value& value);

/// The candidate nearest to `name` by edit distance, or empty if none is near.
[[nodiscard]] std::string nearest(const std::string& name, const std::vector<std::string>& candidates);
/// "did you mean 'x'?" or empty.
[[nodiscard]] std::string suggest(const std::string& name, const std::vector<std::string>& candidates);
/// "a, b, c"
[[nodiscard]] std::string joined(const std::vector<std::string>& items, const std::string& separator = ", ");

}  // namespace sigmaflow
