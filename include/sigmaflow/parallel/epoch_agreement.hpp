#pragma once
/// \file
/// The meeting of all ranks once an epoch: a non-blocking reduction that is started when a rank is ready and tested
/// between tiles, so that nobody waits for a whole task.

#include <mpi.h>

#include <array>
#include <cstdint>
#include <optional>

#include "sigmaflow/parallel/watchdog.hpp"

namespace sigmaflow {

/// What a rank brings, and what all ranks get.
struct EpochState {
    bool stop = false;          ///< a stop was requested (any rank)
    bool busy = false;          ///< work is left or under way (any rank)
    std::int64_t finished = 0;  ///< tasks that wait to be written (sum)
    std::int64_t kept = 0;      ///< tasks under way that even a stop waits for (sum)
};

class EpochAgreement {
  public:
    /// `watchdog` looks after ranks that do not come.
    EpochAgreement(MPI_Comm comm, Watchdog& watchdog);
    /// Waits for a reduction under way: all ranks must have started it.
    ~EpochAgreement();
    EpochAgreement(const EpochAgreement&) = delete;
    EpochAgreement& operator=(const EpochAgreement&) = delete;

    [[nodiscard]] bool is_under_way() const { return request_ != MPI_REQUEST_NULL; }
    void start(const EpochState& mine);
    /// The agreed state, once, when every rank has started.
    [[nodiscard]] std::optional<EpochState> test();

  private:
    [[nodiscard]] bool all_came();

    MPI_Comm comm_;
    Watchdog& watchdog_;
    double since_ = 0.0;  ///< when this rank came
    MPI_Request request_ = MPI_REQUEST_NULL;
    std::array<std::int64_t, 4> mine_{};
    std::array<std::int64_t, 4> all_{};
};

}  // namespace sigmaflow
