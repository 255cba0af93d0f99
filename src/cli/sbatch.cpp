#include "sbatch.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "sigmaflow/cli/job_script.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

void require_replaceable_script(const std::string& path) {
    std::ifstream file(path);
    if (!file) return;
    std::string first;
    std::string second;
    std::getline(file, first);
    std::getline(file, second);
    if (second.find(kSubmitMark) == std::string::npos) {
        throw InputError("'" + path + "' is already there", "it was not written by 'sigmaflow submit'",
                         "name another output with -o, or use --dry-run > FILE");
    }
}

void write_script(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write '" + path + "'");
    std::filesystem::permissions(path, std::filesystem::perms::owner_exec, std::filesystem::perm_options::add);
}

bool on_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (::access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

std::string submit_script(const std::string& options, const std::string& script) {
    const std::string command = "sbatch --parsable " + options + shell_quoted(script);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                     [](FILE* file) { return file == nullptr ? 0 : ::pclose(file); });
    if (pipe == nullptr) throw std::runtime_error("sbatch could not be started");
    std::array<char, 256> piece{};
    std::string answer;
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), pipe.get()) != nullptr) answer += piece.data();
    // "17", or "17;cluster"; nothing when sbatch has refused, which it has explained itself.
    answer.erase(std::min(answer.find_first_not_of("0123456789"), answer.size()));
    if (answer.empty()) throw std::runtime_error("sbatch refused '" + script + "', see above");
    return answer;
}

}  // namespace sigmaflow
