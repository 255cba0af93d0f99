#pragma once
/// \file
/// Files that a user names: what stands at a path is looked at before anything is read from it, so that a folder, a
/// pipe or a device is an error and never a hang.

#include <cstddef>
#include <string>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

/// What the open file is, if it is no regular file: "a folder", "a pipe", "a device", "a socket"; empty otherwise.
[[nodiscard]] std::string irregular_kind(int descriptor);

/// InputError at `where`, the place that names the file, unless a regular file (or a link to one) is at `path` and may
/// be read.
void require_regular_file(const std::string& path, const Location& where = {});

/// The contents of a file, a pipe or a device, as far as `most` bytes and a little more, so that the caller sees an
/// excess without reading all of it. An InputError at `where` if it cannot be read, is a folder, or if it is a pipe
/// into which nothing is written for five seconds.
[[nodiscard]] std::string read_text_file(const std::string& path, std::size_t most, const Location& where = {});

}  // namespace sigmaflow
