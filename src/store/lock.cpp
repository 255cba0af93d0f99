#include "sigmaflow/store/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <tuple>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/input_file.hpp"

namespace sigmaflow {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::string lock_path(const std::string& path) { return path + ".lock"; }

struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

enum class Attempt { locked, held, unsupported };

/// Locks of the open file, not of the process: another open and close in this process does not drop them.
Attempt try_lock(int descriptor) {
    auto lock = whole_file();
    if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return Attempt::locked;
    return errno == EAGAIN || errno == EACCES ? Attempt::held : Attempt::unsupported;
}

bool is_held(int descriptor) {
    auto lock = whole_file();
    return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// The holder before us may have removed the file between our open and our lock: then it is not the one at the path.
bool is_at(int descriptor, const std::string& path) {
    struct stat mine {};
    struct stat there {};
    return ::fstat(descriptor, &mine) == 0 && ::stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

LockHolder parse(const std::string& path) {
    LockHolder holder;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const auto key = line.substr(0, equals);
        const auto value = line.substr(equals + 1);
        if (key == "host") holder.host = value;
        if (key == "job") holder.job_id = value;
        if (key == "pid") holder.pid = std::strtoll(value.c_str(), nullptr, 10);
        if (key == "heartbeat") holder.heartbeat_unix = std::strtod(value.c_str(), nullptr);
    }
    return holder;
}

/// Without locks of the system: a process of this host can be asked for, others must have said something lately.
bool seems_alive(const LockHolder& holder) {
    if (holder.pid == 0) return false;
    const bool here = holder.host == host_name();
    if (here) return holder.pid != ::getpid() && (::kill(static_cast<pid_t>(holder.pid), 0) == 0 || errno == EPERM);
    return std::fabs(now() - holder.heartbeat_unix) < StoreLock::kStaleSeconds;
}

[[noreturn]] void refuse(const std::string& path, const LockHolder& holder) {
    if (holder.pid == 0) throw InputError("'" + path + "' is in use", "another job is just starting on it");
    const auto job = holder.job_id.empty() ? std::string() : ", job " + holder.job_id;
    throw InputError("'" + path + "' is in use",
                     fmt::format("process {} on {}{}, last heard of {:.0f} s ago", holder.pid, holder.host, job,
                                 std::max(0.0, now() - holder.heartbeat_unix)),
                     "wait for that job or stop it");
}

int open_lock(const std::string& file) {
    // What is written into a lock must not go through a link, into a pipe or a device.
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
    if (descriptor < 0) throw InputError("cannot create '" + file + "'", std::strerror(errno));
    const std::string kind = irregular_kind(descriptor);
    if (kind.empty()) return descriptor;
    ::close(descriptor);
    throw InputError("cannot lock '" + file + "'", "it is " + kind + ", not a file");
}

}  // namespace

StoreLock::StoreLock(const std::string& path, const std::string& job_id) : path_(lock_path(path)), job_id_(job_id) {
    while (true) {
        descriptor_ = open_lock(path_);
        const auto attempt = try_lock(descriptor_);
        const auto holder = parse(path_);
        if (attempt == Attempt::held || (attempt == Attempt::unsupported && seems_alive(holder))) {
            ::close(descriptor_);
            refuse(path, holder);
        }
        if (is_at(descriptor_, path_)) break;
        ::close(descriptor_);
    }
    heartbeat();
}

StoreLock::~StoreLock() {
    ::unlink(path_.c_str());  // before the lock ends, so that nobody can lock a file that is about to go
    ::close(descriptor_);
}

void StoreLock::heartbeat() noexcept {
    try {
        auto text = fmt::format("host={}\npid={}\njob={}\nheartbeat={:.3f}\n", host_name(), ::getpid(), job_id_, now());
        if (::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
            std::ignore = ::ftruncate(descriptor_, static_cast<off_t>(text.size()));
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): see the header
    }
}

std::optional<LockHolder> lock_holder(const std::string& path) {
    const auto file = lock_path(path);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    if (!irregular_kind(descriptor).empty()) {
        ::close(descriptor);
        return std::nullopt;
    }
    auto holder = parse(file);
    holder.alive = is_held(descriptor);
    ::close(descriptor);
    return holder;
}

}  // namespace sigmaflow
