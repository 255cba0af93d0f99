#include "text_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace sigmaflow {
namespace {

InputError unreadable(const std::string& path, const Location& where) {
    return {where, "cannot read '" + path + "'", std::strerror(errno)};
}

}  // namespace

std::string read_text_file(const std::string& path, std::size_t most, const Location& where) {
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
    if (file == nullptr) throw unreadable(path, where);
    std::string text;
    char buffer[1U << 16U];
    while (text.size() <= most) {
        const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get());
        text.append(buffer, count);
        if (count < sizeof buffer) break;
    }
    if (std::ferror(file.get()) != 0) throw unreadable(path, where);
    return text;
}

}  // namespace sigmaflow
