// This file gathers the handlers of one instruction set.
#include "exec/AluHandlers.h"

namespace azulejo::sim {

extern const IsaTable AZJ_ISA_TABLE = {
    AZJ_ISA_NAME,
    AZJ_ISA::kAluHandlers,
    AZJ_ISA::loadHandler,
    AZJ_ISA::storeHandler,
    AZJ_ISA::convertHandler,
    AZJ_ISA::convertPairHandler,
    AZJ_ISA::compareHandler,
    AZJ_ISA::selectHandler,
    AZJ_ISA::splatSlot,
    AZJ_ISA::kRaceRows,
};

} // namespace azulejo::sim
