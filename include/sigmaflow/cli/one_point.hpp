#pragma once
/// \file
/// What the commands that look at one distribution share.

#include <memory>

#include "sigmaflow/cli/command_line.hpp"
#include "sigmaflow/run/inputs.hpp"

namespace sigmaflow {

/// One distribution of a study, with the tables that it may look into.
struct ChosenDistribution {
    StudyInputs inputs;
    Choice choice;
    std::shared_ptr<const Distribution> distribution;
};

/// Reads STUDY with --set and builds the distribution named by --distribution (the only one by default).
[[nodiscard]] ChosenDistribution choose_distribution(const Arguments& arguments);

/// The numbers of option `name` as a point of the distribution's space; InputError when their count is not its
/// dimension.
[[nodiscard]] Eigen::VectorXd read_position(const Arguments& arguments, const std::string& name, int dim);

}  // namespace sigmaflow
