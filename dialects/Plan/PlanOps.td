// This file defines the operations of the plan dialect.
#ifndef AZULEJO_DIALECTS_PLAN_PLANOPS_TD
#define AZULEJO_DIALECTS_PLAN_PLANOPS_TD

include "dialects/Plan/PlanTypes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

// An operation of a program's body.
class Plan_BodyOp<string mnemonic, list<Trait> traits = []>
    : Plan_Op<mnemonic, !listconcat(traits, [HasParent<"ProgramOp">])>;

def Plan_ProgramOp : Plan_Op<"program", [IsolatedFromAbove, NoTerminator, NoRegionArguments,
                                         SingleBlock, Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "hold what the host does to run a model";
  let description = [{
    Lists the buffers of a model and the steps that compute its outputs from its inputs. Steps are carried
    out in order; a step may read what earlier steps wrote.

    The attribute `graph.symbols` of the module gives the ranges of the symbols that the formulas use.

    Constraints:
    - (C1) inputs are numbered 0, 1, … in order, and so are outputs.
    - (C2) no two inputs have the same name, and no two outputs.
    - (C3) every symbol in a formula is the bare dimension of an input: its value comes from there.

    Example:

    ```mlir
    plan.program @main {
      %x = plan.input 0 "x" : tensor<?x64xf32, #graph.dims<batch, 64>>
      %y = plan.output 0 "y" : tensor<?x64xf32, #graph.dims<batch, 64>>
      plan.launch @relu grid <batch, 1, 1> (%x read, %y write) scalars <batch * 64>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name)>];
}

def Plan_InputOp : Plan_BodyOp<"input"> {
  let summary = "name an input of the model";
  let description = [{
    The buffer that the caller fills with the tensor `name` before the program runs. No step writes it.

    Constraints:
    - (C1) the name is not empty.

    Example:

    ```mlir
    %x = plan.input 0 "x" : tensor<?x3x224x224xf32, #graph.dims<batch, 3, 224, 224>>
    ```
  }];
  let arguments = (ins I32Attr:$index, StrAttr:$name, TypeAttrOf<Graph_Tensor>:$type);
  let results = (outs Plan_BufferType:$buffer);
  let assemblyFormat = "custom<Number>($index) $name attr-dict `:` $type";
  let hasVerifier = 1;
}

def Plan_OutputOp : Plan_BodyOp<"output"> {
  let summary = "name an output of the model";
  let description = [{
    The buffer in which the caller finds the tensor `name` when the program has run. Steps may read it
    after a step wrote it.

    Constraints:
    - (C1) the name is not empty.

    Example:

    ```mlir
    %y = plan.output 0 "y" : tensor<?x1000xf32, #graph.dims<batch, 1000>>
    ```
  }];
  let arguments = (ins I32Attr:$index, StrAttr:$name, TypeAttrOf<Graph_Tensor>:$type);
  let results = (outs Plan_BufferType:$buffer);
  let assemblyFormat = "custom<Number>($index) $name attr-dict `:` $type";
  let hasVerifier = 1;
}

def Plan_WeightOp : Plan_BodyOp<"weight"> {
  let summary = "name a constant of the model";
  let description = [{
    A buffer that holds `value` in C order from the moment the model is loaded, bool as one byte each. No step
    writes it. The name is that of the model where it has one; it need not be unique.

    Constraints:
    - (C1) the name is not empty.
    - (C2) the value's type is a tensor of the graph dialect.

    Example:

    ```mlir
    %w = plan.weight "fc.bias" dense<0.5> : tensor<1000xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, ElementsAttr:$value);
  let results = (outs Plan_BufferType:$buffer);
  let assemblyFormat = "$name $value attr-dict";
  let hasVerifier = 1;
}

def Plan_TempOp : Plan_BodyOp<"temp"> {
  let summary = "declare a buffer that has no place yet";
  let description = [{
    A buffer of `bytes` that lives from the first step that names it to the last. Buffer planning replaces
    each by a `plan.arena`.

    Constraints:
    - (C1) `bytes` is one formula.

    Example:

    ```mlir
    %t = plan.temp bytes <batch * 4096>
    ```
  }];
  let arguments = (ins Graph_DimsAttr:$bytes);
  let results = (outs Plan_BufferType:$buffer);
  let assemblyFormat = "`bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

def Plan_SlotOp : Plan_BodyOp<"slot"> {
  let summary = "reserve a part of the arena";
  let description = [{
    Reserves as many bytes as the largest of the formulas `bytes`, rounded up to 256. It lies behind the slots that
    are written before it.

    Constraints:
    - (C1) there is at least one formula.

    Example:

    ```mlir
    %s = plan.slot bytes <batch * 4096, batch * 64 * (w floordiv 2)>
    ```
  }];
  let arguments = (ins Graph_DimsAttr:$bytes);
  let results = (outs Plan_SlotType:$slot);
  let assemblyFormat = "`bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

def Plan_ArenaOp : Plan_BodyOp<"arena"> {
  let summary = "cut a buffer out of a slot";
  let description = [{
    The `bytes` bytes of `slot` that begin at `offset`. Buffers that live at the same time do not overlap; others
    may.

    Constraints:
    - (C1) `offset` and `bytes` are one formula each.
    - (C2) a constant offset is a multiple of 256 and not negative.
    - (C3) offset and bytes lie within the slot, where all three are constants.

    Example:

    ```mlir
    %b = plan.arena %s at <0> bytes <batch * 4096>
    ```
  }];
  let arguments = (ins Plan_SlotType:$slot, Graph_DimsAttr:$offset, Graph_DimsAttr:$bytes);
  let results = (outs Plan_BufferType:$buffer);
  let assemblyFormat = "$slot `at` $offset `bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

def Plan_LaunchOp : Plan_BodyOp<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run a kernel";
  let description = [{
    Runs the kernel of the `gpu.module` `kernel` for each point of `grid`. Its arguments are the addresses of
    `buffers`, then the tensor maps, then the `scalars` as i32. After each buffer stands what
    the kernel does with it: `read`, `write` (it overwrites everything that is read later) or `readwrite`.

    A launch with a grid of size 0 does nothing.

    Constraints:
    - (C1) `grid` is three formulas; constants among them are at least 0 and at most 2147483647, 65535, 65535.
    - (C2) there is one access for each buffer.
    - (C3) inputs and weights are read only.
    - (C4) a constant scalar fits i32.
    - (C5) a tensor map names one of the buffers.
    - (C6) `kernel` is a gpu.module.

    Example:

    ```mlir
    plan.launch @relu grid <batch ceildiv 4, 1, 1> (%x read, %y write) scalars <batch * 256>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Graph_DimsAttr:$grid,
                       Variadic<Plan_BufferType>:$buffers, Plan_AccessArrayAttr:$access,
                       Graph_DimsAttr:$scalars,
                       OptionalAttr<Plan_TensorMapArrayAttr>:$tensorMaps);
  let assemblyFormat = [{
    $kernel `grid` $grid custom<Arguments>($buffers, $access) `scalars` $scalars
    (`tensor_maps` $tensorMaps^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_CopyOp : Plan_BodyOp<"copy"> {
  let summary = "copy bytes from one buffer to another";
  let description = [{
    Copies the first `bytes` bytes of `source` to the start of `target`.

    Constraints:
    - (C1) `bytes` is one formula.
    - (C2) the target is neither an input nor a weight.
    - (C3) source and target are not the same buffer.

    Example:

    ```mlir
    plan.copy %x to %y bytes <batch * 256>
    ```
  }];
  let arguments = (ins Plan_BufferType:$source, Plan_BufferType:$target, Graph_DimsAttr:$bytes);
  let assemblyFormat = "$source `to` $target `bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

#endif // AZULEJO_DIALECTS_PLAN_PLANOPS_TD
