// This file gathers the operators of the graph dialect; each family has a file of its own.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHOPS_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHOPS_TD

include "dialects/Graph/GraphElementwiseOps.td"
include "dialects/Graph/GraphContractionOps.td"
include "dialects/Graph/GraphShapeOps.td"
include "dialects/Graph/GraphKernelOps.td"

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHOPS_TD
