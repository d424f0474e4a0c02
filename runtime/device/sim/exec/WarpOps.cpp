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

namespace {
// Where each lane reads from, itself if out of range. Returns the lanes in range.
template <typename From, typename InRange>
uint32_t sourceLanes(const uint32_t *b, const uint32_t *c, int *from, From source,
                     InRange inRange) {
  uint32_t lanes = 0;
  for (int lane = 0; lane < 32; ++lane) {
    int offset = int(b[lane] & 31), clamp = int(c[lane] & 31), segment = int((c[lane] >> 8) & 31);
    int maxLane = (lane & segment) | (clamp & ~segment);
    int wanted = source(lane, offset, segment);
    bool ok = inRange(wanted, maxLane);
    from[lane] = ok ? wanted : lane;
    lanes |= uint32_t(ok) << lane;
  }
  return lanes;
}

uint32_t sourceLanes(const Inst &i, const uint32_t *b, const uint32_t *c, int *from) {
  auto below = [](int wanted, int maxLane) { return wanted <= maxLane; };
  switch (i.sub) {
  case kShflUp:
    return sourceLanes(
        b, c, from, [](int lane, int offset, int) { return lane - offset; },
        [](int wanted, int maxLane) { return wanted >= maxLane; });
  case kShflDown:
    return sourceLanes(b, c, from, [](int lane, int offset, int) { return lane + offset; }, below);
  case kShflBfly:
    return sourceLanes(b, c, from, [](int lane, int offset, int) { return lane ^ offset; }, below);
  default:
    return sourceLanes(
        b, c, from,
        [](int lane, int offset, int segment) { return (lane & segment) | (offset & ~segment); },
        below);
  }
}
} // namespace

void shuffle(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t values[32];
  int from[32];
  std::memcpy(values, w.reg<uint32_t>(i.a), sizeof(values));
  uint32_t inRange = sourceLanes(i, w.reg<uint32_t>(i.b), w.reg<uint32_t>(i.ops[1]), from);
  uint32_t *d = w.reg<uint32_t>(i.d);
  if (mask == 0xffffffffu) {
    for (unsigned l = 0; l < 32; ++l)
      d[l] = values[from[l]];
  } else {
    for (uint32_t m = mask; m != 0; m &= m - 1) {
      unsigned lane = unsigned(__builtin_ctz(m)), source = unsigned(from[lane]);
      bool isActive = (mask >> source) & 1;
      if (!isActive)
        reportInactive(w, i, lane, source);
      d[lane] = isActive ? values[source] : 0xffffffffu;
    }
  }
  if (i.ops[0] != 0) {
    uint32_t &p = w.pred(i.ops[0]);
    p = (p & ~mask) | (inRange & mask);
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
