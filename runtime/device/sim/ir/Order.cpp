// This file cuts a kernel into blocks and orders them for execution by lowest program counter.
//
// Lanes of a warp that took different ways run lowest block first. They meet again at a join only
// if the join is numbered after everything that leads to it, and after the whole of a loop they
// leave. So blocks are ordered topologically by strongly connected component, and inside each
// component again, with the edges back to its header cut.
#include "ir/Flat.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

std::vector<uint32_t> FlatBlock::successors() const {
  std::vector<uint32_t> all = targets;
  if (next != kNone)
    all.push_back(next);
  return all;
}

namespace {

// Loops nested deeper than this keep the order of the text: still right, if less converged.
constexpr unsigned kMaxNest = 200;
constexpr size_t kMaxTargets = size_t{1} << 20; // of indexed branches

class Orderer {
public:
  explicit Orderer(Flat &flat) : flat(flat) {
    successors.resize(flat.blocks.size());
    for (size_t b = 0; b < flat.blocks.size(); ++b)
      successors[b] = flat.blocks[b].successors();
    region.assign(flat.blocks.size(), 0);
    state.resize(flat.blocks.size());
  }

  void run() {
    std::vector<uint32_t> reachable;
    std::vector<uint32_t> stack = {0};
    std::vector<bool> seen(flat.blocks.size());
    seen[0] = true;
    while (!stack.empty()) {
      uint32_t b = stack.back();
      stack.pop_back();
      reachable.push_back(b);
      for (uint32_t s : successors[b])
        if (!seen[s]) {
          seen[s] = true;
          stack.push_back(s);
        }
    }
    std::sort(reachable.begin(), reachable.end());
    // An explicit stack of regions; each is emitted in order, its inner loops before what follows.
    order(reachable, 0, 0);
  }

private:
  struct State {
    uint32_t index = 0, low = 0;
    bool onStack = false;
  };

  // Emits `nodes`; edges to `header` are cut. Nested loops recurse: depth is that of loop nests.
  void order(const std::vector<uint32_t> &nodes, uint32_t header, unsigned depth) {
    uint32_t mine = ++regionCount;
    for (uint32_t n : nodes)
      region[n] = mine;
    std::vector<std::vector<uint32_t>> components = findComponents(nodes, mine, header);
    // Tarjan's algorithm finds them in reverse topological order.
    for (auto it = components.rbegin(); it != components.rend(); ++it) {
      std::sort(it->begin(), it->end());
      if (it->size() == 1 || depth > kMaxNest) {
        flat.order.insert(flat.order.end(), it->begin(), it->end());
        continue;
      }
      uint32_t entry = pickHeader(*it);
      order(*it, entry, depth + 1);
      for (uint32_t n : *it)
        region[n] = mine;
    }
  }

  // The block by which the loop is entered: one with a predecessor outside of it.
  uint32_t pickHeader(const std::vector<uint32_t> &loop) {
    std::vector<bool> inside(flat.blocks.size());
    for (uint32_t n : loop)
      inside[n] = true;
    uint32_t best = loop[0];
    for (uint32_t b : flat.order)
      for (uint32_t s : successors[b])
        if (inside[s])
          return s;
    return best;
  }

  std::vector<std::vector<uint32_t>> findComponents(const std::vector<uint32_t> &nodes,
                                                    uint32_t mine, uint32_t header) {
    std::vector<std::vector<uint32_t>> components;
    for (uint32_t n : nodes)
      state[n] = State();
    uint32_t counter = 0;
    std::vector<uint32_t> open;
    struct Frame {
      uint32_t node;
      size_t edge;
    };
    auto visit = [&](uint32_t root) {
      std::vector<Frame> frames = {{root, 0}};
      while (!frames.empty()) {
        Frame &frame = frames.back();
        State &s = state[frame.node];
        if (frame.edge == 0) {
          s.index = s.low = ++counter;
          s.onStack = true;
          open.push_back(frame.node);
        }
        bool descended = false;
        while (frame.edge < successors[frame.node].size()) {
          uint32_t to = successors[frame.node][frame.edge++];
          if (region[to] != mine || (to == header && mine != 1))
            continue;
          if (state[to].index == 0) {
            frames.push_back({to, 0});
            descended = true;
            break;
          }
          if (state[to].onStack)
            s.low = std::min(s.low, state[to].index);
        }
        if (descended)
          continue;
        uint32_t node = frame.node;
        if (successors[node].empty())
          frame.edge = 1;
        frames.pop_back();
        if (!frames.empty())
          state[frames.back().node].low = std::min(state[frames.back().node].low, state[node].low);
        if (state[node].low != state[node].index)
          continue;
        components.emplace_back();
        uint32_t member;
        do {
          member = open.back();
          open.pop_back();
          state[member].onStack = false;
          components.back().push_back(member);
        } while (member != node);
      }
    };
    // The header first: then it comes first in its own region.
    if (state[header].index == 0 && region[header] == mine)
      visit(header);
    for (uint32_t n : nodes)
      if (state[n].index == 0)
        visit(n);
    return components;
  }

  Flat &flat;
  std::vector<std::vector<uint32_t>> successors;
  std::vector<uint32_t> region;
  std::vector<State> state;
  uint32_t regionCount = 0;
};

void markLeaders(const Flat &flat, std::vector<bool> &leader) {
  leader.assign(flat.insts.size() + 1, false);
  leader[0] = true;
  for (uint32_t at : flat.labels)
    if (at != kNone && at <= flat.insts.size())
      leader[at] = true;
  for (size_t i = 0; i < flat.insts.size(); ++i) {
    const Instruction *inst = flat.insts[i].source;
    if (inst == nullptr || isBranch(*inst) || isIndexedBranch(*inst) || isReturn(*inst) ||
        isExit(*inst)) {
      leader[i + 1] = true;
    } else if (isSyncPoint(*inst)) {
      leader[i] = leader[i + 1] = true;
    }
  }
}
} // namespace

bool orderBlocks(Flat &flat, std::string &error) {
  std::vector<bool> leader;
  markLeaders(flat, leader);
  std::vector<uint32_t> blockOf(flat.insts.size() + 1, kNone);
  for (uint32_t i = 0; i < flat.insts.size(); ++i) {
    if (leader[i]) {
      flat.blocks.emplace_back();
      flat.blocks.back().first = i;
    }
    ++flat.blocks.back().count;
    blockOf[i] = static_cast<uint32_t>(flat.blocks.size() - 1);
  }
  size_t targetCount = 0;
  auto blockAt = [&](uint32_t label) { return blockOf[flat.labels[label]]; };
  for (uint32_t b = 0; b < flat.blocks.size(); ++b) {
    FlatBlock &block = flat.blocks[b];
    const FlatInst &last = flat.insts[block.first + block.count - 1];
    const Instance &instance = flat.instances[last.instance];
    uint32_t following = b + 1 < flat.blocks.size() ? b + 1 : kNone;
    const Instruction *inst = last.source;
    bool isJump =
        inst == nullptr ? last.label != kNone : isReturn(*inst) && instance.returnLabel != kNone;
    if (isJump) {
      uint32_t target = blockAt(inst == nullptr ? last.label : instance.returnLabel);
      if (inst != nullptr && inst->guard != kNone) {
        block.end = BlockEnd::Branch;
        block.targets = {target};
        block.next = following;
      } else {
        block.next = target;
      }
    } else if (inst == nullptr || isReturn(*inst) || isExit(*inst)) {
      block.end = BlockEnd::Exit;
      block.next = inst != nullptr && inst->guard != kNone ? following : kNone;
    } else if (isBranch(*inst)) {
      if (inst->ops.size() != 1) {
        error = instructionError(*flat.module, *inst,
                                 "expected a label, got " + std::to_string(inst->ops.size()) +
                                     " operands");
        return false;
      }
      uint32_t target = blockAt(instance.labelBase + inst->ops[0].index);
      if (inst->guard == kNone) {
        block.next = target;
      } else {
        block.end = BlockEnd::Branch;
        block.targets = {target};
        block.next = following;
      }
    } else if (isIndexedBranch(*inst)) {
      block.end = BlockEnd::Indexed;
      const Label *list = inst->ops.size() == 2 && inst->ops[1].kind == Operand::Label
                              ? &instance.function->labels[inst->ops[1].index]
                              : nullptr;
      if (list == nullptr || !list->isTargetList || inst->guard != kNone) {
        error = instructionError(*flat.module, *inst,
                                 "expected an index and a list of branch targets, without a guard");
        return false;
      }
      targetCount += list->targets.size();
      if (targetCount > kMaxTargets) {
        error = instructionError(*flat.module, *inst,
                                 "the kernel has more than 1048576 targets of "
                                 "indexed branches");
        return false;
      }
      for (uint32_t target : list->targets)
        block.targets.push_back(blockAt(instance.labelBase + target));
    } else {
      block.next = following;
    }
    for (uint32_t s : block.successors())
      if (s == kNone) {
        error = flat.module->name + ": a branch of function '" + std::string(flat.function->name) +
                "' leads past its end";
        return false;
      }
  }
  Orderer(flat).run();
  return true;
}

} // namespace azulejo::sim
