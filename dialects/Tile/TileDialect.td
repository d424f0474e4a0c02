// This file defines the tile dialect.
#ifndef AZULEJO_TILE_DIALECT
#define AZULEJO_TILE_DIALECT

include "mlir/IR/DialectBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::azulejo::tile";
  let summary = "the program of one GPU kernel, on tiles";
  let description = [{
    A kernel of the tile dialect is what one CTA (thread block) does. It has two levels.

    **Level 1, values.** A *tile* is a ranked tensor of static shape, every dimension a power of two,
    whose encoding is a `#tile.layout`: which register of which lane of which warp holds which
    element. Upstream `arith` and `math` operations apply to tiles as they are, element by element;
    the operations of this dialect make coordinates, move tiles from and to memory, reduce them,
    and change their layouts. All tiles of one computation have the same rank; a reduced dimension
    stays, with size 1.

    **Level 2, the machine.** `!tile.buffer` is a ring of tiles in shared memory. Copies into it may be
    asynchronous; `tile.dot` multiplies from it. `tile.roles` gives groups of warps different work;
    `!tile.channel` has the barriers with which they pass the stages of a ring to one another. What an
    asynchronous instruction works on is a type of its own (`!tile.pending`, `!tile.tensor_memory`), and only a
    wait turns it back into a tile.

    A kernel is a `func.func` in a `gpu.module` of the same name. Its parameters are global pointers
    (`!llvm.ptr<1>`), tensor maps (`!llvm.ptr` with the attribute `tile.tensor_map`) and `i32` sizes; `tile.warps` on the module is the number of warps of a CTA.
    `tile.dispatch` stands outside of kernels: it says where in the model a kernel runs.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

#endif // AZULEJO_TILE_DIALECT
