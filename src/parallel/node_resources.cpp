#include "sigmaflow/parallel/node_resources.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace sigmaflow {
namespace {

constexpr auto kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// The number in a file that holds nothing else; "max" and absent files have none.
std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::uint64_t value = 0;
    if (file >> value) return value;
    return {};
}

std::uint64_t left_by_the_system() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t kilobytes = 0;
        if (words >> name >> kilobytes && name == "MemAvailable:") return kilobytes * 1024;
    }
    return kUnlimited;
}

/// What a control group and those above it leave, of version 2 ("memory.max") or 1 ("memory.limit_in_bytes").
std::uint64_t left_by_groups(const std::filesystem::path& root, const std::string& group, const char* limit,
                             const char* used) {
    std::uint64_t least = kUnlimited;
    for (std::filesystem::path at = group.empty() ? "/" : group;; at = at.parent_path()) {
        const auto folder = root / at.relative_path();
        const auto most = number_in(folder / limit);
        const auto now = number_in(folder / used);
        if (most && now) least = std::min(least, *most > *now ? *most - *now : 0);
        if (at == at.root_path() || at.empty()) return least;
    }
}

std::uint64_t left_by_control_groups() {
    std::ifstream file("/proc/self/cgroup");
    std::uint64_t least = kUnlimited;
    for (std::string line; std::getline(file, line);) {  // "0::/path" or "7:memory:/path"
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const auto group = line.substr(second + 1);
        if (controllers == ",,")
            least = std::min(least, left_by_groups("/sys/fs/cgroup", group, "memory.max", "memory.current"));
        if (controllers.find(",memory,") != std::string::npos)
            least = std::min(least, left_by_groups("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                                                   "memory.usage_in_bytes"));
    }
    return least;
}

std::uint64_t left_of_address_space() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
    const auto pages = number_in("/proc/self/statm").value_or(0);
    const auto used = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

}  // namespace

std::uint64_t available_memory() {
    return std::min({left_by_the_system(), left_by_control_groups(), left_of_address_space()});
}

std::uint64_t available_disk(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return kUnlimited;  // creating the file will say what is wrong
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

}  // namespace sigmaflow
