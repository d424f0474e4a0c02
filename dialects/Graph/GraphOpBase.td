// This file declares the base classes that the operators of the graph dialect share.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHOPBASE_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHOPBASE_TD

include "dialects/Graph/GraphTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, !listconcat([Pure], traits)>;

// An operator whose result type follows from its operands and attributes.
class Graph_InferredOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([InferTypeOpAdaptorWithIsCompatible], traits)>;

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHOPBASE_TD
