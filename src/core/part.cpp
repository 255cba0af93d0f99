#include "sigmaflow/core/part.hpp"

#include <charconv>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostParts = 100'000;

bool read_whole(const std::string& text, int& out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

}  // namespace

std::string Part::text() const { return std::to_string(index) + "/" + std::to_string(count); }

Part parse_part(const std::string& text) {
    Part part;
    const auto slash = text.find('/');
    const bool read = slash != std::string::npos && read_whole(text.substr(0, slash), part.index) &&
                      read_whole(text.substr(slash + 1), part.count);
    if (!read || part.index < 1 || part.index > part.count || part.count > kMostParts) {
        throw InputError("'" + text + "' is no part",
                         "I/N with 1 <= I <= N <= " + std::to_string(kMostParts) + ", as 2/8");
    }
    return part;
}

}  // namespace sigmaflow
