#include "sigmaflow/parallel/watchdog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/parallel/scoped_alarm.hpp"

namespace sigmaflow {
namespace {

constexpr int kAsk = 1;
constexpr int kHere = 2;
constexpr std::size_t kTextBytes = 64;
/// A rank that waits looks at its messages at least every few milliseconds; a loaded machine may delay it.
constexpr double kGraceSeconds = 5.0;

/// What is sent: the number of the question and, in an answer, the meeting that the rank waits in.
struct Message {
    int question = 0;
    std::array<char, kTextBytes> text{};
};

std::array<char, kTextBytes> fitted_text(const std::string& text) {
    std::array<char, kTextBytes> out{};
    std::copy_n(text.begin(), std::min(text.size(), kTextBytes - 1), out.begin());
    return out;
}

/// Short waits cost no time, long ones no processor: the pauses grow to 2 ms.
class Naps {
  public:
    void next() {
        constexpr double kEagerSeconds = 1e-4;
        if (steady_seconds() - since_ < kEagerSeconds) return std::this_thread::yield();
        std::this_thread::sleep_for(nap_);
        nap_ = std::min(2 * nap_, std::chrono::microseconds(2000));
    }

  private:
    double since_ = steady_seconds();
    std::chrono::microseconds nap_{50};
};

}  // namespace

Watchdog::Watchdog(MPI_Comm comm, double patience) : patience_(patience) {
    MPI_Comm_dup(comm, &comm_);
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
    int length = 0;
    MPI_Get_processor_name(name.data(), &length);
    const auto mine = fitted_text(name.data());
    std::vector<std::array<char, kTextBytes>> all(static_cast<std::size_t>(size_));
    MPI_Allgather(mine.data(), kTextBytes, MPI_CHAR, all.data(), kTextBytes, MPI_CHAR, comm_);
    for (const auto& host : all) hosts_.emplace_back(host.data());
}

Watchdog::~Watchdog() { MPI_Comm_free(&comm_); }

void Watchdog::gather(const std::string& meeting) {
    const double since = steady_seconds();
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(comm_, &request);
    const auto all_came = [&request] {
        int done = 0;
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        return done != 0;
    };
    Naps naps;
    while (!all_came()) {
        naps.next();
        wait_for(meeting, since, all_came);
    }
}

void Watchdog::together(const std::string& meeting, const std::function<void()>& action) {
    gather(meeting);
    const ScopedAlarm alarm(fmt::format("rank {} on {}", rank_, hosts_[static_cast<std::size_t>(rank_)]),
                            "'" + meeting + "', to which every rank has come,", patience_);
    action();
}

void Watchdog::wait_for(const std::string& meeting, double since, const std::function<bool()>& all_came) {
    answer(meeting);
    if (patience_ > 0.0 && steady_seconds() - since > patience_) look_for_the_missing(meeting, all_came);
}

/// Tells ranks that look for missing ones that this one waits in `meeting`.
void Watchdog::answer(const std::string& meeting) {
    while (true) {
        int asked = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, kAsk, comm_, &asked, &status);
        if (asked == 0) return;
        Message message;
        MPI_Recv(&message, sizeof message, MPI_BYTE, status.MPI_SOURCE, kAsk, comm_, MPI_STATUS_IGNORE);
        if (lowest_asker_ < 0 || status.MPI_SOURCE < lowest_asker_) lowest_asker_ = status.MPI_SOURCE;
        message.text = fitted_text(meeting);
        MPI_Send(&message, sizeof message, MPI_BYTE, status.MPI_SOURCE, kHere, comm_);
    }
}

/// Returns if all come after all.
void Watchdog::look_for_the_missing(const std::string& meeting, const std::function<bool()>& all_came) {
    Message question;
    question.question = ++questions_;
    for (int rank = 0; rank < size_; ++rank) {
        MPI_Request sent = MPI_REQUEST_NULL;
        if (rank != rank_) MPI_Isend(&question, sizeof question, MPI_BYTE, rank, kAsk, comm_, &sent);
        if (sent != MPI_REQUEST_NULL) MPI_Request_free(&sent);  // small: it has left the buffer
    }
    std::vector<std::string> answers(static_cast<std::size_t>(size_));
    answers[static_cast<std::size_t>(rank_)] = meeting;
    const double since = steady_seconds();
    Naps naps;
    while (true) {
        if (all_came()) return;
        answer(meeting);
        collect(answers);
        naps.next();
        const bool spoken_for = lowest_asker_ >= 0 && lowest_asker_ < rank_;
        if (steady_seconds() - since > (spoken_for ? 4.0 : 1.0) * kGraceSeconds) accuse(meeting, answers);
    }
}

/// Notes what other ranks answer to this rank's last question.
void Watchdog::collect(std::vector<std::string>& answers) const {
    while (true) {
        int answered = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, kHere, comm_, &answered, &status);
        if (answered == 0) return;
        Message message;
        MPI_Recv(&message, sizeof message, MPI_BYTE, status.MPI_SOURCE, kHere, comm_, MPI_STATUS_IGNORE);
        if (message.question == questions_) answers[static_cast<std::size_t>(status.MPI_SOURCE)] = message.text.data();
    }
}

void Watchdog::accuse(const std::string& meeting, const std::vector<std::string>& answers) const {
    std::string missing;
    for (int rank = 0; rank < size_; ++rank) {
        const auto& answer = answers[static_cast<std::size_t>(rank)];
        if (answer == meeting.substr(0, kTextBytes - 1)) continue;
        missing +=
            fmt::format("{}rank {} on {}", missing.empty() ? "" : ", ", rank, hosts_[static_cast<std::size_t>(rank)]);
        if (!answer.empty()) missing += fmt::format(" (waits in '{}')", answer);
    }
    if (missing.empty()) missing = "none (all wait there, so messages are lost)";
    abort_all(comm_, fmt::format("not come to '{}' within {:g} s: {} (it hangs, or --patience is too short) the job "
                                 "ends here; what was written is safe: resume it",
                                 meeting, patience_, missing));
}

}  // namespace sigmaflow
