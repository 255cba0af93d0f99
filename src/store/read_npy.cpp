#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "byte_file.hpp"
#include "number_table.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

/// What the header of an NPY file says. Format: the NEP 1 document of NumPy.
struct Description {
    char order = '<';  ///< of bytes: <, > or | (one byte)
    char kind = 'f';   ///< f, i or u
    std::uint64_t width = 8;
    bool fortran = false;
    std::vector<std::uint64_t> shape;
    std::uint64_t data_offset = 0;
};

[[noreturn]] void malformed(const std::string& path, const std::string& why) {
    throw InputError("cannot read '" + path + "' as NPY", why);
}

/// The text after "'key':" in the header's dictionary.
std::string_view entry(std::string_view header, const std::string& key, const std::string& path) {
    const auto found = header.find("'" + key + "'");
    const auto colon = header.find(':', found);
    if (found == std::string_view::npos || colon == std::string_view::npos) malformed(path, "its header has no " + key);
    const auto rest = header.substr(colon + 1);
    return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

void parse_type(std::string_view text, const std::string& path, Description& out) {
    const auto end = text.find('\'', 1);
    const std::string type(text.substr(0, end == std::string_view::npos ? text.size() : end + 1));
    const bool shaped = type.size() == 5 && type[0] == '\'' && type[4] == '\'';
    if (shaped) {
        out.order = type[1];
        out.kind = type[2];
        out.width = static_cast<std::uint64_t>(type[3] - '0');
    }
    const bool is_real = out.kind == 'f' && (out.width == 4 || out.width == 8);
    const bool is_integer =
        (out.kind == 'i' || out.kind == 'u') && (out.width == 1 || out.width == 2 || out.width == 4 || out.width == 8);
    const bool known_order = out.order == '<' || out.order == '>' || (out.order == '|' && out.width == 1);
    if (!shaped || !known_order || (!is_real && !is_integer)) {
        malformed(path, "its element type is " + type.substr(0, 40) + "; f4, f8 and integers are possible");
    }
}

void parse_shape(std::string_view text, const std::string& path, Description& out) {
    const auto end = text.find(')');
    if (!text.starts_with('(') || end == std::string_view::npos) malformed(path, "its shape is not a tuple");
    text = text.substr(1, end - 1);
    while (true) {
        text = text.substr(std::min(text.find_first_not_of(" ,"), text.size()));
        if (text.empty()) break;
        std::uint64_t size = 0;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), size);
        if (error != std::errc{}) malformed(path, "its shape is not made of numbers");
        out.shape.push_back(size);
        text = text.substr(static_cast<std::size_t>(rest - text.data()));
    }
    if (out.shape.size() != 2) {
        malformed(path, fmt::format("it has {} dimensions, points x coordinates are needed", out.shape.size()));
    }
}

Description read_description(const ByteFile& file) {
    constexpr std::uint64_t kMagicBytes = 8;  // \x93NUMPY, major, minor
    constexpr std::uint64_t kMostHeader = 1 << 16;
    const auto& path = file.path();
    if (file.size() < kMagicBytes + 4) malformed(path, "it was cut off");
    const auto start = file.read(0, kMagicBytes + 4);
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint64_t>(start[i]); };
    const auto version = byte(6);
    if (version < 1 || version > 3) malformed(path, fmt::format("its format version is {}", version));
    std::uint64_t length = byte(8) | byte(9) << 8;
    if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
    const auto header_offset = kMagicBytes + (version == 1 ? 2 : 4);
    if (length > kMostHeader || header_offset + length > file.size()) malformed(path, "its header was cut off");
    const auto bytes = file.read(header_offset, length);
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Description out;
    out.data_offset = header_offset + length;
    parse_type(entry(header, "descr", path), path, out);
    parse_shape(entry(header, "shape", path), path, out);
    const auto order = entry(header, "fortran_order", path);
    out.fortran = order.starts_with("True");
    if (!out.fortran && !order.starts_with("False")) malformed(path, "its fortran_order is neither True nor False");
    return out;
}

template <class Real, class Bits>
double real(std::uint64_t bits) {
    return static_cast<double>(std::bit_cast<Real>(static_cast<Bits>(bits)));
}

double element(const Description& what, const std::byte* bytes) {
    std::uint64_t bits = 0;  // assembled from the most significant byte on
    for (std::uint64_t i = 0; i < what.width; ++i) {
        const auto next = what.order == '>' ? i : what.width - 1 - i;
        bits = bits << 8 | std::to_integer<std::uint64_t>(bytes[next]);
    }
    if (what.kind == 'f') return what.width == 4 ? real<float, std::uint32_t>(bits) : real<double, std::uint64_t>(bits);
    if (what.kind == 'u') return static_cast<double>(bits);
    const auto unused = 64 - 8 * static_cast<int>(what.width);
    return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);  // spreads the sign
}

}  // namespace

NumberTable read_npy(const std::string& path) {
    const ByteFile file(path, ByteFile::Mode::read);
    const auto what = read_description(file);
    const auto rows = what.shape[0];
    const auto columns = what.shape[1];
    const auto there = file.size() - what.data_offset;
    if (there / what.width > kMostNumbers) malformed(path, "it has more than 2^30 numbers");
    const bool empty = rows == 0 || columns == 0;
    const bool fits = empty ? there == 0 : there / what.width / columns == rows && there == rows * columns * what.width;
    if (!fits) malformed(path, fmt::format("{} x {} numbers do not make its {} bytes of data", rows, columns, there));
    NumberTable table{rows, columns, std::vector<double>(empty ? 0 : rows * columns)};
    const auto bytes = file.read(what.data_offset, there);
    for (std::uint64_t i = 0; i < table.values.size(); ++i) {
        const auto position = what.fortran ? (i % columns) * rows + i / columns : i;
        table.values[i] = element(what, bytes.data() + position * what.width);
    }
    return table;
}

}  // namespace sigmaflow
