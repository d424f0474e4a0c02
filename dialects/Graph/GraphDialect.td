// This file declares the graph dialect: model operators on immutable tensors.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHDIALECT_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHDIALECT_TD

include "mlir/IR/OpBase.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::azulejo::graph";
  let summary = "Model operators on immutable tensors";
  let description = [{
    The form in which a model enters the compiler. A value is a ranked tensor; an operator is pure, has a
    formula, and says nothing of hardware, memory or time. Dimensions are integers or expressions over named
    symbols (`batch`, `seq`); equal names mean equal sizes.

    A static type is a plain `tensor<2x3xf32>`. A type with a dynamic dimension carries one expression for
    each of its dimensions as its encoding:

    ```mlir
    tensor<?x64x?xf32, #graph.dims<batch, 64, (w + 1) floordiv 2>>
    ```

    A module may bound its symbols:

    ```mlir
    module attributes {graph.symbols = {batch = #graph.range<1, 64, 1>}} { ... }
    ```

    A symbol that is not listed lies in 1 to 2147483647. A function argument or result may carry its name
    in the model as the string attribute `graph.name`.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasCanonicalizer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Returns the expression of the symbol `name`; the same name always gives the same expression.
    /// Safe to call from several threads.
    ::mlir::AffineExpr getSymbol(::llvm::StringRef name);

    /// Returns the name of the symbol at `position`, which must come from `getSymbol` of this dialect.
    ::llvm::StringRef symbolName(unsigned position) const;

  private:
    mutable std::mutex symbolMutex;
    ::llvm::StringMap<unsigned> symbolPositions;
    std::deque<std::string> symbolNames;

  public:
  }];
}

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHDIALECT_TD
