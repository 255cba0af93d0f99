#include "sigmaflow/parallel/environment.hpp"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "sigmaflow/parallel/scoped_alarm.hpp"

namespace sigmaflow {

MpiEnvironment::MpiEnvironment() {
    setenv("OMPI_MCA_fbtl_posix_write_datasieving", "0", 0);
    int provided = MPI_THREAD_SINGLE;
    if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_FUNNELED) {
        throw std::runtime_error("MPI could not be started with MPI_THREAD_FUNNELED");
    }
    MPI_Comm_rank(comm(), &rank_);
    MPI_Comm_size(comm(), &size_);
}

MpiEnvironment::~MpiEnvironment() {
    constexpr double kSeconds = 120.0;  // everything is written by now
    const ScopedAlarm alarm(launched_as(), "the end of MPI on all ranks", kSeconds);
    MPI_Finalize();
}

int MpiEnvironment::ranks_on_this_node() const {
    MPI_Comm node = MPI_COMM_NULL;
    MPI_Comm_split_type(comm(), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    int ranks = 1;
    MPI_Comm_size(node, &ranks);
    MPI_Comm_free(&node);
    return ranks;
}

std::vector<std::string> MpiEnvironment::hosts() const {
    char mine[MPI_MAX_PROCESSOR_NAME] = {};
    int length = 0;
    MPI_Get_processor_name(mine, &length);
    std::vector<char> all(static_cast<std::size_t>(size_) * MPI_MAX_PROCESSOR_NAME);
    MPI_Allgather(mine, MPI_MAX_PROCESSOR_NAME, MPI_CHAR, all.data(), MPI_MAX_PROCESSOR_NAME, MPI_CHAR, comm());
    std::vector<std::string> out;
    for (int rank = 0; rank < size_; ++rank) {
        const std::string name = all.data() + static_cast<std::size_t>(rank) * MPI_MAX_PROCESSOR_NAME;
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
    return out;
}

int available_cores() {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
    return std::max(1, CPU_COUNT(&mask));
}

int choose_threads(int asked) {
    if (asked > 0) return asked;
    return std::getenv("OMP_NUM_THREADS") != nullptr ? omp_get_max_threads() : available_cores();
}

void abort_all(MPI_Comm comm, const std::string& message) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    std::fprintf(stderr, "sigmaflow: rank %d: %s\n", rank, message.c_str());
    std::fflush(stderr);
    MPI_Abort(comm, 1);
    std::abort();
}

bool all_agree(MPI_Comm comm, bool holds) {
    int mine = holds ? 1 : 0;
    int all = 0;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, comm);
    return all == 1;
}

int greatest(MPI_Comm comm, int value) {
    int out = 0;
    MPI_Allreduce(&value, &out, 1, MPI_INT, MPI_MAX, comm);
    return out;
}

std::string broadcast_text(MPI_Comm comm, const std::string& text) {
    auto length = static_cast<unsigned long long>(text.size());
    MPI_Bcast(&length, 1, MPI_UNSIGNED_LONG_LONG, 0, comm);
    std::string out = text;
    out.resize(length);
    MPI_Bcast(out.data(), static_cast<int>(length), MPI_CHAR, 0, comm);
    return out;
}

}  // namespace sigmaflow
