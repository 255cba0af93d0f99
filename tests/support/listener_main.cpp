// main() of every test program, alone or under mpirun: under MPI a test fails if it fails on any rank, each rank names
// its own failures, and rank 0 alone prints the ordinary output.
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace {

class RankListener : public testing::EmptyTestEventListener {
  public:
    explicit RankListener(int rank) : rank_(rank) {}

    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (rank_ == 0 || !result.failed()) return;
        std::fprintf(stderr, "[rank %d] %s:%d: %s\n", rank_, result.file_name() ? result.file_name() : "?",
                     result.line_number(), result.message());
    }

    void OnTestEnd(const testing::TestInfo& info) override {
        const int mine = info.result()->Failed() ? 1 : 0;
        int any = 0;
        MPI_Allreduce(&mine, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
        if (any != 0 && mine == 0 && rank_ == 0) ADD_FAILURE() << "the test failed on another rank";
    }

  private:
    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    // What mpirun of Open MPI, mpiexec of MPICH and its kin, and srun leave in the environment.
    constexpr std::array kLaunchers = {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK"};
    const auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
    if (std::none_of(kLaunchers.begin(), kLaunchers.end(), is_set)) return RUN_ALL_TESTS();
    setenv("OMPI_MCA_fbtl_posix_write_datasieving", "0", 0);
    MPI_Init(nullptr, nullptr);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    if (rank != 0) delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new RankListener(rank));
    int result = RUN_ALL_TESTS();
    MPI_Allreduce(MPI_IN_PLACE, &result, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Finalize();
    return result;
}
