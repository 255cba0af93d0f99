#include "sigmaflow/schedule/spacing.hpp"

#include <cmath>

namespace sigmaflow {

std::vector<std::size_t> spaced_indices(std::size_t count, std::size_t steps, Spacing spacing, std::size_t offset) {
    const auto n = static_cast<double>(steps);
    const auto all = static_cast<double>(count);
    std::vector<std::size_t> out;
    for (std::size_t left = steps; left > 0; --left) {
        const auto i = static_cast<double>(left);
        switch (spacing) {
            case Spacing::linspace:
                out.push_back(static_cast<std::size_t>(std::nearbyint((i - 1.0) * (all - 1.0) / (n - 1.0))));
                break;
            case Spacing::leading: out.push_back((left - 1) * (count / steps) + offset); break;
            case Spacing::trailing: out.push_back(static_cast<std::size_t>(std::nearbyint(i * all / n)) - 1); break;
        }
    }
    return out;
}

std::vector<Parameter> spacing_parameters() {
    Parameter spacing{"spacing", Type::text, Value("linspace"), "which timesteps the grid 'own' takes"};
    spacing.allowed = {"linspace", "leading", "trailing"};
    Parameter offset{"steps_offset", Type::integer, Value(0), "first timestep of the spacing 'leading'"};
    offset.least = 0.0;
    offset.most = 1e6;
    return {spacing, offset};
}

Spacing chosen_spacing(const Parameters& parameters) {
    const std::string& given = parameters.text("spacing");
    if (given == "leading") return Spacing::leading;
    return given == "trailing" ? Spacing::trailing : Spacing::linspace;
}

}  // namespace sigmaflow
