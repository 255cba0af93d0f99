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

std::string Value::canonical() const {
    if (is_boolean()) return boolean() ? "true" : "false";
    if (is_integer()) return std::to_string(integer());
    if (is_real()) return fmt::format("{:.17g}", number() == 0.0 ? 0.0 : number());
    if (is_text()) return quoted(text());
    std::string out;
    if (is_list()) {
        for (const auto& item : list()) out += (out.empty() ? "" : ",") + item.canonical();
        return "[" + out + "]";
    }
    for (const auto& [key, value] : table()) out += (out.empty() ? "" : ",") + key + "=" + value.canonical();
    return "{" + out + "}";
}

std::string Value::shown() const {
    constexpr std::size_t most = 80;
    std::string out = canonical();
    if (out.size() <= most) return out;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // not inside a UTF-8 character
    return out.substr(0, end) + "...";
}

}  // namespace sigmaflow
