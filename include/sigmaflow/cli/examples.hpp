#pragma once
/// \file
/// The studies that `sigmaflow example` prints.

#include <string>
#include <vector>

namespace sigmaflow {

[[nodiscard]] std::vector<std::string> example_names();
/// The text of one; InputError with the known names otherwise.
[[nodiscard]] std::string example_study(const std::string& name);

}  // namespace sigmaflow
