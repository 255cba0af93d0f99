#pragma once
/// \file
/// One counter for all ranks, from which each takes its next task: no idle master.

#include <mpi.h>

#include <cstdint>
#include <optional>

namespace sigmaflow {

/// A one-sided counter on rank 0. Fetches are asynchronous, so that a rank asks for its next task while it still works
/// on the present one; rank 0 must enter MPI now and then for others to make progress over TCP.
class SharedCounter {
  public:
    /// Collective; counts from 0 to `end`.
    SharedCounter(MPI_Comm comm, std::int64_t end);
    /// Collective.
    ~SharedCounter();
    SharedCounter(const SharedCounter&) = delete;
    SharedCounter& operator=(const SharedCounter&) = delete;

    /// Starts a fetch unless one is under way or the count has run out.
    void ask();
    /// The index of a finished fetch, once; nothing while it is under way or when the count has run out.
    [[nodiscard]] std::optional<std::int64_t> take();
    /// No index will come any more.
    [[nodiscard]] bool is_exhausted() const { return exhausted_; }
    /// Takes nothing more, whatever is left, on this rank.
    void close();
    /// Moves the count past its end: every rank finds it run out at its next fetch, and this one at once.
    void close_for_all();

  private:
    std::int64_t end_;
    std::int64_t* memory_ = nullptr;
    MPI_Win window_ = MPI_WIN_NULL;
    MPI_Request request_ = MPI_REQUEST_NULL;
    std::int64_t one_ = 1;
    std::int64_t fetched_ = 0;
    bool under_way_ = false;
    bool exhausted_ = false;
};

}  // namespace sigmaflow
