// This file declares the enumerations of the plan dialect; apart, because code is generated for every
// enumeration that a file sees, and the types file sees those of the graph dialect.
#ifndef AZULEJO_DIALECTS_PLAN_PLANENUMS_TD
#define AZULEJO_DIALECTS_PLAN_PLANENUMS_TD

include "mlir/IR/EnumAttr.td"

def Plan_Access : I32EnumAttr<"Access", "what a kernel does with a buffer", [
    I32EnumAttrCase<"read", 0>, I32EnumAttrCase<"write", 1>, I32EnumAttrCase<"readwrite", 2>]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::azulejo::plan";
}

#endif // AZULEJO_DIALECTS_PLAN_PLANENUMS_TD
