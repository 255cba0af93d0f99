#include "sigmaflow/core/error.hpp"

#include "sigmaflow/core/printable.hpp"

namespace sigmaflow {
namespace {

/// What a message can hold of a text: a name in a study may have a megabyte.
std::string shortened(const std::string& text) {
    constexpr std::size_t most = 1200;
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a UTF-8 character
    return text.substr(0, end) + "...";
}

std::string compose(const std::string& place, const std::string& problem, const std::string& why,
                    const std::string& suggestion) {
    std::string text = place.empty() ? shortened(problem) : place + ": " + shortened(problem);
    if (!why.empty()) text += " (" + shortened(why) + ")";
    if (!suggestion.empty()) text += " " + shortened(suggestion);
    return printable(text);
}

}  // namespace

std::string Location::text() const { return line > 0 ? file + ":" + std::to_string(line) : file; }

InputError::InputError(const Location& where, const std::string& problem, const std::string& why,
                       const std::string& suggestion)
    : std::runtime_error(compose(where.text(), problem, why, suggestion)) {}

InputError::InputError(const std::string& problem, const std::string& why, const std::string& suggestion)
    : std::runtime_error(compose({}, problem, why, suggestion)) {}

}  // namespace sigmaflow
