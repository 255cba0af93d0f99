#include "file_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

constexpr std::array<char, 8> kMagic = {'S', 'I', 'G', 'M', 'A', 'F', 'L', 'O'};

struct Header {
    std::array<char, 8> magic = kMagic;
    std::uint32_t version = kFormatVersion;
    std::uint32_t header_bytes = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t table_offset = 0;
    std::uint64_t range_count = 0;
    std::uint64_t frozen_digest = 0;
    std::uint64_t header_digest = 0;  ///< of the bytes before it

    [[nodiscard]] std::uint64_t digest() const {
        return hash64(std::as_bytes(std::span(this, 1)).first(sizeof(Header) - sizeof(header_digest)));
    }
};
static_assert(sizeof(Header) == 56);

/// The digest of the frozen bytes: the hash of the hashes of their pieces. A piece is a stretch between mutable ranges,
/// cut every 2^20 bytes.
class FrozenDigest {
  public:
    explicit FrozenDigest(const ByteFile& file) : file_(file) {}

    std::uint64_t over(std::uint64_t from, std::uint64_t to, const std::vector<MutableRange>& ranges) {
        for (const auto& range : ranges) {
            add(from, range.offset);
            from = range.offset + range.size;
        }
        add(from, to);
        return hash64(std::as_bytes(std::span(pieces_)));
    }

  private:
    static constexpr std::uint64_t kPiece = 1 << 20;

    void add(std::uint64_t from, std::uint64_t to) {
        while (from < to) {
            const auto size = std::min(to - from, kPiece);
            pieces_.push_back(hash64(file_.read(from, size)));
            from += size;
        }
    }

    const ByteFile& file_;
    std::vector<std::uint64_t> pieces_;
};

std::vector<MutableRange> read_ranges(const ByteFile& file, const Header& header) {
    std::vector<MutableRange> ranges(header.range_count);
    file.read(header.table_offset, std::as_writable_bytes(std::span(ranges)));
    return ranges;
}

/// Ranges follow each other without overlap inside the file.
bool in_order(const std::vector<MutableRange>& ranges, std::uint64_t file_bytes) {
    std::uint64_t end = kUserBlockBytes;
    for (const auto& range : ranges) {
        if (range.offset < end || range.offset > file_bytes || range.size > file_bytes - range.offset) return false;
        end = range.offset + range.size;
    }
    return true;
}

Header read_header(const ByteFile& file) {
    Header header;
    file.read(0, std::as_writable_bytes(std::span(&header, 1)));
    return header;
}

std::string identity_fault(const ByteFile& file) {
    if (file.size() < kUserBlockBytes) return "it is too short for a sigmaflow result file: it was cut off";
    const auto header = read_header(file);
    if (header.magic != kMagic) return "it does not start as a sigmaflow result file";
    const bool intact = header.header_digest == header.digest();
    if (header.version != kFormatVersion) {  // another version may keep its digest elsewhere
        const auto* doubt = intact ? "it has" : "its header is damaged, or of";
        return fmt::format("{} format version {}, this program reads version {}: a newer sigmaflow may read it", doubt,
                           header.version, kFormatVersion);
    }
    if (!intact) return "its header is damaged";
    return {};
}

std::string frozen_fault(const ByteFile& file) {
    const auto header = read_header(file);
    if (const auto size = file.size(); size != header.file_bytes) {
        return fmt::format("it has {} bytes instead of {}{}", size, header.file_bytes,
                           size < header.file_bytes ? ": it was cut off" : "");
    }
    constexpr auto kRange = sizeof(MutableRange);
    constexpr std::uint64_t kMostRanges = 1U << 20U;  // far more than datasets
    if (header.table_offset > header.file_bytes || header.range_count > kMostRanges ||
        header.range_count > (header.file_bytes - header.table_offset) / kRange) {
        return "its header points outside the file";
    }
    const auto ranges = read_ranges(file, header);
    if (!in_order(ranges, header.file_bytes)) return "its table of mutable ranges is damaged";
    if (FrozenDigest(file).over(sizeof(Header), header.file_bytes, ranges) != header.frozen_digest) {
        return "its metadata is damaged: the digest of all bytes that never change is not the recorded one";
    }
    return {};
}

}  // namespace

void write_header(const ByteFile& file, std::uint64_t table_offset, std::uint64_t range_count) {
    Header header;
    header.header_bytes = sizeof(Header);
    header.file_bytes = file.size();
    header.table_offset = table_offset;
    header.range_count = range_count;
    header.frozen_digest = FrozenDigest(file).over(sizeof(Header), header.file_bytes, read_ranges(file, header));
    header.header_digest = header.digest();
    file.write(0, std::as_bytes(std::span(&header, 1)));
}

bool is_result_file(const ByteFile& file) {
    constexpr std::array<char, 8> kHdf5 = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    const auto starts = [&](std::uint64_t offset, std::array<char, 8> expected) {
        std::array<char, 8> found{};
        if (file.size() < offset + found.size()) return false;
        file.read(offset, std::as_writable_bytes(std::span(found)));
        return found == expected;
    };
    return starts(0, kMagic) || starts(kUserBlockBytes, kHdf5);
}

bool has_other_version(const ByteFile& file) {
    if (file.size() < kUserBlockBytes) return false;
    const auto header = read_header(file);
    return header.magic == kMagic && header.header_digest == header.digest() && header.version != kFormatVersion;
}

std::string header_fault(const ByteFile& file) {
    auto fault = identity_fault(file);
    return fault.empty() ? frozen_fault(file) : fault;
}

void check_header(const std::string& path) {
    const ByteFile file(path, ByteFile::Mode::read);
    if (const auto fault = header_fault(file); !fault.empty()) throw InputError("cannot use '" + path + "'", fault);
}

}  // namespace sigmaflow
