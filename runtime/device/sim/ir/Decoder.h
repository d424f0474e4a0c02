// This file declares the decoder: from the syntax tree of a kernel to its executable form.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_DECODER_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_DECODER_H

#include "device/sim/tc/Mma.h"
#include "device/sim/tc/Wgmma.h"
#include "exec/BulkForm.h"
#include "exec/Context.h"
#include "ir/Flat.h"
#include "ir/Forms.h"
#include "ir/Program.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

namespace azulejo::sim {

// Where module-level variables are, by index into ptx::Module::variables.
using VariableAddresses = std::unordered_map<uint32_t, uint64_t>;

// What decoding depends on beside the text.
struct DecodeOptions {
  int sm = 80;
  bool isExact = false; // tensor cores bit by bit
  bool checksRaces = false;
  bool isAdversarial = false; // approximate operations with errors that `seed` draws
  uint64_t seed = 0;
};

// Decodes one kernel. Returns null and sets `error` to "file:line:column: reason: 'text'" where it
// has a form that is not implemented or not legal.
std::unique_ptr<Kernel> decodeKernel(const ptx::Module &module, const ptx::Function &function,
                                     const VariableAddresses &addresses,
                                     const DecodeOptions &options, std::string &error);

// The pieces of an opcode between its dots, with a cursor.
class Modifiers {
public:
  explicit Modifiers(std::string_view opcode);
  // Skips the next piece if it is `text`.
  bool accept(std::string_view text);
  // Removes `text` wherever it stands behind the cursor.
  bool take(std::string_view text);
  // Removes the first piece behind the cursor that starts with `start`; empty if there is none.
  std::string_view takePrefixed(std::string_view start);
  std::string_view peek() const { return at < parts.size() ? parts[at] : std::string_view(); }
  std::string_view next() { return at < parts.size() ? parts[at++] : std::string_view(); }
  Type acceptType();
  bool done() const { return at == parts.size(); }

private:
  std::vector<std::string_view> parts;
  size_t at = 0;
};

class Decoder {
public:
  Decoder(const ptx::Module &module, const ptx::Function &function,
          const VariableAddresses &addresses, const DecodeOptions &options, std::string &error)
      : module(module), function(function), addresses(addresses), options(options), error(error),
        isa(isaTable()) {}

  std::unique_ptr<Kernel> run();

private:
  using Operand = ptx::Operand;

  // Frame.
  bool checkSize();
  bool layOutParams();
  bool layOutShared();
  void collectShared(const Operand &op, std::set<uint32_t> &used) const;
  bool decodeBlock(uint32_t position);
  bool decodeEnd(const FlatBlock &block, const FlatInst *last, bool endsInSource);
  void patchTargets();
  void markPoison(const SlotPlan &plan);

  // Errors.
  bool fail(const std::string &reason);
  bool unsupported();
  bool need(size_t least, size_t most = 0);

  // Emission.
  Inst &emit(Handler fn, OpClass opClass);
  Inst &emitGuarded(Handler fn, OpClass opClass);
  uint32_t *list(size_t count);

  // Operands. All return false with `error` set, or the slot.
  bool source(const Operand &op, unsigned bytes, uint32_t &slot, bool isFloatForm = false);
  bool result(const Operand &op, unsigned bytes, uint32_t &slot);
  bool predicate(const Operand &op, uint32_t &slot);
  bool predicateResult(const Operand &op, uint32_t &slot);
  bool immediate(const Operand &op, uint64_t &value);
  // A source of a type that may be narrower than its register.
  bool narrowSource(const Operand &op, Type type, uint32_t &slot);
  // A result that may go to a register wider than its type: `finish` is emitted afterwards.
  struct WideResult {
    uint32_t slot = 0; // where the handler writes
    uint32_t registerSlot = 0;
    unsigned registerBytes = 0; // 0: no widening
  };
  bool wideResult(const Operand &op, Type type, WideResult &result);
  void finishWide(const WideResult &result, Type type);
  uint32_t constant(unsigned bytes, uint64_t value);
  // The address of a shared variable: the window's place in its cluster is added at launch.
  uint32_t sharedConstant(unsigned bytes, uint64_t value);
  uint32_t scratch(unsigned bytes);
  uint32_t scratchPredicate();
  uint32_t special(Special which, unsigned bytes);
  bool specialOperand(const Operand &op, unsigned bytes, uint32_t &slot);
  bool symbolAddress(const Operand &op, uint64_t &value, Space &space);
  unsigned registerBytes(const Operand &op) const;
  Type registerType(const Operand &op) const;
  // Fails if `op` is a register of more than 8 bits.
  bool needByte(const Operand &op);
  // The address in `op`: base register (or constant), offset and width.
  bool address(const Operand &op, Space &space, Inst &into);

  // Families.
  bool findRow();
  std::string_view movOperands() const;
  bool decode();
  bool decodeAlu(const struct AluForm &row);
  bool decodeControl();
  bool decodeSystemCall();
  bool decodeMov();
  bool decodeMovVector(Type type);
  bool decodePredicateLogic();
  bool decodeLoad();
  bool decodeParamLoad(Type type, unsigned lanes, const Operand &from);
  bool decodeStore();
  Inst &emitPiece(Handler fn);
  bool decodeLoad128(Space space, unsigned order);
  bool decodeStore128(Space space, unsigned order);
  bool memoryModifiers(Modifiers &mods, Space &space, Type &type, unsigned &lanes, unsigned &order);
  bool decodeAtom() { return decodeAtomic(true); }
  bool decodeRed() { return decodeAtomic(false); }
  bool decodeAtomic(bool hasResult);
  bool decodeCvt();
  bool decodeNarrowCvt();
  bool narrowSources(const struct NarrowConversion &form, uint32_t &packed, uint32_t *slots);
  bool decodeCvtPair(Type to, unsigned rounding, unsigned flags);
  bool decodeCvta();
  bool decodeIsspacep();
  bool decodeSetp();
  bool decodeSet();
  void emitChoice(uint32_t d, uint32_t yes, uint32_t no, uint32_t p, unsigned bytes);
  bool decodeSelp();
  bool decodeSlct();
  bool decodeTestp();
  bool decodeCarry();
  bool decodeVideo();
  bool videoSource(const Operand &op, uint32_t &slot);
  bool videoSelectors(struct VideoForm &form);
  bool decodeBarrier();
  bool decodeClusterBarrier(Modifiers &mods);
  bool clusterAddress(bool &isShared, Type &type);
  bool decodeMapa();
  bool decodeCtaRank();
  bool decodeActiveMask();
  bool decodeElect();
  bool decodeShuffle();
  bool decodeVote();
  bool decodeMatch();
  bool decodeRedux();
  bool decodeTensor();
  bool decodeMma();
  bool mmaExtras(const tc::MmaOp &op, size_t first, uint32_t *slots, int *selector);
  bool scaleSelector(const tc::MmaForm &form, const Operand &op, bool ofA, uint32_t *slots);
  bool decodeMatrixMove(bool isLoad);
  bool decodeMatrixTranspose();
  bool registerList(const Operand &op, size_t count, unsigned bytes, bool isResult,
                    uint32_t *slots);
  bool decodeAsync();
  bool decodeCpAsync();
  bool decodeMbarrier();
  bool decodeMbarrierWait(Modifiers &mods);
  bool decodePendingCount(Modifiers &mods);
  bool decodeBulk();
  bool bulkModifiers(Modifiers &mods, BulkForm &bulk, bool &hasHint);
  bool bulkGlobalOperand(const Operand &op, const BulkForm &bulk, BulkOperand which,
                         uint32_t *operands);
  bool bulkSharedOperand(const Operand &op, BulkOperand which, BulkFlag wide, uint32_t *operands,
                         uint8_t &flags);
  bool bulkOffsets(const Operand &op, const BulkForm &bulk, uint32_t *operands);
  void emitBulk(Handler fn, std::shared_ptr<BulkForm> bulk, uint32_t *operands, uint8_t flags);
  bool decodeBulkGroup(Modifiers &mods);
  bool decodeWordAsync();
  bool decodeMapReplace();
  bool mapConstant(std::string_view field, const Operand &op, uint64_t &value);
  bool mapSize(const Operand &op);
  bool decodeMapCopy();
  bool decodeMapFence();
  bool decodeTryCancel();
  bool decodeQueryCancel();
  bool decodeWgmma();
  bool wgmmaForm(tc::WgmmaForm &form, size_t first, int &k);
  bool decodeWgmmaMultiply();
  bool sparsityOperands(const tc::SparseRows &rows, size_t first, uint32_t &metadata,
                        int &selector);
  bool decodeWmma();
  bool decodeWmmaMove(Modifiers &mods, bool isLoad);
  bool decodeWmmaMultiply(Modifiers &mods);
  bool decodeTcgen05();
  bool acceptCtaGroup();
  bool decodeTcgen05Allocation(std::string_view op);
  bool decodeTcgen05Access(Modifiers &mods, bool isStore);
  bool decodeTcgen05Mma(Modifiers &mods);
  bool decodeTcgen05Operands(struct TensorMmaForm &form);
  bool decodeTcgen05Move(Modifiers &mods, bool isCopy);
  bool decodeTcgen05Commit();
  bool tensorAddress(const Operand &op, uint32_t &slot, uint32_t &offset);
  void emitPendingCheck();
  void numberWgmmaRegisters();
  void emitWgmmaCheck();
  void noteWgmmaUse(Inst &out);
  bool comparison(Modifiers &mods, bool &ftz, unsigned &cmp, unsigned &boolOp);
  bool emitComparison(Handler fn, Type type, unsigned boolOp, uint32_t p, uint32_t q);

  const ptx::Module &module;
  const ptx::Function &function;
  const VariableAddresses &addresses;
  const DecodeOptions options;
  std::string &error;
  const IsaTable &isa;
  Flat flat;
  std::vector<bool> pendingTouches;                    // by flat instruction
  unsigned ctaGroup = 0;                               // of the kernel's tcgen05; 0: not known yet
  std::unordered_map<uint32_t, uint32_t> wgmmaNumbers; // of registers that a wgmma uses
  SlotPlan plan;
  std::unique_ptr<Kernel> kernel;
  const FlatInst *current = nullptr;
  const ptx::Instruction *inst = nullptr; // of `current`
  const Form *form = nullptr;             // the row of `inst`
  // Rows by opcode and movOperands(), so that each is looked for once.
  std::map<std::pair<std::string_view, std::string_view>, const Form *> rows;
  uint32_t position = 0; // of the block in the order of execution
  std::map<std::pair<unsigned, uint64_t>, uint32_t> constants, sharedConstants;
  std::map<std::pair<unsigned, unsigned>, uint32_t> specials;
  std::map<uint64_t, uint32_t> paramSlots;
  std::unordered_map<uint32_t, uint32_t> sharedOffsets; // by variable
  std::unordered_map<uint32_t, uint32_t> paramIndex;    // by variable
  std::vector<uint32_t> positionOf;                     // of blocks
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_DECODER_H
