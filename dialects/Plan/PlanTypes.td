// This file declares the types and attributes of the plan dialect.
#ifndef AZULEJO_DIALECTS_PLAN_PLANTYPES_TD
#define AZULEJO_DIALECTS_PLAN_PLANTYPES_TD

include "dialects/Graph/GraphTypes.td"
include "dialects/Plan/PlanDialect.td"
include "dialects/Plan/PlanEnums.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Plan_BufferType : TypeDef<Plan_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "Bytes in device memory";
  let description = [{
    A range of device memory, aligned to 256 bytes. It has no shape and no element type: kernels know
    what they find.
  }];
}

def Plan_SlotType : TypeDef<Plan_Dialect, "Slot"> {
  let mnemonic = "slot";
  let summary = "A part of the arena";
  let description = [{
    A part of the one arena from which `plan.arena` cuts buffers. Slots lie one behind the other in the
    order in which the program lists them.
  }];
}

def Plan_AccessAttr : EnumAttr<Plan_Dialect, Plan_Access, "access">;
def Plan_AccessArrayAttr : TypedArrayAttrBase<Plan_AccessAttr, "array of accesses">;

def Plan_TensorMapAttr : AttrDef<Plan_Dialect, "TensorMap"> {
  let mnemonic = "tensor_map";
  let summary = "How TMA sees a buffer as a tensor";
  let description = [{
    The host encodes it for each call whose symbols changed, and passes it as a kernel argument.

    - `buffer`: position of the buffer in the launch's list.
    - `dims`: sizes in elements, the innermost first, one to five.
    - `strides`: bytes between neighbours along dimensions 1 and up, one less than `dims`.
    - `box`: elements that one copy moves, one for each dimension.
    - `swizzle`: 0, 32, 64 or 128 bytes.
    - `nanFill`: whether elements outside of the tensor read as NaN instead of 0.

    ```mlir
    #plan.tensor_map<buffer = 0, type = f16, dims = <512, batch>, strides = <1024>, box = [64, 128],
                     swizzle = 128>
    ```
  }];
  let parameters = (ins "unsigned":$buffer, "::mlir::Type":$type,
                        "::azulejo::graph::DimsAttr":$dims, "::azulejo::graph::DimsAttr":$strides,
                        "::mlir::DenseI32ArrayAttr":$box, "unsigned":$swizzle,
                        DefaultValuedParameter<"bool", "false">:$nanFill);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
def Plan_TensorMapArrayAttr : TypedArrayAttrBase<Plan_TensorMapAttr, "array of tensor maps">;

#endif // AZULEJO_DIALECTS_PLAN_PLANTYPES_TD
