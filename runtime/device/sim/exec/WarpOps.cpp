// This file implements operations across the lanes of a warp.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim {

namespace {
// The lanes that the membership mask of the first active lane names.
uint32_t members(WarpContext &w, const Inst &i, uint32_t mask) {
  return w.reg<uint32_t>(i.c)[__builtin_ctz(mask)];
}

void reportInactive(WarpContext &w, const Inst &i, unsigned lane, unsigned from) {
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, i, lane, "sync", "shuffle-inactive");
  finding.message = "lane " + std::to_string(lane) + " reads from lane " + std::to_string(from) +
                    ", which does not take part in the shuffle; the value is undefined";
  report(w, i, std::move(finding));
}
} // namespace

void shuffle(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t values[32], results[32], inRange = 0;
  const uint32_t *a = w.reg<uint32_t>(i.a), *b = w.reg<uint32_t>(i.b);
  const uint32_t *c = w.reg<uint32_t>(i.ops[1]);
  std::memcpy(values, a, sizeof(values));
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    int lane = __builtin_ctz(m);
    int offset = int(b[lane] & 31), clamp = int(c[lane] & 31), segment = int((c[lane] >> 8) & 31);
    int maxLane = (lane & segment) | (clamp & ~segment), minLane = lane & segment;
    int from = lane;
    bool ok = false;
    switch (i.sub) {
    case kShflUp:
      from = lane - offset;
      ok = from >= maxLane;
      break;
    case kShflDown:
      from = lane + offset;
      ok = from <= maxLane;
      break;
    case kShflBfly:
      from = lane ^ offset;
      ok = from <= maxLane;
      break;
    default:
      from = minLane | (offset & ~segment);
      ok = from <= maxLane;
    }
    if (!ok)
      from = lane;
    if (((mask >> from) & 1) == 0) {
      reportInactive(w, i, unsigned(lane), unsigned(from));
      results[lane] = 0xffffffffu;
    } else {
      results[lane] = values[from];
    }
    inRange |= uint32_t(ok) << lane;
  }
  uint32_t *d = w.reg<uint32_t>(i.d);
  for (uint32_t m = mask; m != 0; m &= m - 1)
    d[__builtin_ctz(m)] = results[__builtin_ctz(m)];
  if (i.ops[0] != 0) {
    uint32_t &p = w.pred(i.ops[0]);
    p = (p & ~mask) | inRange;
  }
}

void vote(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t votes = w.pred(i.a);
  votes = ((i.flags & 1) ? ~votes : votes) & mask;
  if (i.sub == kVoteBallot) {
    uint32_t *d = w.reg<uint32_t>(i.d);
    for (uint32_t m = mask; m != 0; m &= m - 1)
      d[__builtin_ctz(m)] = votes;
    return;
  }
  bool holds = i.sub == kVoteAll   ? votes == mask
               : i.sub == kVoteAny ? votes != 0
                                   : votes == mask || votes == 0;
  uint32_t &d = w.pred(i.d);
  d = (d & ~mask) | (holds ? mask : 0);
}

void activeMask(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t *d = w.reg<uint32_t>(i.d);
  for (uint32_t m = mask; m != 0; m &= m - 1)
    d[__builtin_ctz(m)] = mask;
}

void matchLanes(WarpContext &w, const Inst &i, uint32_t mask) {
  uint64_t values[32];
  for (unsigned l = 0; l < 32; ++l)
    values[l] = i.n == 8 ? w.reg<uint64_t>(i.a)[l] : w.reg<uint32_t>(i.a)[l];
  uint32_t results[32], all = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint32_t same = 0;
    for (uint32_t o = mask; o != 0; o &= o - 1)
      same |= uint32_t(values[__builtin_ctz(o)] == values[l]) << __builtin_ctz(o);
    results[l] = i.sub ? (same == mask ? mask : 0) : same;
    all |= uint32_t(same == mask) << l;
  }
  for (uint32_t m = mask; m != 0; m &= m - 1)
    w.reg<uint32_t>(i.d)[__builtin_ctz(m)] = results[__builtin_ctz(m)];
  if (i.b != 0) {
    uint32_t &p = w.pred(i.b);
    p = (p & ~mask) | (all & mask);
  }
}

namespace {
uint32_t reduceInts(const Inst &i, uint32_t a, uint32_t b) {
  bool isSignedForm = i.flags & 1;
  bool less = isSignedForm ? int32_t(a) < int32_t(b) : a < b;
  switch (i.sub) {
  case kReduxAdd:
    return a + b;
  case kReduxMin:
    return less ? a : b;
  case kReduxMax:
    return less ? b : a;
  case kReduxAnd:
    return a & b;
  case kReduxOr:
    return a | b;
  default:
    return a ^ b;
  }
}

uint32_t reduceFloats(const Inst &i, uint32_t a, uint32_t b) {
  float x, y;
  std::memcpy(&x, &a, 4);
  std::memcpy(&y, &b, 4);
  if (x != x || y != y) {
    if ((i.flags & 8) || (x != x && y != y))
      return 0x7fffffff;
    return x != x ? b : a;
  }
  bool less = x < y || (x == y && std::signbit(x) && !std::signbit(y));
  return (i.sub == kReduxMin) == less ? a : b;
}
} // namespace

void reduceLanes(WarpContext &w, const Inst &i, uint32_t mask) {
  const uint32_t *a = w.reg<uint32_t>(i.a);
  bool isFloatForm = i.flags & 2;
  uint32_t keep = (i.flags & 4) ? 0x7fffffffu : ~0u;
  uint32_t result = a[__builtin_ctz(mask)] & keep;
  for (uint32_t m = mask & (mask - 1); m != 0; m &= m - 1) {
    uint32_t next = a[__builtin_ctz(m)] & keep;
    result = isFloatForm ? reduceFloats(i, result, next) : reduceInts(i, result, next);
  }
  for (uint32_t m = mask; m != 0; m &= m - 1)
    w.reg<uint32_t>(i.d)[__builtin_ctz(m)] = result;
}

// The leader is the lowest lane: the choice is up to the machine.
void electLane(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t leader =
      unsigned(__builtin_ctz(mask & members(w, i, mask) ? mask & members(w, i, mask) : mask));
  if (i.d != 0)
    for (uint32_t m = mask; m != 0; m &= m - 1)
      w.reg<uint32_t>(i.d)[__builtin_ctz(m)] = leader;
  uint32_t &p = w.pred(i.a);
  p = (p & ~mask) | (1u << leader);
}

} // namespace azulejo::sim
