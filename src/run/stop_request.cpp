#include "sigmaflow/run/stop_request.hpp"

#include <csignal>

namespace sigmaflow {
namespace {

// A signal handler can reach nothing but a global; it is private to this file.
volatile std::sig_atomic_t received = 0;

constexpr int handled[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
struct sigaction former[4];

extern "C" void note_signal(int number) {
    if (received != 0 && (number == SIGINT || number == SIGTERM)) {
        std::signal(number, SIG_DFL);
        std::raise(number);
        return;
    }
    received = number;
}

}  // namespace

ScopedStopSignals::ScopedStopSignals() {
    received = 0;
    struct sigaction action = {};
    action.sa_handler = note_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    for (int i = 0; i < 4; ++i) sigaction(handled[i], &action, &former[i]);
}

ScopedStopSignals::~ScopedStopSignals() {
    for (int i = 0; i < 4; ++i) sigaction(handled[i], &former[i], nullptr);
}

bool ScopedStopSignals::stop_requested() const { return received != 0; }
int ScopedStopSignals::signal_number() const { return received; }

}  // namespace sigmaflow
