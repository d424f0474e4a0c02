// This file holds the table of GPU targets and reads the list of --target.
#include "lib/Support/Targets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"

using namespace azulejo;

static constexpr auto forward = Portability::Forward;
static constexpr auto family = Portability::Family;
static constexpr auto thisOnly = Portability::ThisOnly;

// clang-format off
static const Target targetTable[] = {
  //                           PTX  shared   shared  SMs  cp.async     m16n8k8   bf16   tma    tcgen05
  //                           min  block    per SM            ldmatrix    k16      tf32   wgmma
  {"sm_75",   75,  forward,  75,  63,  65536,  65536,  40, false, true, true, false, false, false, false, false, false},
  {"sm_80",   80,  forward,  80,  70, 166912, 167936, 108, true,  true, true, true,  true,  true,  false, false, false},
  {"sm_86",   86,  forward,  86,  71, 101376, 102400,  72, true,  true, true, true,  true,  true,  false, false, false},
  {"sm_89",   89,  forward,  89,  78, 101376, 102400,  58, true,  true, true, true,  true,  true,  false, false, false},
  {"sm_90",   90,  forward,  90,  78, 232448, 233472, 132, true,  true, true, true,  true,  true,  true,  false, false},
  {"sm_90a",  90,  thisOnly, 90,  80, 232448, 233472, 132, true,  true, true, true,  true,  true,  true,  true,  false},
  {"sm_100",  100, forward,  100, 86, 232448, 233472, 148, true,  true, true, true,  true,  true,  true,  false, false},
  {"sm_100f", 100, family,   100, 88, 232448, 233472, 148, true,  true, true, true,  true,  true,  true,  false, true},
  {"sm_100a", 100, thisOnly, 100, 86, 232448, 233472, 148, true,  true, true, true,  true,  true,  true,  false, true},
  {"sm_103",  103, forward,  100, 88, 232448, 233472, 148, true,  true, true, true,  true,  true,  true,  false, false},
  {"sm_103a", 103, thisOnly, 100, 88, 232448, 233472, 148, true,  true, true, true,  true,  true,  true,  false, true},
  {"sm_120",  120, forward,  120, 87, 101376, 102400, 188, true,  true, true, true,  true,  true,  true,  false, false},
  {"sm_120a", 120, thisOnly, 120, 87, 101376, 102400, 188, true,  true, true, true,  true,  true,  true,  false, false},
};
// clang-format on

static const AzureSize azureTable[] = {
#define AZULEJO_AZURE_SIZE(name, gpus, target) {name, gpus, target},
#include "lib/Support/AzureSizes.inc"
#undef AZULEJO_AZURE_SIZE
};

// The GPUs of design.md section 1: what "all" stands for.
static const llvm::StringLiteral allList = "sm_75,sm_80,sm_86,sm_90a,sm_100a,sm_120";

// The plain target that stands beside architecture-specific ones when the list has no other.
static const llvm::StringLiteral fallbackName = "sm_80";

llvm::ArrayRef<Target> azulejo::allTargets() { return targetTable; }

llvm::ArrayRef<AzureSize> azulejo::azureSizes() { return azureTable; }

const Target *azulejo::findTarget(llvm::StringRef name) {
  const Target *row = llvm::find_if(targetTable, [&](const Target &t) { return t.name == name; });
  return row == std::end(targetTable) ? nullptr : row;
}

static std::string knownTargets() {
  std::string names;
  for (const Target &target : targetTable)
    names += (names.empty() ? "" : ", ") + target.name.str();
  return names;
}

// Returns the known size whose name is the most like `size`.
static std::string nearestSize(llvm::StringRef size) {
  std::string best;
  unsigned bestDistance = ~0u;
  for (const AzureSize &known : azureTable) {
    unsigned distance = size.edit_distance(known.name);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = known.name.str();
    }
  }
  return best;
}

// Adds the targets that one entry of the list names to `chosen`.
static bool addEntry(llvm::StringRef entry, llvm::SmallVectorImpl<const Target *> &chosen,
                     std::string &error) {
  llvm::StringRef size = entry;
  if (size.consume_front("azure:")) {
    const AzureSize *row = llvm::find_if(
        azureTable, [&](const AzureSize &s) { return s.name.equals_insensitive(size); });
    if (row != std::end(azureTable)) {
      chosen.push_back(findTarget(row->target));
      return true;
    }
    error = ("unknown Azure VM size '" + size + "'; the nearest known one is '" +
             nearestSize(size) + "', or give its GPU's sm_XX")
                .str();
    return false;
  }
  if (const Target *target = findTarget(entry)) {
    chosen.push_back(target);
    return true;
  }
  error =
      ("unknown target '" + entry + "', expected azure:VM-SIZE, all, or one of " + knownTargets())
          .str();
  return false;
}

std::vector<const Target *> azulejo::resolveTargets(llvm::StringRef list, std::string &error,
                                                    bool addPlain) {
  llvm::SmallVector<const Target *> chosen;
  llvm::SmallVector<llvm::StringRef> entries;
  list.split(entries, ',');
  for (llvm::StringRef entry : entries) {
    entry = entry.trim();
    if (entry == "all") {
      llvm::SmallVector<llvm::StringRef> names;
      llvm::StringRef(allList).split(names, ',');
      for (llvm::StringRef name : names)
        chosen.push_back(findTarget(name));
    } else if (!addEntry(entry, chosen, error)) {
      return {};
    }
  }
  if (addPlain && llvm::none_of(chosen, [](const Target *t) { return t->portability == forward; }))
    chosen.push_back(findTarget(fallbackName));
  llvm::sort(chosen);
  chosen.erase(llvm::unique(chosen), chosen.end());
  return {chosen.begin(), chosen.end()};
}
