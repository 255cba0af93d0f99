#include "sigmaflow/store/points_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <span>

#include "byte_file.hpp"
#include "number_table.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/core/input_file.hpp"
#include "sigmaflow/core/printable.hpp"
#include "trial.hpp"

namespace sigmaflow {
namespace {

enum class Format { hdf5, npy, csv };

Format format_of(const std::string& path) {
    require_regular_file(path);
    std::ifstream file(path, std::ios::binary);
    std::array<char, 8> start{};
    file.read(start.data(), start.size());
    const std::string_view text(start.data(), static_cast<std::size_t>(file.gcount()));
    if (text == "\x89HDF\r\n\x1a\n") return Format::hdf5;
    if (text.starts_with("\x93NUMPY")) return Format::npy;
    return Format::csv;
}

NumberTable read_hdf5(const std::string& path, const std::string& dataset, const std::string& labels) {
    auto table = read_hdf5_table(path, dataset);
    if (!labels.empty()) table.labels = read_hdf5_labels(path, labels);
    return table;
}

/// Seconds in which even a slow disk gives a file, unpacked.
double patience_for(const std::string& path) {
    constexpr double kAtLeast = 10.0;
    constexpr double kBytesPerSecond = 2e6;
    return kAtLeast + static_cast<double>(ByteFile(path, ByteFile::Mode::read).size()) / kBytesPerSecond;
}

NumberTable read_table(const std::string& path, const std::string& dataset, const std::string& labels) {
    const auto format = format_of(path);
    if (format == Format::hdf5) {
        try_in_a_copy(path, patience_for(path), [&] { (void)read_hdf5(path, dataset, labels); });
        return read_hdf5(path, dataset, labels);
    }
    if (!dataset.empty()) {
        throw InputError("'" + path + "' has no dataset '" + dataset + "'", "it is not an HDF5 file",
                         "leave the dataset out");
    }
    if (format == Format::csv) return read_csv(path, labels);
    if (!labels.empty()) {
        throw InputError("'" + path + "' has no labels '" + labels + "'", "an NPY file is one table of numbers",
                         "use HDF5 or CSV");
    }
    return read_npy(path);
}

void require_usable(const NumberTable& table, const std::string& path) {
    if (table.rows == 0 || table.columns == 0) {
        throw InputError("'" + path + "' holds no points", fmt::format("{} x {} numbers", table.rows, table.columns));
    }
    if (table.columns > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
        throw InputError("the points of '" + path + "' have too many coordinates", fmt::format("{}", table.columns));
    }
    if (!table.labels.empty() && table.labels.size() != table.rows) {
        throw InputError("the labels of '" + path + "' do not match its points",
                         fmt::format("{} labels for {} points", table.labels.size(), table.rows));
    }
    for (std::size_t i = 0; i < table.labels.size(); ++i) {
        if (table.labels[i] == printable(table.labels[i])) continue;
        throw InputError("the label of point " + std::to_string(i) + " of '" + path + "' is no name of a class",
                         "'" + table.labels[i].substr(0, 80) + "'", "use UTF-8 without control characters");
    }
    for (std::size_t i = 0; i < table.values.size(); ++i) {
        if (std::isfinite(table.values[i])) continue;
        throw InputError("'" + path + "' holds a number that is not finite",
                         fmt::format("coordinate {} of point {}, counted from 0, is {}", i % table.columns,
                                     i / table.columns, table.values[i]));
    }
}

/// Unlabelled tables keep the digests of older versions.
std::uint64_t digest_of(const NumberTable& table) {
    std::vector<std::uint64_t> identity{table.rows, table.columns, hash64(std::as_bytes(std::span(table.values)))};
    for (const auto& label : table.labels) identity.push_back(hash64(label));
    return hash64(std::as_bytes(std::span(identity)));
}

}  // namespace

PointsTable read_points(const std::string& path, const std::string& dataset, const std::string& labels) {
    auto table = read_table(path, dataset, labels);
    require_usable(table, path);
    const auto digest = digest_of(table);
    return {std::move(table.values), static_cast<int>(table.columns), static_cast<std::int64_t>(table.rows), digest,
            std::move(table.labels)};
}

}  // namespace sigmaflow
