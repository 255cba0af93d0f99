#pragma once
/// \file
/// Counts calls of malloc in this program. Include it in one file of a test program only.

#include <atomic>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIGMAFLOW_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SIGMAFLOW_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef SIGMAFLOW_COUNTS_ALLOCATIONS
#define SIGMAFLOW_COUNTS_ALLOCATIONS 1
#endif

namespace sigmaflow::test {
inline std::atomic<long> allocations{0};
}

#if SIGMAFLOW_COUNTS_ALLOCATIONS
extern "C" {
void* __libc_malloc(std::size_t size);
void* malloc(std::size_t size) {
    sigmaflow::test::allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_malloc(size);
}
}
#endif
