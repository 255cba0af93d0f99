#pragma once
/// \file
/// Whether a result file is whole: its metadata, the checksum of every row, and what must hold between rows.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sigmaflow {

struct Damage {
    std::string where;  ///< "metadata", "task 12, row energy_mean", ...
    std::string what;
    std::int64_t task = -1;  ///< the task that must be computed again, or -1
};

struct VerifyReport {
    std::uint64_t tasks = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::uint64_t pending = 0;
    std::vector<Damage> damage;
};

/// Checks header and metadata first and stops there when they are damaged; then all records and all rows of done tasks
/// against their checksums; then, of intact tasks:
/// - at every level with a finite sigma, `count` is not greater than before and lacks no more than the failed particles
///   (the sum of `failures`), which are valid at the levels before they failed;
/// - every `X_bins` adds up to `count` at every level and component;
/// - `sigma` decreases where it is finite.
/// InputError only when the file cannot be opened, is something else or of another version.
[[nodiscard]] VerifyReport verify_store(const std::string& path);

/// What to do about the damage, as a sentence.
[[nodiscard]] std::string way_out(const VerifyReport& report);

/// Makes the tasks that `report` names pending again and returns their number. InputError when the damage is not in
/// tasks: then nothing in the file can be trusted. Serial; no job may be writing.
std::uint64_t repair_store(const std::string& path, const VerifyReport& report);

/// Makes tasks pending again, durably. Serial; no job may be writing.
void clear_flags(const std::string& path, std::span<const std::uint64_t> tasks);

}  // namespace sigmaflow
