#pragma once
/// \file
/// Reading a text file of bounded size.

#include <cstddef>
#include <string>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

/// The contents of a file, whatever it is (a pipe, too), as far as `most` bytes and a little more, so that the caller
/// sees an excess without reading all of it. An InputError at `where`, the place that names the file, if it cannot be
/// read.
[[nodiscard]] std::string read_text_file(const std::string& path, std::size_t most, const Location& where = {});

}  // namespace sigmaflow
