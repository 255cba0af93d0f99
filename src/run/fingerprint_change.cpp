#include "fingerprint_change.hpp"

#include <fmt/format.h>

namespace sigmaflow {

std::string first_change(const std::vector<std::pair<std::string, std::string>>& before,
                         const std::vector<std::pair<std::string, std::string>>& now) {
    for (const auto& [name, value] : now) {
        std::string former = "nothing";
        for (const auto& [old_name, old_value] : before) {
            if (old_name == name) former = old_value;
        }
        if (former != value) return fmt::format("{} was '{}' and is '{}'", name, former, value);
    }
    return {};
}

}  // namespace sigmaflow
