#include "trial.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

/// The copy: quiet, without core files and handlers of others. It must not return.
[[noreturn]] void be_the_copy(const std::function<void()>& action) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) ::signal(number, SIG_DFL);
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
    try {
        action();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the caller does it again and learns what it throws
    }
    ::_exit(0);
}

/// How the copy ended; nothing if it has not after `seconds`.
std::optional<int> outcome(pid_t copy, double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    auto pause = std::chrono::microseconds(200);
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(copy, &status, WNOHANG);
        if (ended == copy) return status;
        if (ended < 0 && errno != EINTR) return 0;  // somebody else has waited for it
        if (Clock::now() > end) return std::nullopt;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::microseconds(20'000));
    }
}

}  // namespace

void try_in_a_copy(const std::string& path, double seconds, const std::function<void()>& action) {
    const pid_t copy = ::fork();
    if (copy < 0) return;  // no room for a copy: then without
    if (copy == 0) be_the_copy(action);
    const auto status = outcome(copy, seconds);
    if (!status) {
        ::kill(copy, SIGKILL);
        ::waitpid(copy, nullptr, 0);
        throw InputError("cannot read '" + path + "'",
                         fmt::format("it is damaged: HDF5 has not come to an end with it in {:.0f} s", seconds));
    }
    if (!WIFSIGNALED(*status)) return;
    throw InputError("cannot read '" + path + "'",
                     fmt::format("it is damaged: HDF5 fails on it with signal {}", WTERMSIG(*status)));
}

}  // namespace sigmaflow
