#pragma once
// A measured number of docs/claims.md, printed where tests/claims finds it.

#include <cstdio>

namespace sigmaflow::testing_support {

inline void claim(const char* name, double value) { std::printf("[claim] %s %.6g\n", name, value); }

}  // namespace sigmaflow::testing_support
