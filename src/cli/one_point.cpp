#include "sigmaflow/cli/one_point.hpp"

#include <fmt/format.h>

#include "sigmaflow/study/select.hpp"

namespace sigmaflow {

ChosenDistribution choose_distribution(const Arguments& arguments) {
    ChosenDistribution chosen{read_inputs(arguments.text("STUDY"), arguments.texts("set")), {}, nullptr};
    chosen.choice =
        select_one(chosen.inputs.study, "distribution", arguments.text_or("distribution", ""), chosen.inputs.catalog);
    chosen.distribution = build_distribution(chosen.choice, chosen.inputs.catalog);
    return chosen;
}

Eigen::VectorXd read_position(const Arguments& arguments, const std::string& name, int dim) {
    const auto numbers = parse_numbers(arguments.text(name), "--" + name);
    if (static_cast<int>(numbers.size()) != dim) {
        throw InputError(fmt::format("--{} has {} number{}", name, numbers.size(), numbers.size() == 1 ? "" : "s"),
                         fmt::format("the distribution has dimension {}", dim));
    }
    return Eigen::Map<const Eigen::VectorXd>(numbers.data(), dim);
}

}  // namespace sigmaflow
