// This file declares the attributes, enumerations and type constraints of the graph dialect.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHTYPES_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHTYPES_TD

include "dialects/Graph/GraphDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"

// ---- Attributes ----------------------------------------------------------------------------------

class Graph_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Graph_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Graph_DimsAttr : Graph_Attr<"Dims", "dims", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "A list of dimension expressions";
  let description = [{
    One expression for each dimension of a tensor type, or for each element of `graph.dim_values`. An
    expression is made of integers, symbol names (quoted where they are no identifiers), `+`, `-`, `*`,
    `floordiv`, `ceildiv`, `mod` and parentheses. Expressions are kept in a normal form, so that equal
    formulas are mostly the same object; `ceildiv` is written with `floordiv`.

    As the encoding of a tensor type it has as many expressions as the type has dimensions; the type is
    dynamic exactly where the expression is not a constant, and at least one expression is not.

    ```mlir
    #graph.dims<batch, 64, (w + 1) floordiv 2>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::AffineExpr">:$exprs);
  let hasCustomAssemblyFormat = 1;
}

def Graph_RangeAttr : Graph_Attr<"Range", "range"> {
  let summary = "The range and divisor of a symbolic dimension";
  let description = [{
    `#graph.range<min, max, divisor>`: the symbol is a multiple of `divisor` in `min` to `max`, both
    inclusive; 0 <= min <= max and divisor >= 1.

    ```mlir
    #graph.range<8, 4096, 8>
    ```
  }];
  let parameters = (ins "int64_t":$min, "int64_t":$max, "int64_t":$divisor);
  let assemblyFormat = "`<` $min `,` $max `,` $divisor `>`";
  let genVerifyDecl = 1;
}

// ---- Enumerations --------------------------------------------------------------------------------

class Graph_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::azulejo::graph";
}

def Graph_ComparePredicate : Graph_Enum<"ComparePredicate", "what a comparison asks", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
    I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]>;
def Graph_ComparePredicateAttr : EnumAttr<Graph_Dialect, Graph_ComparePredicate, "compare_predicate">;

def Graph_ReduceKind : Graph_Enum<"ReduceKind", "how a reduction combines elements", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"mean", 1>, I32EnumAttrCase<"prod", 2>,
    I32EnumAttrCase<"max", 3>, I32EnumAttrCase<"min", 4>]>;
def Graph_ReduceKindAttr : EnumAttr<Graph_Dialect, Graph_ReduceKind, "reduce_kind">;

def Graph_PoolKind : Graph_Enum<"PoolKind", "how a pool combines a window", [
    I32EnumAttrCase<"max", 0>, I32EnumAttrCase<"average", 1>]>;
def Graph_PoolKindAttr : EnumAttr<Graph_Dialect, Graph_PoolKind, "pool_kind">;

def Graph_PadMode : Graph_Enum<"PadMode", "what stands in the padding", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"edge", 1>, I32EnumAttrCase<"reflect", 2>]>;
def Graph_PadModeAttr : EnumAttr<Graph_Dialect, Graph_PadMode, "pad_mode">;

// ---- Type constraints ----------------------------------------------------------------------------

class Graph_TensorOf<string elementPredicate, string summary>
    : Type<And<[CPred<"::azulejo::graph::isGraphTensor($_self)">,
                CPred<"::azulejo::graph::" # elementPredicate # "(::mlir::cast<::mlir::ShapedType>("
                      # "$_self).getElementType())">]>,
           summary, "::mlir::RankedTensorType">;

def Graph_Tensor : Graph_TensorOf<"isGraphElement", "graph tensor of any element type">;
def Graph_FloatTensor : Graph_TensorOf<"isFloatElement", "graph tensor of f16, bf16, f32 or f64">;
def Graph_IntTensor : Graph_TensorOf<"isIntElement", "graph tensor of integers (not i1)">;
def Graph_BoolTensor : Graph_TensorOf<"isBoolElement", "graph tensor of i1">;
def Graph_NumericTensor
    : Graph_TensorOf<"isNumericElement", "graph tensor of floats or integers (not i1)">;
def Graph_BitsTensor : Graph_TensorOf<"isBitsElement", "graph tensor of integers or i1">;

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHTYPES_TD
