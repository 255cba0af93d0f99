#include "sigmaflow/core/input_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sigmaflow {
namespace {

constexpr int kPatience = 5000;  // milliseconds

InputError unreadable(const std::string& path, const Location& where, const std::string& why) {
    return {where, "cannot read '" + path + "'", why};
}

/// An open file, closed again. Opening never waits for the other end of a pipe.
class Opened {
  public:
    Opened(const std::string& path, const Location& where)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
        if (descriptor_ < 0) throw unreadable(path, where, std::strerror(errno));
    }
    ~Opened() { ::close(descriptor_); }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

}  // namespace

std::string irregular_kind(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode)) return {};
    if (S_ISDIR(status.st_mode)) return "a folder";
    if (S_ISFIFO(status.st_mode)) return "a pipe";
    return S_ISSOCK(status.st_mode) ? "a socket" : "a device";
}

void require_regular_file(const std::string& path, const Location& where) {
    const Opened file(path, where);
    const std::string kind = irregular_kind(file.descriptor());
    if (!kind.empty()) throw unreadable(path, where, "it is " + kind + ", not a file");
}

std::string read_text_file(const std::string& path, std::size_t most, const Location& where) {
    const Opened file(path, where);
    if (irregular_kind(file.descriptor()) == "a folder") throw unreadable(path, where, "it is a folder");
    std::string text;
    std::array<char, 1U << 16U> buffer{};
    while (text.size() <= most) {
        pollfd waiting{file.descriptor(), POLLIN, 0};
        if (::poll(&waiting, 1, kPatience) == 0) {
            throw unreadable(path, where, "it is a pipe, and nothing came out of it for five seconds");
        }
        const auto count = ::read(file.descriptor(), buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) throw unreadable(path, where, std::strerror(errno));
        if (count == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace sigmaflow
