#pragma once
// Datasets that describe themselves: named dimensions, units, meanings and codes by the conventions of netCDF-4 and CF,
// so that xarray, netCDF4 and ncdump show them with their names.

#include <map>
#include <string>
#include <vector>

#include "hdf5.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// When the bytes of a dataset get a place in the file, and what they are at first.
enum class Bytes {
    none,       ///< no bytes: a name only
    undefined,  ///< at creation, contiguous, whatever was there: everything will be written
    zero,       ///< at creation, contiguous, zero
};

/// A group that remembers the order of its members.
[[nodiscard]] hdf5::Handle create_group(hid_t parent, const std::string& name);
[[nodiscard]] hdf5::Handle create_dataset(hid_t parent, const std::string& name, hid_t type,
                                          const std::vector<hsize_t>& dims, Bytes bytes);
/// A compressed dataset in chunks of whole rows, about `chunk_rows` of them.
[[nodiscard]] hdf5::Handle create_packed_dataset(hid_t parent, const std::string& name, hid_t type,
                                                 const std::vector<hsize_t>& dims, hsize_t chunk_rows);

/// The named dimensions of one group, as netCDF-4 keeps them: a dimension scale each, without values unless a variable
/// of the same name is its coordinate.
class Dimensions {
  public:
    explicit Dimensions(hid_t group) : group_(group) {}

    void add(const std::string& name, std::uint64_t size);
    /// `values`: a one-dimensional dataset of that name.
    void add_coordinate(const std::string& name, std::uint64_t size, hdf5::Handle values);
    [[nodiscard]] std::vector<hsize_t> shape(const std::vector<std::string>& names) const;
    void attach(hid_t dataset, const std::vector<std::string>& names) const;

  private:
    struct Scale {
        hdf5::Handle dataset;
        std::uint64_t size;
    };

    hid_t group_;
    std::map<std::string, Scale> scales_;
};

/// Attributes units, long_name, flag_values and flag_meanings, where there is something to say.
void describe(hid_t dataset, const std::string& unit, const std::string& meaning,
              const std::vector<std::string>& flag_meanings);

/// Writes the columns of a table into the group made for it.
/// Says in the attributes of a group that it holds records of an analysis, if it does.
void describe_analysis(hid_t group, const Group& layout);

void write_columns(hid_t group, const Dimensions& dimensions, const Table& table);
/// Writes a table of its own group.
void write_table(hid_t file, const Table& table);
[[nodiscard]] std::uint64_t length(const Table& table);

/// The attributes of a file and its study: what it is, where it comes from.
void write_origin(hid_t file, const std::string& format, std::uint64_t version, const Layout& layout);

}  // namespace sigmaflow
