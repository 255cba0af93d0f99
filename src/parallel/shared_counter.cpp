#include "sigmaflow/parallel/shared_counter.hpp"

#include <exception>

namespace sigmaflow {

SharedCounter::SharedCounter(MPI_Comm comm, std::int64_t end) : end_(end) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const MPI_Aint size = rank == 0 ? static_cast<MPI_Aint>(sizeof(std::int64_t)) : 0;
    MPI_Win_allocate(size, sizeof(std::int64_t), MPI_INFO_NULL, comm, static_cast<void*>(&memory_), &window_);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
    if (rank == 0) {
        *memory_ = 0;
        MPI_Win_sync(window_);
    }
    MPI_Barrier(comm);
}

SharedCounter::~SharedCounter() {
    if (std::uncaught_exceptions() > 0) return;  // the other ranks will not come: the job is about to be ended
    if (under_way_) MPI_Wait(&request_, MPI_STATUS_IGNORE);
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
}

void SharedCounter::ask() {
    if (under_way_ || exhausted_) return;
    MPI_Rget_accumulate(&one_, 1, MPI_INT64_T, &fetched_, 1, MPI_INT64_T, 0, 0, 1, MPI_INT64_T, MPI_SUM, window_,
                        &request_);
    under_way_ = true;
}

std::optional<std::int64_t> SharedCounter::take() {
    if (!under_way_) return std::nullopt;
    int done = 0;
    MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
    if (done == 0) return std::nullopt;
    under_way_ = false;
    if (fetched_ < end_ && !exhausted_) return fetched_;
    exhausted_ = true;
    return std::nullopt;
}

void SharedCounter::close() { exhausted_ = true; }

void SharedCounter::close_for_all() {
    if (!exhausted_) {
        MPI_Accumulate(&end_, 1, MPI_INT64_T, 0, 0, 1, MPI_INT64_T, MPI_SUM, window_);
        MPI_Win_flush_local(0, window_);
    }
    close();
}

}  // namespace sigmaflow
