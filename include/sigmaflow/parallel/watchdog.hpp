#pragma once
/// \file
/// Meetings of all ranks that cannot last for ever: who waits too long finds out which ranks did not come, names them
/// and ends the job.

#include <mpi.h>

#include <functional>
#include <string>
#include <vector>

namespace sigmaflow {

/// All members are called by the master thread. Nothing is sent while every rank comes in time.
class Watchdog {
  public:
    /// Collective. A rank waits `patience` seconds for others (0: for ever).
    Watchdog(MPI_Comm comm, double patience);
    /// Collective.
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Collective. Waits, asleep between looks, until all ranks have come to `meeting`.
    void gather(const std::string& meeting);
    /// Collective. gather(), then `action` on all ranks at once, which may take `patience` seconds.
    void together(const std::string& meeting, const std::function<void()>& action);
    /// To be called now and then by a rank that waits in a non-blocking collective since `since` (steady_seconds());
    /// `all_came` tests it. Answers those who look for missing ranks, and looks for them itself when it takes too long.
    void wait_for(const std::string& meeting, double since, const std::function<bool()>& all_came);

    [[nodiscard]] double patience() const { return patience_; }

  private:
    void answer(const std::string& meeting);
    void look_for_the_missing(const std::string& meeting, const std::function<bool()>& all_came);
    void collect(std::vector<std::string>& answers) const;
    [[noreturn]] void accuse(const std::string& meeting, const std::vector<std::string>& answers) const;

    MPI_Comm comm_ = MPI_COMM_NULL;
    double patience_;
    int rank_ = 0;
    int size_ = 1;
    int questions_ = 0;      ///< asked by this rank so far: answers to older ones do not count
    int lowest_asker_ = -1;  ///< of the ranks that ask as well; the lowest speaks for all
    std::vector<std::string> hosts_;
};

}  // namespace sigmaflow
