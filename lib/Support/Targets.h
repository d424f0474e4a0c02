// This file declares the table of GPU targets: what each sm_XX can do, and which target each Azure
// VM size needs. Every step that asks about hardware asks this table.
#ifndef AZULEJO_SUPPORT_TARGETS_H
#define AZULEJO_SUPPORT_TARGETS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace azulejo {

// What PTX for a target may run on besides the very GPU it names.
enum class Portability {
  Forward,  // sm_80: this GPU and every later one
  Family,   // sm_100f: the GPUs of its family
  ThisOnly, // sm_90a: this GPU alone
};

// One row per target. Shared memory is in bytes.
struct Target {
  llvm::StringLiteral name;   // "sm_90a", also LLVM's processor name
  unsigned computeCapability; // 90
  Portability portability;
  unsigned family;            // 100 for 100 and 103; else the compute capability itself
  unsigned minPtxVersion;     // lowest PTX ISA that knows the target, times ten: 80
  unsigned maxSharedPerBlock; // with the opt-in of dynamic shared memory
  unsigned sharedPerMultiprocessor;
  unsigned multiprocessors; // of the Azure GPU of this kind; a hint for the size of grids
  bool hasCpAsync;          // cp.async, 16 bytes global to shared
  bool hasLdmatrix;         // ldmatrix.x1/.x2/.x4
  bool hasMmaF16K8;         // mma.sync.m16n8k8 f16
  bool hasMmaF16K16;        // mma.sync.m16n8k16 f16
  bool hasMmaBf16;          // mma.sync with bf16
  bool hasMmaTf32;          // mma.sync with tf32
  bool hasTma;              // cp.async.bulk.tensor, mbarrier transactions, clusters
  bool hasWgmma;            // wgmma, setmaxnreg
  bool hasTcgen05;          // tcgen05, tensor memory
};

// One Azure VM size and the target that its GPUs need.
struct AzureSize {
  llvm::StringLiteral name; // "Standard_NC24ads_A100_v4"
  unsigned gpus;            // GPUs of one VM; a part of one counts as 1
  llvm::StringLiteral target;
};

// Every target, older first, `f` and `a` forms after the plain one. The table is static.
llvm::ArrayRef<Target> allTargets();

// Every Azure VM size known, by series. The table is static.
llvm::ArrayRef<AzureSize> azureSizes();

// Returns the row of the target called `name` ("sm_80"), or null.
const Target *findTarget(llvm::StringRef name);

// Resolves the text of --target: a comma-separated list of sm_XX, azure:VM-SIZE and "all". The
// result is in the order of the table and without doubles. With `addPlain` a target that every
// later GPU loads is added where the list has none, because `a` and `f` code never stands alone in
// a bundle. On a fault the result is empty and `error` says which name, and what would be right.
std::vector<const Target *> resolveTargets(llvm::StringRef list, std::string &error,
                                           bool addPlain = true);

} // namespace azulejo

#endif // AZULEJO_SUPPORT_TARGETS_H
