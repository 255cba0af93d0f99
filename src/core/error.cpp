#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

std::string compose(const std::string& place, const std::string& problem, const std::string& why,
                    const std::string& suggestion) {
    std::string text = place.empty() ? problem : place + ": " + problem;
    if (!why.empty()) text += " (" + why + ")";
    if (!suggestion.empty()) text += " " + suggestion;
    return text;
}

}  // namespace

std::string Location::text() const { return line > 0 ? file + ":" + std::to_string(line) : file; }

InputError::InputError(const Location& where, const std::string& problem, const std::string& why,
                       const std::string& suggestion)
    : std::runtime_error(compose(where.text(), problem, why, suggestion)) {}

InputError::InputError(const std::string& problem, const std::string& why, const std::string& suggestion)
    : std::runtime_error(compose({}, problem, why, suggestion)) {}

}  // namespace sigmaflow
