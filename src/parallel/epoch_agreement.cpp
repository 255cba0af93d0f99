#include "sigmaflow/parallel/epoch_agreement.hpp"

namespace sigmaflow {

EpochAgreement::EpochAgreement(MPI_Comm comm) : comm_(comm) {}

EpochAgreement::~EpochAgreement() {
    if (is_under_way()) MPI_Wait(&request_, MPI_STATUS_IGNORE);
}

void EpochAgreement::start(const EpochState& mine) {
    // Sums serve all four: flags count the ranks that set them.
    mine_ = {mine.stop ? 1 : 0, mine.busy ? 1 : 0, mine.finished, mine.kept};
    MPI_Iallreduce(mine_.data(), all_.data(), static_cast<int>(mine_.size()), MPI_INT64_T, MPI_SUM, comm_, &request_);
}

std::optional<EpochState> EpochAgreement::test() {
    if (!is_under_way()) return std::nullopt;
    int done = 0;
    MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
    if (done == 0) return std::nullopt;
    return EpochState{all_[0] > 0, all_[1] > 0, all_[2], all_[3]};
}

}  // namespace sigmaflow
