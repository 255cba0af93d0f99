#pragma once
// One group of a summary file, written point by point.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "labelled.hpp"

namespace sigmaflow {

/// A variable of a summary: its rows lie on the leading dimension `point`.
struct SummaryVariable {
    std::string name;
    Element element = Element::f64;
    std::vector<std::string> dimensions;
    std::string unit = {};
    std::string meaning = {};
    std::vector<std::pair<std::string, double>> numbers = {};
    std::vector<std::string> flag_meanings = {};
};

class SummaryGroup {
  public:
    SummaryGroup(hid_t parent, const Group& layout)
        : group_(create_group(parent, layout.name)), dimensions_(group_.id()) {
        describe_analysis(group_.id(), layout);
    }

    void add_dimension(const std::string& name, std::uint64_t size) { dimensions_.add(name, size); }
    /// A one-dimensional f64 variable, the coordinate of its dimension.
    void add_coordinate(const std::string& name, std::span<const double> values, const std::string& meaning);
    /// A small variable written at once.
    void add_values(const SummaryVariable& variable, std::span<const std::byte> bytes);
    /// A variable that grows row by row; returns its number for append().
    std::size_t add(const SummaryVariable& variable);
    /// The next row of a variable, for the next point.
    void append(std::size_t variable, std::span<const std::byte> row);
    /// Writes what is still buffered.
    void finish();

  private:
    struct Growing {
        hdf5::Handle dataset;
        Element element;
        std::vector<hsize_t> shape;
        hsize_t chunk_rows = 1;
        std::size_t row_bytes = 0;
        hsize_t written = 0;
        std::vector<std::byte> buffer = {};
    };

    void attach(const hdf5::Handle& dataset, const SummaryVariable& variable);
    static void flush(Growing& variable);

    hdf5::Handle group_;
    Dimensions dimensions_;
    std::vector<Growing> growing_;
};

}  // namespace sigmaflow
