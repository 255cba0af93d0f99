#pragma once
/// \file
/// Errors that a user can mend. Everything the program refuses is an InputError: it ends the command with exit code 2
/// before anything was written. Faults of the machine or of the program are std::runtime_error and end it with 1.

#include <stdexcept>
#include <string>

namespace sigmaflow {

/// A place in a study file. Line and column count from 1; line 0 means that the place is not a file (a command-line
/// option, a default).
struct Location {
    std::string file;
    int line = 0;
    int column = 0;

    /// "file:line", or "file" without a line; empty for a default.
    [[nodiscard]] std::string text() const;
};

/// An error of the user's input, worded as *problem (why) suggestion*, on one line and harmless to a terminal.
class InputError : public std::runtime_error {
  public:
    InputError(const Location& where, const std::string& problem, const std::string& why = {},
               const std::string& suggestion = {});
    explicit InputError(const std::string& problem, const std::string& why = {}, const std::string& suggestion = {});
};

}  // namespace sigmaflow
