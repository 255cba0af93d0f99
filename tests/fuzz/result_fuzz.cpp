// Result files: the file of tests/data with edits, which are the input. First byte, the mode:
//   bit 0 clear: edits anywhere. What differs in a frozen byte must be found by the digest, before HDF5 sees the file.
//   bit 0 set: edits of the header and of numbers in frozen datasets, which our own code reads, and digests made right
//     again: numbers are checked before they are sizes, indices or offsets. HDF5's own structures stay as they are, for
//     that library does not stand damage; the digest is there for it.
//   bit 1: compares the file with the original, too.
// An edit is 4 bytes of place, 1 of length (1 to 8 bytes) and the bytes; place 0xFFFFFFFF changes the size of the file.
#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "byte_file.hpp"
#include "file_header.hpp"
#include "fuzz/memory_file.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/store/diff.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/verify.hpp"

namespace {

using namespace sigmaflow;
using Bytes = std::vector<std::byte>;
const char* const kPath = SIGMAFLOW_SOURCE_DIR "/tests/data/result-format-1.h5";

constexpr std::size_t kHeaderBytes = 56;
constexpr std::size_t kDigestAt = 48;

struct Stretch {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

Bytes read_whole(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) std::abort();
    const std::string text(std::istreambuf_iterator<char>(file), {});
    Bytes out(text.size());
    std::memcpy(out.data(), text.data(), text.size());
    return out;
}

std::uint64_t number_at_offset(const Bytes& bytes, std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

herr_t note_dataset(hid_t file, const char* name, const H5O_info_t* info, void* out) {
    if (info->type != H5O_TYPE_DATASET) return 0;
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t type = H5Dget_type(dataset);
    const auto kind = H5Tget_class(type);
    const auto offset = H5Dget_offset(dataset);
    const auto size = H5Dget_storage_size(dataset);
    if ((kind == H5T_INTEGER || kind == H5T_FLOAT) && offset != HADDR_UNDEF && size > 0) {
        static_cast<std::vector<Stretch>*>(out)->push_back({offset, size});
    }
    H5Tclose(type);
    H5Dclose(dataset);
    return 0;
}

/// The whole file, and where numbers lie in it that our own code reads.
struct Original {
    Bytes bytes = read_whole(kPath);
    std::vector<Stretch> numbers{{0, kHeaderBytes}};
    std::vector<Stretch> frozen;  ///< what a run never changes
    std::uint64_t editable = 0;

    Original() {
        const hid_t file = H5Fopen(kPath, H5F_ACC_RDONLY, H5P_DEFAULT);
        if (file < 0 || H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, note_dataset, &numbers) < 0) std::abort();
        H5Fclose(file);
        for (const auto& stretch : numbers) editable += stretch.size;
        const auto table = number_at_offset(bytes, 24);
        std::uint64_t end = 0;
        for (std::uint64_t i = 0; i < number_at_offset(bytes, 32); ++i) {
            const auto first = number_at_offset(bytes, table + 16 * i);
            frozen.push_back({end, first - end});
            end = first + number_at_offset(bytes, table + 16 * i + 8);
        }
        frozen.push_back({end, bytes.size() - end});
    }

    /// A place in the numbers, counted through all stretches.
    [[nodiscard]] std::uint64_t number(std::uint64_t place) const {
        place %= editable;
        for (const auto& stretch : numbers) {
            if (place < stretch.size) return stretch.offset + place;
            place -= stretch.size;
        }
        return 0;
    }
};

void apply(std::span<const std::uint8_t> input, const Original& original, bool of_numbers, Bytes& bytes) {
    while (input.size() >= 6) {
        std::uint32_t place = 0;
        std::memcpy(&place, input.data(), sizeof place);
        const std::size_t length = std::min<std::size_t>(1 + input[4] % 8, input.size() - 5);
        if (place == 0xFFFFFFFF) {
            bytes.resize(original.bytes.size() - original.bytes.size() / 256 * input[5]);
        } else {
            const auto at = of_numbers ? original.number(place) : place % original.bytes.size();
            for (std::size_t i = 0; i < length && at + i < bytes.size(); ++i) bytes[at + i] = std::byte{input[5 + i]};
        }
        input = input.subspan(5 + length);
    }
}

/// The digests of a file whose header can be believed; otherwise that of the header alone.
void make_right(const fuzz::MemoryFile& file, Bytes& bytes) {
    if (bytes.size() < kUserBlockBytes) return;
    const auto table = number_at_offset(bytes, 24);
    const auto count = number_at_offset(bytes, 32);
    const bool inside = table <= bytes.size() && count <= (bytes.size() - table) / 16;
    bool in_order = inside;
    std::uint64_t end = kUserBlockBytes;
    for (std::uint64_t i = 0; in_order && i < count; ++i) {
        const auto first = number_at_offset(bytes, table + 16 * i);
        const auto size = number_at_offset(bytes, table + 16 * i + 8);
        in_order = first >= end && first <= bytes.size() && size <= bytes.size() - first;
        end = first + size;
    }
    file.fill(bytes);
    if (in_order) {
        Bytes header(bytes.begin(), bytes.begin() + kHeaderBytes);
        write_header(ByteFile(file.path(), ByteFile::Mode::write), table, count);
        const auto written = ByteFile(file.path(), ByteFile::Mode::read).read(0, kHeaderBytes);
        std::copy_n(written.begin() + 40, 8, bytes.begin() + 40);  // the digest of the frozen bytes; all else as edited
    }
    const auto digest = hash64(std::span<const std::byte>(bytes).first(kDigestAt));
    std::memcpy(bytes.data() + kDigestAt, &digest, sizeof digest);
}

bool differs_in_frozen_bytes(const Bytes& bytes, const Original& original) {
    if (bytes.size() != original.bytes.size()) return true;
    return std::any_of(original.frozen.begin(), original.frozen.end(), [&](const Stretch& stretch) {
        return std::memcmp(bytes.data() + stretch.offset, original.bytes.data() + stretch.offset, stretch.size) != 0;
    });
}

/// Everything that status, verify, diff and resume do. True if the file was taken for one of ours.
bool read_all(const std::string& path, bool compares) {
    try {
        const StoreReader reader(path);
        (void)reader.tasks();
        (void)reader.sessions();
        (void)verify_store(path);
        if (compares) (void)diff_stores(path, kPath, 0.0);
        return true;
    } catch (const std::runtime_error& error) {  // InputError included; a logic_error is a fault of ours
        if (std::getenv("SIGMAFLOW_FUZZ_SAYS") != nullptr) std::fprintf(stderr, "refused: %s\n", error.what());
        return false;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Original original;
    static const fuzz::MemoryFile file;
    if (size < 1) return 0;
    const bool of_numbers = (data[0] & 1) != 0;
    Bytes bytes = original.bytes;
    apply(std::span(data + 1, size - 1), original, of_numbers, bytes);
    if (of_numbers) make_right(file, bytes);
    file.fill(bytes);
    const bool taken = read_all(file.path(), (data[0] & 2) != 0);
    if (!of_numbers && taken && differs_in_frozen_bytes(bytes, original)) std::abort();
    if (!of_numbers && !taken && !differs_in_frozen_bytes(bytes, original)) std::abort();
    return 0;
}
