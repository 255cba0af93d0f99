#pragma once
/// \file
/// Making a result file.

#include <string>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Creates `path` complete with all metadata and fixed content, every task pending: serial, on one rank only. The file
/// grows as `path`.partial, gets its space on the disk, and takes its name (replacing a file of that name, which the
/// caller has agreed to) when it is whole and flushed. Nothing is left behind on failure. Throws InputError for a
/// layout with too many shapes, std::runtime_error when the disk is too small.
void create_store(const std::string& path, const Layout& layout);

}  // namespace sigmaflow
