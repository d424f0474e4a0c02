// This file declares the patterns that spell instruction forms: text in which (x|y|) stands for x,
// y or nothing.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_SPELLINGPATTERN_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_SPELLINGPATTERN_H

#include <string>
#include <string_view>
#include <vector>

namespace azulejo::sim {

// Whether `text` is one of the spellings of `pattern`.
bool matchesPattern(std::string_view pattern, std::string_view text);

// How many spellings there are, and the one of that number.
size_t spellingCount(std::string_view pattern);
std::string spellingAt(std::string_view pattern, size_t index);

// Spellings that have every alternative of every group, and `more` others, the same in every run;
// all of them where there are no more.
std::vector<std::string> sampleOf(std::string_view pattern, size_t more);

// What the spellings of `pattern` start with, up to the first dot, without repetition. Only the
// group that a pattern starts with may hold different families, as (atom|red).add.u32 does.
std::vector<std::string_view> familiesOf(std::string_view pattern);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_SPELLINGPATTERN_H
