// This file implements clusterlaunchcontrol: clusters that have not been started are cancelled, and
// those that run take over their work.
#include "exec/LaunchControl.h"
#include "exec/AsyncState.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

bool ClusterQueue::take(uint64_t &number) {
  if (window > 1 && passed.empty()) {
    while (passed.size() < window && next < count)
      passed.push_back(next.fetch_add(1));
    random.shuffleLast(passed, passed.size());
  }
  if (!passed.empty()) {
    number = passed.front();
    passed.pop_front();
    return true;
  }
  number = next.fetch_add(1);
  return number < count;
}

bool ClusterQueue::takeAny(uint64_t choice, uint64_t &number) {
  constexpr size_t kWindow = 8;
  while (passed.size() < kWindow && next < count)
    passed.push_back(next.fetch_add(1));
  if (passed.empty())
    return false;
  auto at = passed.begin() + long(choice % passed.size());
  number = *at;
  passed.erase(at);
  return true;
}

uint64_t firstWave(const Launch &launch) {
  constexpr uint64_t kMost = 4;
  uint64_t size = launch.cluster.count(), count = launch.grid.count() / size;
  uint64_t wave = launch.asyncMode == kLazy    ? std::min((count + 1) / 2, kMost)
                  : launch.asyncMode == kEager ? 1
                                               : 1 + launch.seed % kMost;
  return std::max<uint64_t>(1, std::min({wave, count, launch.multiprocessors / size}));
}

namespace {
// What a program gets to hold, 16 opaque bytes: a query knows by the hash that they are a response
// of this launch.
struct Response {
  uint32_t x = 0;
  uint16_t y = 0, z = 0; // a grid has up to 65535 blocks in these
  uint32_t isCanceled = 0;
  uint32_t hash = 0;
};
static_assert(sizeof(Response) == 16);

// FNV-1a over the launch and what stands before the hash.
uint32_t hashOf(const Response &response, const Launch &launch) {
  uint32_t hash = 2166136261u ^ uint32_t(launch.gridId);
  uint8_t bytes[sizeof(Response)];
  std::memcpy(bytes, &response, sizeof(bytes));
  for (size_t k = 0; k < offsetof(Response, hash); ++k)
    hash = (hash ^ bytes[k]) * 16777619u;
  return hash;
}

// A GPU may refuse although clusters are pending, for a kernel of higher priority: those are then
// started later. In random order this happens.
bool findCluster(WarpContext &w, uint64_t &number) {
  ClusterQueue &pending = *w.worker->pending;
  if (w.worker->launch->asyncMode != kRandom)
    return pending.take(number);
  return drawRandom(w) % 8 != 0 && pending.takeAny(drawRandom(w), number);
}

void reportAgain(const BulkCopy &copy) {
  WarpContext &w = *copy.warp;
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, *copy.inst, copy.lane, "sync", "cancel-after-refusal");
  finding.message = "the block asks to cancel a cluster after it has seen a refusal; what happens "
                    "then is undefined";
  report(w, *copy.inst, std::move(finding));
}
} // namespace

void requestCancel(BulkCopy &copy) {
  WarpContext &w = *copy.warp;
  const Launch &launch = *w.worker->launch;
  if (asyncOf(*w.cta).hasSeenRefusal)
    reportAgain(copy);
  Response response;
  uint64_t number = 0;
  if (findCluster(w, number)) {
    uint32_t first[3];
    firstCtaOf(launch, number, first);
    response.x = first[0];
    response.y = uint16_t(first[1]);
    response.z = uint16_t(first[2]);
    response.isCanceled = 1;
    w.worker->canceledCtas += launch.cluster.count();
  }
  response.hash = hashOf(response, launch);
  std::memcpy(copy.words, &response, sizeof(response));
  copy.bytes = sizeof(response);
  ++w.cta->progress;
  w.worker->handsOver = true;
}

void noteResponse(const BulkCopy &copy) {
  Response response;
  std::memcpy(&response, copy.words, sizeof(response));
  CtaAsync &state = asyncOf(*copy.signalled);
  const async::Mbarrier *object = state.mbarriers.find(copy.mbarrier);
  if (response.isCanceled == 0 && object != nullptr)
    state.refusals.emplace_back(copy.mbarrier, object->phase);
}

void queryCancel(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    Response response;
    std::memcpy(&response, w.regs + i.a + lane * sizeof(response), sizeof(response));
    if (response.isCanceled > 1 || response.hash != hashOf(response, *w.worker->launch))
      return failCta(w, i, lane, "mem", "cancel-response",
                     "the value is no response that clusterlaunchcontrol.try_cancel wrote in this "
                     "launch");
    if (i.sub == kQueryIsCanceled) {
      uint32_t &p = w.pred(i.d);
      p = (p & ~(1u << lane)) | response.isCanceled << lane;
      continue;
    }
    // Of a refusal the numbers are undefined: no block has these.
    uint32_t numbers[4] = {response.x, response.y, response.z, ~0u};
    if (response.isCanceled == 0)
      std::fill_n(numbers, 3, ~0u);
    for (unsigned k = 0; k < i.n; ++k)
      w.reg<uint32_t>(i.ops[k])[lane] = numbers[i.imm + k];
  }
}

} // namespace azulejo::sim
