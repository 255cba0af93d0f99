// Formulas: any text is refused with an InputError or is evaluated, to the same value each time.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sigmaflow/numerics/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sigmaflow;
    const std::string text(reinterpret_cast<const char*>(data), size);
    try {
        const Expression formula(text, {"t", "x"});
        for (const double t : {0.0, 0.5, -1e300, std::nan("")}) {
            const std::array<double, 2> values{t, 3.0};
            const double once = formula(values);
            const double twice = formula.evaluator()(values);
            if (once != twice && !(std::isnan(once) && std::isnan(twice))) std::abort();
        }
        (void)formula.mentions("t");
    } catch (const InputError&) {
    }
    return 0;
}
