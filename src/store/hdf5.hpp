#pragma once
// HDF5 handles that close themselves, errors as exceptions with HDF5's own reason, and the few operations on
// attributes and datasets that the store needs. Only the master thread may come here: the library is not thread-safe.

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow::hdf5 {

/// An owned hid_t.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    /// Takes `id`; std::runtime_error "cannot `doing` (reason)" when it is invalid.
    Handle(hid_t id, Close close, const std::string& doing);
    ~Handle() { reset(); }
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    [[nodiscard]] hid_t id() const { return id_; }
    void reset();

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// HDF5 prints nothing by itself any more.
void silence();
/// Throws std::runtime_error "cannot `doing` (reason)" for a negative result.
void check(herr_t result, const std::string& doing);
/// The innermost reason on HDF5's error stack.
[[nodiscard]] std::string reason();

/// Element types as they are in the file and in memory: little-endian, so that no conversion ever happens.
[[nodiscard]] hid_t type_of(Element element);
/// The element stored as `type`; std::runtime_error for a foreign type.
[[nodiscard]] Element element_of(hid_t type);
/// Variable-length UTF-8.
[[nodiscard]] Handle text_type();

[[nodiscard]] Handle open_file(const std::string& path);  ///< serial, read only
[[nodiscard]] int descriptor_of(hid_t file);              ///< of a file that is not open with MPI-IO
[[nodiscard]] Handle open_group(hid_t parent, const std::string& name);
[[nodiscard]] Handle open_dataset(hid_t parent, const std::string& name);
[[nodiscard]] std::vector<hsize_t> shape(hid_t dataset);
/// Offset of a contiguous dataset in the file, or 0 when it is empty.
[[nodiscard]] std::uint64_t offset_in_file(hid_t dataset);

void write_attribute(hid_t object, const std::string& name, const std::string& value);
void write_attribute(hid_t object, const std::string& name, double value);
void write_attribute(hid_t object, const std::string& name, std::uint64_t value);
void write_attribute(hid_t object, const std::string& name, std::span<const std::uint8_t> values);
[[nodiscard]] bool has_attribute(hid_t object, const std::string& name);
/// The text of an attribute, or empty when it is absent.
[[nodiscard]] std::string text_attribute(hid_t object, const std::string& name);
[[nodiscard]] std::uint64_t integer_attribute(hid_t object, const std::string& name);
/// Names and values of all text attributes, in order of creation.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> text_attributes(hid_t object);
/// Names and values of all attributes that are one f64, in order of creation.
[[nodiscard]] std::vector<std::pair<std::string, double>> number_attributes(hid_t object);

/// Names of the links of a group, in order of creation.
[[nodiscard]] std::vector<std::string> links(hid_t group);
[[nodiscard]] bool is_group(hid_t parent, const std::string& name);

void write_texts(hid_t dataset, const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> read_texts(hid_t dataset);
/// All bytes of a dataset, without conversion.
[[nodiscard]] std::vector<std::byte> read_bytes(hid_t dataset);

}  // namespace sigmaflow::hdf5
