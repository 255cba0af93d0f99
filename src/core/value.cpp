#include "sigmaflow/core/value.hpp"

#include <fmt/format.h>
#include <cmath>

namespace sigmaflow {

double Value::number() const {
    return is_integer() ? static_cast<double>(std::get<std::int64_t>(data_)) : std::get<double>(data_);
}

const Value* Value::find(const std::string& key) const {
    for (const auto& [name, value] : table()) {
        if (name == key) return &value;
    }
    return nullptr;
}

std::string Value::type_name() const {
    static constexpr const char* names[] = {"a boolean", "an integer", "a number", "a string", "a list", "a table"};
    return names[data_.index()];
}

namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace

namespace {

/// Reals with 17 digits, or as few as tell them from their neighbours.
std::string written(const Value& value, bool shortest) {
    if (value.is_boolean()) return value.boolean() ? "true" : "false";
    if (value.is_integer()) return std::to_string(value.integer());
    if (value.is_real()) {
        const double number = value.number() == 0.0 ? 0.0 : value.number();
        return shortest ? fmt::format("{}", number) : fmt::format("{:.17g}", number);
    }
    if (value.is_text()) return quoted(value.text());
    std::string out;
    if (value.is_list()) {
        for (const auto& item : value.list()) out += (out.empty() ? "" : ",") + written(item, shortest);
        return "[" + out + "]";
    }
    for (const auto& [key, item] : value.table()) out += (out.empty() ? "" : ",") + key + "=" + written(item, shortest);
    return "{" + out + "}";
}

}  // namespace

std::string Value::canonical() const { return written(*this, false); }

std::string Value::shown() const {
    constexpr std::size_t most = 80;
    std::string out = written(*this, true);
    if (out.size() <= most) return out;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // not inside a UTF-8 character
    return out.substr(0, end) + "...";
}

}  // namespace sigmaflow
