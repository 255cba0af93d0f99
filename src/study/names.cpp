#include "names.hpp"

#include <algorithm>

namespace sigmaflow {
namespace {

constexpr std::size_t kMostCharacters = 64;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

const std::string& checked_name(const Value& value, const std::string& noun) {
    const std::string rule = "allowed: letters, digits, _ and -, 1 to " + std::to_string(kMostCharacters) + " of them";
    if (!value.is_text()) throw InputError(value.where(), noun + " is " + value.type_name() + ", not a string", rule);
    const std::string& name = value.text();
    if (name.empty() || name.size() > kMostCharacters || !std::all_of(name.begin(), name.end(), is_name_character)) {
        throw InputError(value.where(), noun + " " + value.shown() + " is no name", rule);
    }
    return name;
}

std::string name_from(const std::string& text) {
    std::string out = text.substr(0, kMostCharacters);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return !is_name_character(c); }, '_');
    return out.empty() ? "study" : out;
}

}  // namespace sigmaflow
