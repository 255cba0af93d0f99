#pragma once
// What a layout must satisfy before a file is made of it.

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// InputError when the file would have too many datasets; std::logic_error, naming the culprit, when the layout
/// contradicts itself (a fault of the caller).
void check_layout(const Layout& layout);

}  // namespace sigmaflow
