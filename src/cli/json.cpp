#include "sigmaflow/cli/json.hpp"

#include <fmt/format.h>

namespace sigmaflow {

Json json_of(const Eigen::VectorXd& vector) { return std::vector<double>(vector.begin(), vector.end()); }

Json json_of(const Eigen::MatrixXd& matrix) {
    Json out = Json::array();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) out.push_back(json_of(Eigen::VectorXd(matrix.row(i))));
    return out;
}

void print_json(const Json& json) {
    // Texts may come from a damaged file or be paths: bytes that are no UTF-8 become U+FFFD.
    fmt::print("{}\n", json.dump(1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace sigmaflow
