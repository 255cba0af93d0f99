#pragma once
/// \file
/// MPI for the life of a command. Only the master thread touches MPI (MPI_THREAD_FUNNELED).

#include <mpi.h>

#include <string>
#include <vector>

namespace sigmaflow {

/// Initialises and finalises MPI. Sets OMPI_MCA_fbtl_posix_write_datasieving=0 beforehand when unset: Open MPI before
/// 4.1.7 corrupts collective writes with small gaps otherwise (Open MPI issue 12718).
class MpiEnvironment {
  public:
    MpiEnvironment();
    ~MpiEnvironment();
    MpiEnvironment(const MpiEnvironment&) = delete;
    MpiEnvironment& operator=(const MpiEnvironment&) = delete;

    [[nodiscard]] MPI_Comm comm() const { return MPI_COMM_WORLD; }
    [[nodiscard]] int rank() const { return rank_; }
    [[nodiscard]] int size() const { return size_; }
    /// Ranks of the job that share this one's memory. Collective.
    [[nodiscard]] int ranks_on_this_node() const;
    /// Host names of all ranks, each once, in order of first appearance. Collective.
    [[nodiscard]] std::vector<std::string> hosts() const;

  private:
    int rank_ = 0;
    int size_ = 1;
};

/// Cores this process may run on.
[[nodiscard]] int available_cores();
/// The threads to use: `asked` if positive, else OMP_NUM_THREADS, else the cores of the affinity mask.
[[nodiscard]] int choose_threads(int asked);

/// Ends all ranks with a message on standard error: for faults after which nobody may wait in a collective.
[[noreturn]] void abort_all(MPI_Comm comm, const std::string& message);

/// True on every rank if `holds` on every rank. Collective.
[[nodiscard]] bool all_agree(MPI_Comm comm, bool holds);
/// The greatest of all ranks' values. Collective.
[[nodiscard]] int greatest(MPI_Comm comm, int value);
/// Rank 0's text on every rank. Collective.
[[nodiscard]] std::string broadcast_text(MPI_Comm comm, const std::string& text);

}  // namespace sigmaflow
