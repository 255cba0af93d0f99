#include "sigmaflow/study/study_kinds.hpp"

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

const Kind& study_section() {
    static const Kind kind{
        "[study]",
        "the study as a whole",
        {
            {.name = "format",
             .type = Type::integer,
             .fallback = 1,
             .meaning = "version of this format",
             .least = 1,
             .most = 1},
            {.name = "name",
             .type = Type::text,
             .fallback = {},
             .meaning = "name of the study; left out: the name of its file"},
            {.name = "seed", .type = Type::integer, .fallback = 0, .meaning = "seed of all random numbers", .least = 0},
            {.name = "particles",
             .type = Type::integer,
             .fallback = 4096,
             .meaning = "particles per point",
             .least = 1,
             .most = 1e12},
            {.name = "block",
             .type = Type::integer,
             .fallback = 256,
             .meaning = "particles per task, a multiple of 32",
             .least = kTileWidth,
             .most = 65504},
        }};
    return kind;
}

const Kind& observe_section() {
    static const Kind kind{"[observe]",
                           "what is recorded",
                           {
                               {.name = "levels",
                                .type = Type::reals,
                                .fallback = {},
                                .meaning = "recorded levels: a number, a list of sigmas or \"grid\""},
                               {.name = "quantities",
                                .type = Type::texts,
                                .fallback = {},
                                .meaning = "recorded quantities: names or tables with a kind"},
                               {.name = "keep_particles",
                                .type = Type::integer,
                                .fallback = 64,
                                .meaning = "particles per point with records of their own",
                                .least = 0,
                                .most = 1e9},
                           }};
    return kind;
}

const Kind& sweep_section() {
    static const Kind kind{"[sweep]",
                           "which combinations are points",
                           {
                               {.name = "exclude",
                                .type = Type::texts,
                                .fallback = {},
                                .meaning = "tables of addresses and values: points left out"},
                               {.name = "zip",
                                .type = Type::texts,
                                .fallback = {},
                                .meaning = "lists of addresses: axes that move together"},
                           }};
    return kind;
}

}  // namespace sigmaflow
