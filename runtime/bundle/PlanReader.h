// This file declares the helpers by which the parts of a plan are read: typed members with limits.
#ifndef AZULEJO_RUNTIME_BUNDLE_PLANREADER_H
#define AZULEJO_RUNTIME_BUNDLE_PLANREADER_H

#include "bundle/Plan.h"

#include <initializer_list>

namespace azulejo::runtime {

// Each reads the member `key` of the object `json`; it must be there and be of the type.
[[nodiscard]] azj_status readText(JsonValue json, const char *key, std::string &out);
[[nodiscard]] azj_status readInteger(JsonValue json, const char *key, int64_t min, int64_t max,
                                     int64_t &out);
// As readInteger, for an absent member too: `out` is then left alone.
[[nodiscard]] azj_status readOptionalInteger(JsonValue json, const char *key, int64_t min,
                                             int64_t max, int64_t &out);
// Finds an array of at most `limit` elements.
[[nodiscard]] azj_status readArray(JsonValue json, const char *key, uint32_t limit, JsonValue &out);
[[nodiscard]] azj_status readFormula(FormulaPool &formulas, JsonValue json, const char *key,
                                     Formula &out);
// Refuses a member whose key is not in the list: where an unknown key could change the meaning of a
// step, ignoring it could give wrong numbers.
[[nodiscard]] azj_status checkKeys(JsonValue json, std::initializer_list<const char *> keys);
[[nodiscard]] azj_status expectObject(JsonValue json);

// Reads the steps of one program; kernels must have been read already.
class StepReader {
public:
  StepReader(Plan &plan, PlanProgram &program) : plan(plan), program(program) {}

  [[nodiscard]] azj_status read(JsonValue json, PlanStep &step);

private:
  [[nodiscard]] azj_status readLaunch(JsonValue json, PlanStep &step);
  [[nodiscard]] azj_status readCopy(JsonValue json, PlanStep &step);
  [[nodiscard]] azj_status readFill(JsonValue json, PlanStep &step);
  [[nodiscard]] azj_status readArg(JsonValue json, PlanArg &arg);
  [[nodiscard]] azj_status readTensorMap(JsonValue json, PlanTensorMap &map);
  [[nodiscard]] azj_status readBuffer(JsonValue json, PlanBuffer &buffer);
  [[nodiscard]] azj_status readAccess(JsonValue json, PlanBuffer &buffer);
  [[nodiscard]] azj_status readTarget(JsonValue json, const char *key, uint32_t &out);
  [[nodiscard]] azj_status readFormulaList(JsonValue json, const char *key, uint32_t min,
                                           uint32_t max, std::vector<Formula> &out);

  Plan &plan;
  PlanProgram &program;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BUNDLE_PLANREADER_H
