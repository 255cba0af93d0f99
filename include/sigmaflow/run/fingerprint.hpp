#pragma once
/// \file
/// What decides the bits of a result besides the study: the build, the features of the CPU, the libraries.

#include <string>
#include <utility>
#include <vector>

namespace sigmaflow {

/// Names and values: sources (digest of every source file that computes), build (compiler and flags), cpu (features
/// that libraries choose code by), simd and library versions.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> numerics_fingerprint();

/// The version of the program.
[[nodiscard]] std::string program_version();

}  // namespace sigmaflow
