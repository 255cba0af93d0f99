#include "sigmaflow/run/fingerprint.hpp"

#include <gnu/libc-version.h>

#include <fmt/format.h>
#include <Eigen/Core>

#include "numerics_fingerprint.hpp"

namespace sigmaflow {
namespace {

std::string cpu_features() {
    std::string out;
    const auto note = [&](const char* name, int present) {
        if (present != 0) out += (out.empty() ? "" : " ") + std::string(name);
    };
#if defined(__x86_64__)
    __builtin_cpu_init();
    note("sse4.2", __builtin_cpu_supports("sse4.2"));
    note("avx", __builtin_cpu_supports("avx"));
    note("avx2", __builtin_cpu_supports("avx2"));
    note("fma", __builtin_cpu_supports("fma"));
    note("avx512f", __builtin_cpu_supports("avx512f"));
    note("avx512vl", __builtin_cpu_supports("avx512vl"));
    note("avx512dq", __builtin_cpu_supports("avx512dq"));
#else
    note("no x86-64", 1);
#endif
    return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> numerics_fingerprint() {
    return {{"sources", SIGMAFLOW_SOURCE_DIGEST},
            {"build", SIGMAFLOW_BUILD},
            {"cpu", cpu_features()},
            {"backend", fmt::format("Eigen {}.{}.{} ({})", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION,
                                    EIGEN_MINOR_VERSION, Eigen::SimdInstructionSetsInUse())},
            {"libc", gnu_get_libc_version()}};
}

std::string program_version() { return SIGMAFLOW_VERSION; }

}  // namespace sigmaflow
