#pragma once
/// \file
/// A value of a study file: what TOML can say, with the place where it was said. Rooms below `study` see only this.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

class Value {
  public:
    using List = std::vector<Value>;
    using Table = std::vector<std::pair<std::string, Value>>;  ///< in the order of the file

    Value() = default;
    Value(bool v, Location where = {}) : data_(v), where_(std::move(where)) {}
    Value(std::int64_t v, Location where = {}) : data_(v), where_(std::move(where)) {}
    Value(int v, Location where = {}) : data_(std::int64_t{v}), where_(std::move(where)) {}
    Value(double v, Location where = {}) : data_(v), where_(std::move(where)) {}
    Value(std::string v, Location where = {}) : data_(std::move(v)), where_(std::move(where)) {}
    Value(const char* v, Location where = {}) : data_(std::string(v)), where_(std::move(where)) {}
    Value(List v, Location where = {}) : data_(std::move(v)), where_(std::move(where)) {}
    Value(Table v, Location where = {}) : data_(std::move(v)), where_(std::move(where)) {}

    [[nodiscard]] bool is_boolean() const { return std::holds_alternative<bool>(data_); }
    [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
    [[nodiscard]] bool is_real() const { return std::holds_alternative<double>(data_); }
    [[nodiscard]] bool is_number() const { return is_integer() || is_real(); }
    [[nodiscard]] bool is_text() const { return std::holds_alternative<std::string>(data_); }
    [[nodiscard]] bool is_list() const { return std::holds_alternative<List>(data_); }
    [[nodiscard]] bool is_table() const { return std::holds_alternative<Table>(data_); }

    [[nodiscard]] bool boolean() const { return std::get<bool>(data_); }
    [[nodiscard]] std::int64_t integer() const { return std::get<std::int64_t>(data_); }
    [[nodiscard]] const std::string& text() const { return std::get<std::string>(data_); }
    [[nodiscard]] const List& list() const { return std::get<List>(data_); }
    [[nodiscard]] const Table& table() const { return std::get<Table>(data_); }
    /// An integer or a real as double.
    [[nodiscard]] double number() const;
    /// The entry of a table, or nullptr.
    [[nodiscard]] const Value* find(const std::string& key) const;

    [[nodiscard]] const Location& where() const { return where_; }
    /// "an integer", "a list", ...: what a message calls it.
    [[nodiscard]] std::string type_name() const;
    /// One spelling for equal values (17 digits, no white space): for hashes, labels and messages.
    [[nodiscard]] std::string canonical() const;
    /// For people: numbers with as few digits as tell them apart, shortened to what a message can hold.
    [[nodiscard]] std::string shown() const;

  private:
    std::variant<bool, std::int64_t, double, std::string, List, Table> data_ = false;
    Location where_;
};

}  // namespace sigmaflow
