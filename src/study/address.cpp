#include "address.hpp"

#include <algorithm>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

const std::vector<std::string>& object_rooms() {
    static const std::vector<std::string> rooms{"distribution", "schedule", "solver", "analysis"};
    return rooms;
}

std::string plural(const std::string& room) { return room == "analysis" ? "analyses" : room + "s"; }

std::vector<std::string> split_address(const std::string& text) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == '.') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

Address parse_address(const std::string& text, const Location& where) {
    const auto parts = split_address(text);
    const bool empty_part = std::find(parts.begin(), parts.end(), "") != parts.end();
    if (empty_part || parts.size() < 2) {
        throw InputError(where, "'" + text + "' is no address", "allowed: room.label.key, or room.key for all labels");
    }
    const auto& rooms = object_rooms();
    if (std::find(rooms.begin(), rooms.end(), parts[0]) == rooms.end()) {
        throw InputError(where, "unknown room '" + parts[0] + "' in the address '" + text + "'",
                         "known rooms: " + joined(rooms), suggest(parts[0], rooms));
    }
    if (parts.size() == 2) return {parts[0], "", parts[1]};
    // What follows the label is a key, or the path of a key inside an object: room.label.of.count.
    return {parts[0], parts[1], joined({parts.begin() + 2, parts.end()}, ".")};
}

}  // namespace sigmaflow
