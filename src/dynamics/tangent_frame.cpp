#include "sigmaflow/dynamics/tangent_frame.hpp"

namespace sigmaflow {

TangentFrame::TangentFrame(const StateLayout& layout, int memory)
    : layout_(layout), columns_(layout.dim, layout.channels.tangents) {
    tiles_.reserve(1 + static_cast<std::size_t>(memory));
}

void TangentFrame::start(State& state) const {
    auto frame = state.z.middleRows(layout_.tangents(), layout_.tangent_rows());
    frame.setZero();
    for (int j = 0; j < layout_.channels.tangents; ++j) frame.row(j * layout_.dim + j).setOnes();
    state.tangent_scale.setZero();
}

void TangentFrame::orthogonalise(History& history, State& state) {
    if (layout_.channels.tangents == 0) return;
    tiles_.assign(1, &state.z);
    for (int i = 0; i < history.length(); ++i) tiles_.push_back(&history.past(i));
    columns_.orthogonalise(tiles_, layout_.tangents(), state.tangent_scale);
}

}  // namespace sigmaflow
