#include "sigmaflow/store/output.hpp"

#include <array>
#include <filesystem>
#include <span>

#include "byte_file.hpp"
#include "file_header.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

enum class Found { nothing, result, hdf5, other };

bool is_hdf5(const ByteFile& file) {
    constexpr std::array<char, 8> kHdf5 = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    std::array<char, 8> found{};
    if (file.size() < found.size()) return false;
    file.read(0, std::as_writable_bytes(std::span(found)));
    return found == kHdf5;
}

/// InputError for what is no file at all.
Found look_at(const std::string& path) {
    if (!is_occupied(path)) return Found::nothing;
    const ByteFile file(path, ByteFile::Mode::read);
    if (file.size() == 0) return Found::nothing;
    if (is_result_file(file)) return Found::result;
    return is_hdf5(file) ? Found::hdf5 : Found::other;
}

}  // namespace

bool is_occupied(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

void require_replaceable_by_result(const std::string& path) {
    const Found found = look_at(path);
    if (found == Found::nothing || found == Found::result) return;
    throw InputError("cannot replace '" + path + "'", "it is no result file of sigmaflow",
                     "choose another -o, or remove it yourself");
}

void require_replaceable_by_summary(const std::string& path) {
    const Found found = look_at(path);
    if (found == Found::result) {
        throw InputError("cannot write the summary to '" + path + "'", "it is a result file, which would be lost",
                         "choose another name");
    }
    if (found != Found::other) return;
    throw InputError("cannot write the summary to '" + path + "'", "the file there is no summary",
                     "choose another name, or remove it yourself");
}

}  // namespace sigmaflow
