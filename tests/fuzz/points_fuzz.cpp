// Tables of points: CSV and NPY, with and without a column of labels. HDF5 is read by a library that is not ours: a
// file that begins as such is left out.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzz/memory_file.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/printable.hpp"
#include "sigmaflow/store/points_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sigmaflow;
    if (size < 1 || (size > 4 && data[1] == 0x89 && data[2] == 'H')) return 0;
    static const fuzz::MemoryFile file;
    file.fill(std::as_bytes(std::span(data + 1, size - 1)));
    try {
        const auto table = read_points(file.path(), "", (data[0] & 1) != 0 ? "l" : "");
        if (static_cast<std::size_t>(table.dim) * static_cast<std::size_t>(table.count) != table.values.size())
            std::abort();
        for (const double value : table.values) {
            if (!std::isfinite(value)) std::abort();
        }
        for (const auto& label : table.labels) {
            if (!is_utf8(label)) std::abort();
        }
    } catch (const InputError& error) {
        if (printable(error.what()) != error.what()) std::abort();
    }
    return 0;
}
