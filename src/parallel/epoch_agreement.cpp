#include "sigmaflow/parallel/epoch_agreement.hpp"

#include <exception>

#include "sigmaflow/core/clock.hpp"

namespace sigmaflow {

EpochAgreement::EpochAgreement(MPI_Comm comm, Watchdog& watchdog) : comm_(comm), watchdog_(watchdog) {}

EpochAgreement::~EpochAgreement() {
    if (std::uncaught_exceptions() > 0) return;  // the other ranks will not come: the job is about to be ended
    if (is_under_way()) MPI_Wait(&request_, MPI_STATUS_IGNORE);
}

void EpochAgreement::start(const EpochState& mine) {
    // Sums serve all four: flags count the ranks that set them.
    mine_ = {mine.stop ? 1 : 0, mine.busy ? 1 : 0, mine.finished, mine.kept};
    since_ = steady_seconds();
    MPI_Iallreduce(mine_.data(), all_.data(), static_cast<int>(mine_.size()), MPI_INT64_T, MPI_SUM, comm_, &request_);
}

bool EpochAgreement::all_came() {
    int done = 0;
    MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
    return done != 0;  // the request is null then
}

std::optional<EpochState> EpochAgreement::test() {
    if (!is_under_way()) return std::nullopt;
    if (!all_came()) {
        watchdog_.wait_for("the meeting of an epoch", since_, [this] { return all_came(); });
        if (is_under_way()) return std::nullopt;
    }
    return EpochState{all_[0] > 0, all_[1] > 0, all_[2], all_[3]};
}

}  // namespace sigmaflow
