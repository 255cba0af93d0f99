#pragma once
// What a layout must satisfy before a file is made of it.

#include <string>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// InputError when the file would have too many datasets; std::logic_error, naming the culprit, when the layout
/// contradicts itself (a fault of the caller).
void check_layout(const Layout& layout);

/// What differs between two layouts in names, shapes and places of results, in words; empty when results of one fit
/// the other.
[[nodiscard]] std::string layout_difference(const Layout& a, const Layout& b);

}  // namespace sigmaflow
