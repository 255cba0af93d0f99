#pragma once
/// \file
/// A computation on a distribution as a whole (its modes, branches, a density), recorded as arrays. It runs once per
/// distribution of a study, whatever its schedules and solvers.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// An axis of a recorded array. Ragged results have an axis as long as their capacity.
struct RecordAxis {
    std::string name;
    int size = 1;
};

/// One array that every part of an analysis fills whole, row-major over `axes`. Places that are not used hold NaN, or
/// -1 in arrays of integers.
struct RecordField {
    std::string name;
    std::string unit;
    std::string meaning;
    std::vector<RecordAxis> axes;                 ///< none for a single number
    bool integer = false;                         ///< 64-bit integers instead of doubles
    std::vector<std::string> flag_meanings = {};  ///< names of the values 0, 1, .. of an integer field

    [[nodiscard]] std::size_t size() const;
};

/// The arrays of one part, in the order of its fields.
class AnalysisRecord {
  public:
    /// All places unused.
    explicit AnalysisRecord(const std::vector<RecordField>& fields);

    /// The numbers of a field; std::logic_error if there is none of that name and type.
    [[nodiscard]] std::span<double> reals(const std::string& name);
    [[nodiscard]] std::span<std::int64_t> integers(const std::string& name);
    /// The bytes of field i as they are stored.
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t i) const;

  private:
    struct Array {
        std::string name;
        std::vector<double> reals;
        std::vector<std::int64_t> integers;
    };
    std::vector<Array> arrays_;
};

/// What an analysis works on.
struct AnalysisSubject {
    const Distribution& distribution;
    StreamKey key;  ///< of the random streams of this study and distribution
};

class Analysis {
  public:
    virtual ~Analysis() = default;
    /// Why it cannot be done for this distribution; empty if it can.
    [[nodiscard]] virtual std::string mismatch(const Distribution& distribution) const = 0;
    /// What a part records, known before anything runs; the shapes may depend on the distribution's dimension and
    /// number of classes.
    [[nodiscard]] virtual std::vector<RecordField> fields(const Distribution& distribution) const = 0;
    /// Into how many independent parts the work is cut (levels of sigma, blocks of particles): each is a task.
    [[nodiscard]] virtual int parts(const Distribution& distribution) const = 0;
    /// The name of the axis that parts make ("level", "block").
    [[nodiscard]] virtual std::string part_axis() const = 0;
    /// Work of a part, independent of the machine.
    [[nodiscard]] virtual Work cost(const Distribution& distribution, int part) const = 0;
    /// Computes a part. The result depends on (subject, part) alone. A capacity that does not suffice is data: the
    /// count that would be needed is recorded.
    virtual void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const = 0;
};

}  // namespace sigmaflow
