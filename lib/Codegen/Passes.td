// This file declares the passes of the step Codegen.
#ifndef AZULEJO_CODEGEN_PASSES
#define AZULEJO_CODEGEN_PASSES

include "mlir/Pass/PassBase.td"

def EmitPtxPass : Pass<"azulejo-codegen-emit-ptx", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Translate each kernel to LLVM IR, optimise it and emit PTX";
  let description = [{
    The PTX becomes `tile.ptx` on the module, its version `tile.ptx_version` (80 is 8.0). Comments
    `// node LINE NAME` at its end name the nodes of the model that lines of `.loc` stand for. A fatal error
    of LLVM becomes a diagnostic at the module.

    Before:
    ```mlir
    gpu.module @relu { llvm.func @relu(…) attributes {nvvm.kernel} {…} }
    ```
    After:
    ```mlir
    gpu.module @relu attributes {tile.ptx = ".version 7.0\n…", tile.ptx_version = 70 : i32} {…}
    ```
  }];
  let options = [Option<"chip", "chip", "std::string", "\"sm_75\"", "LLVM's name of the processor">,
                 Option<"features", "features", "std::string", "\"\"",
                        "LLVM's features, such as +ptx80">];
}

#endif // AZULEJO_CODEGEN_PASSES
