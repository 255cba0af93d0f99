#include "hdf5.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

static_assert(std::endian::native == std::endian::little, "rows are little-endian bytes");

namespace sigmaflow::hdf5 {
namespace {

std::string cannot(const std::string& doing) {
    const auto why = reason();
    return "cannot " + doing + (why.empty() ? "" : " (" + why + ")");
}

Handle scalar_space() { return {H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace"}; }

Handle create_attribute(hid_t object, const std::string& name, hid_t type, const Handle& space) {
    return {H5Acreate2(object, name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
            "create attribute '" + name + "'"};
}

Handle open_attribute(hid_t object, const std::string& name) {
    return {H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "open attribute '" + name + "'"};
}

bool is_scalar(const Handle& attribute) {
    const Handle space(H5Aget_space(attribute.id()), H5Sclose, "read an attribute's dataspace");
    return H5Sget_simple_extent_npoints(space.id()) == 1;
}

std::string read_text(const Handle& attribute) {
    if (!is_scalar(attribute)) throw std::runtime_error("a text attribute is a list");
    const auto type = text_type();
    char* text = nullptr;
    check(H5Aread(attribute.id(), type.id(), &text), "read a text attribute");
    std::string result = text == nullptr ? "" : text;
    H5free_memory(text);
    return result;
}

/// Elements of a dataset; a shape that no memory can hold is refused.
std::size_t elements(hid_t dataset, std::size_t width) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 40U;
    std::size_t count = 1;
    for (const auto extent : shape(dataset)) {
        if (extent > 0 && count * std::max<std::size_t>(width, 1) > kMostBytes / extent) {
            throw std::runtime_error("a dataset is larger than any memory");
        }
        count *= extent;
    }
    return count;
}

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

herr_t collect_link(hid_t, const char* name, const H5L_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

std::vector<std::string> attribute_names(hid_t object) {
    std::vector<std::string> names;
    check(H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect_name, &names), "list attributes");
    return names;
}

herr_t keep_innermost(unsigned n, const H5E_error2_t* error, void* text) {
    if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
    return 0;
}

}  // namespace

Handle::Handle(hid_t id, Close close, const std::string& doing) : id_(id), close_(close) {
    if (id < 0) throw std::runtime_error(cannot(doing));
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    if (this == &other) return *this;
    reset();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    close_ = other.close_;
    return *this;
}

void Handle::reset() {
    if (id_ >= 0) close_(id_);
    id_ = H5I_INVALID_HID;
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

void check(herr_t result, const std::string& doing) {
    if (result < 0) throw std::runtime_error(cannot(doing));
}

std::string reason() {
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
    return text;
}

hid_t type_of(Element element) {
    switch (element) {
        case Element::f64: return H5T_IEEE_F64LE;
        case Element::f32: return H5T_IEEE_F32LE;
        case Element::i64: return H5T_STD_I64LE;
        case Element::u64: return H5T_STD_U64LE;
        case Element::u32: return H5T_STD_U32LE;
        case Element::u16: return H5T_STD_U16LE;
        case Element::u8: return H5T_STD_U8LE;
    }
    throw std::logic_error("unknown element type");
}

Element element_of(hid_t type) {
    for (const auto element :
         {Element::f64, Element::f32, Element::i64, Element::u64, Element::u32, Element::u16, Element::u8}) {
        if (H5Tequal(type, type_of(element)) > 0) return element;
    }
    throw std::runtime_error("a dataset has an element type that the format does not know");
}

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a text type");
    check(H5Tset_size(type.id(), H5T_VARIABLE), "make a text type");
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "make a text type");
    return type;
}

Handle open_file(const std::string& path) {
    silence();
    const auto id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (id < 0 && reason().find("lock") != std::string::npos) {
        throw std::runtime_error("cannot open '" + path + "' (" + reason() +
                                 ") on a file system without locks, set HDF5_USE_FILE_LOCKING=FALSE");
    }
    return {id, H5Fclose, "open '" + path + "' as HDF5"};
}

int descriptor_of(hid_t file) {
    void* descriptor = nullptr;
    check(H5Fget_vfd_handle(file, H5P_DEFAULT, &descriptor), "find the descriptor of a file");
    return *static_cast<int*>(descriptor);
}

Handle open_group(hid_t parent, const std::string& name) {
    return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "open group '" + name + "'"};
}

Handle open_dataset(hid_t parent, const std::string& name) {
    return {H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, "open dataset '" + name + "'"};
}

std::vector<hsize_t> shape(hid_t dataset) {
    const Handle space(H5Dget_space(dataset), H5Sclose, "read a dataspace");
    const int rank = H5Sget_simple_extent_ndims(space.id());
    check(rank, "read a shape");
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr), "read a shape");
    return dims;
}

std::uint64_t offset_in_file(hid_t dataset) {
    const auto offset = H5Dget_offset(dataset);
    return offset == HADDR_UNDEF ? 0 : offset;
}

void write_attribute(hid_t object, const std::string& name, const std::string& value) {
    const auto type = text_type();
    const auto attribute = create_attribute(object, name, type.id(), scalar_space());
    const char* text = value.c_str();
    check(H5Awrite(attribute.id(), type.id(), &text), "write attribute '" + name + "'");
}

void write_attribute(hid_t object, const std::string& name, double value) {
    const auto attribute = create_attribute(object, name, H5T_IEEE_F64LE, scalar_space());
    check(H5Awrite(attribute.id(), H5T_NATIVE_DOUBLE, &value), "write attribute '" + name + "'");
}

void write_attribute(hid_t object, const std::string& name, std::uint64_t value) {
    const auto attribute = create_attribute(object, name, H5T_STD_U64LE, scalar_space());
    check(H5Awrite(attribute.id(), H5T_NATIVE_UINT64, &value), "write attribute '" + name + "'");
}

void write_attribute(hid_t object, const std::string& name, std::span<const std::uint8_t> values) {
    const hsize_t size = values.size();
    const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose, "make a dataspace");
    const auto attribute = create_attribute(object, name, H5T_STD_U8LE, space);
    check(H5Awrite(attribute.id(), H5T_NATIVE_UINT8, values.data()), "write attribute '" + name + "'");
}

bool has_attribute(hid_t object, const std::string& name) {
    const auto found = H5Aexists(object, name.c_str());
    check(found, "look for attribute '" + name + "'");
    return found > 0;
}

std::string text_attribute(hid_t object, const std::string& name) {
    return has_attribute(object, name) ? read_text(open_attribute(object, name)) : std::string();
}

std::uint64_t integer_attribute(hid_t object, const std::string& name) {
    const auto attribute = open_attribute(object, name);
    if (!is_scalar(attribute)) throw std::runtime_error("attribute '" + name + "' is a list");
    std::uint64_t value = 0;
    check(H5Aread(attribute.id(), H5T_NATIVE_UINT64, &value), "read attribute '" + name + "'");
    return value;
}

std::vector<std::pair<std::string, std::string>> text_attributes(hid_t object) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& name : attribute_names(object)) {
        const auto attribute = open_attribute(object, name);
        const Handle type(H5Aget_type(attribute.id()), H5Tclose, "read an attribute's type");
        if (H5Tis_variable_str(type.id()) > 0 && is_scalar(attribute)) found.emplace_back(name, read_text(attribute));
    }
    return found;
}

std::vector<std::pair<std::string, double>> number_attributes(hid_t object) {
    std::vector<std::pair<std::string, double>> found;
    for (const auto& name : attribute_names(object)) {
        const auto attribute = open_attribute(object, name);
        const Handle type(H5Aget_type(attribute.id()), H5Tclose, "read an attribute's type");
        if (H5Tequal(type.id(), H5T_IEEE_F64LE) <= 0 || !is_scalar(attribute)) continue;
        double value = 0.0;
        check(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), "read attribute '" + name + "'");
        found.emplace_back(name, value);
    }
    return found;
}

std::vector<std::string> links(hid_t group) {
    std::vector<std::string> names;
    check(H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect_link, &names), "list a group");
    return names;
}

bool is_group(hid_t parent, const std::string& name) {
    const Handle object(H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose, "open '" + name + "'");
    return H5Iget_type(object.id()) == H5I_GROUP;
}

void write_texts(hid_t dataset, const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const auto& text : texts) pointers.push_back(text.c_str());
    const auto type = text_type();
    check(H5Dwrite(dataset, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "write texts");
}

std::vector<std::string> read_texts(hid_t dataset) {
    std::vector<char*> pointers(elements(dataset, sizeof(char*)), nullptr);
    const auto type = text_type();
    check(H5Dread(dataset, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "read texts");
    std::vector<std::string> texts;
    for (char* text : pointers) {
        texts.emplace_back(text == nullptr ? "" : text);
        H5free_memory(text);
    }
    return texts;
}

std::vector<std::byte> read_bytes(hid_t dataset) {
    const Handle type(H5Dget_type(dataset), H5Tclose, "read an element type");
    const auto width = H5Tget_size(type.id());
    const auto kind = H5Tget_class(type.id());
    if ((kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_STRING) || H5Tis_variable_str(type.id()) > 0) {
        throw std::runtime_error("a dataset holds neither numbers nor texts of fixed length");
    }
    const auto size = width * elements(dataset, width);
    std::vector<std::byte> bytes(size);
    if (size == 0) return bytes;
    check(H5Dread(dataset, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), "read a dataset");
    return bytes;
}

}  // namespace sigmaflow::hdf5
