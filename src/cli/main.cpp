#include <string>
#include <vector>

#include "sigmaflow/cli/commands.hpp"

int main(int argc, char** argv) {
    return static_cast<int>(sigmaflow::run_program(std::vector<std::string>(argv + 1, argv + argc)));
}
