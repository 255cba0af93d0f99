#include "row_values.hpp"

#include <stdexcept>

namespace sigmaflow {
namespace {

template <class T>
T load(std::span<const std::byte> bytes, std::size_t index) {
    T value;
    std::memcpy(&value, bytes.subspan(index * sizeof(T), sizeof(T)).data(), sizeof(T));
    return value;
}

}  // namespace

double number_at(std::span<const std::byte> bytes, Element element, std::size_t index) {
    switch (element) {
        case Element::f64: return load<double>(bytes, index);
        case Element::f32: return static_cast<double>(load<float>(bytes, index));
        case Element::i64: return static_cast<double>(load<std::int64_t>(bytes, index));
        default: return static_cast<double>(count_at(bytes, element, index));
    }
}

std::uint64_t count_at(std::span<const std::byte> bytes, Element element, std::size_t index) {
    switch (element) {
        case Element::u64: return load<std::uint64_t>(bytes, index);
        case Element::u32: return load<std::uint32_t>(bytes, index);
        case Element::u16: return load<std::uint16_t>(bytes, index);
        case Element::u8: return load<std::uint8_t>(bytes, index);
        default: throw std::runtime_error("a variable that must hold counts holds other numbers");
    }
}

int find_task_variable(const Group& group, const std::string& name) {
    const auto variables = group.task_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i]->name == name) return static_cast<int>(i);
    }
    return -1;
}

const Variable* find_variable(const Group& group, const std::string& name) {
    for (const auto& variable : group.variables) {
        if (variable.name == name) return &variable;
    }
    return nullptr;
}

std::uint64_t elements_per_point(const Group& group, const Variable& variable) {
    std::uint64_t product = 1;
    for (std::size_t i = 1; i < variable.dimensions.size(); ++i) {
        product *= group.size_of_dimension(variable.dimensions[i]);
    }
    return product;
}

}  // namespace sigmaflow
