// This file decides when asynchronous operations that signal an mbarrier happen, and what becomes
// of those that are under way when a CTA ends.
//
// Lazily they happen as late as the program allows: when somebody waits for a phase that lacks
// nothing but operations under way, those that complete it are performed, in the order of issue,
// and no others. A kernel that expects too few bytes so reads what has not arrived yet.
#include "exec/AsyncState.h"

#include <algorithm>

namespace azulejo::sim {

struct LateStores {
  std::vector<BulkCopy> copies;
};

namespace {
unsigned modeOf(const WarpContext &w) { return w.worker->launch->asyncMode; }

void performLoad(const BulkCopy &copy) {
  if (moveLoad(copy))
    signalBytes(copy);
}

void performArrival(Cta &cta, const PendingArrival &arrival) {
  arrival.finish();
  signalArrival(cta, arrival);
}

// Takes the operation at `index` out of the list and performs it.
void performLoadAt(CtaAsync &state, size_t index) {
  BulkCopy copy = std::move(state.loads[index]);
  state.loads.erase(state.loads.begin() + long(index));
  performLoad(copy);
}

void performArrivalAt(Cta &cta, CtaAsync &state, size_t index) {
  PendingArrival arrival = std::move(state.arrivals[index]);
  state.arrivals.erase(state.arrivals.begin() + long(index));
  performArrival(cta, arrival);
}

template <typename List> std::vector<size_t> indicesFor(const List &list, uint32_t mbarrier) {
  std::vector<size_t> found;
  for (size_t k = 0; k < list.size(); ++k)
    if (list[k].mbarrier == mbarrier)
      found.push_back(k);
  return found;
}

// How many of `loads` complete the byte count; more than there are if all of them do not.
size_t loadsNeeded(const CtaAsync &state, const std::vector<size_t> &loads, int64_t tx) {
  size_t count = 0;
  while (tx != 0 && count < loads.size())
    tx -= state.loads[loads[count++]].bytes;
  return tx == 0 ? count : loads.size() + 1;
}

void deliverLazily(Cta &cta, CtaAsync &state, uint32_t mbarrier) {
  const async::Mbarrier *object = state.mbarriers.find(mbarrier);
  std::vector<size_t> loads = indicesFor(state.loads, mbarrier),
                      arrivals = indicesFor(state.arrivals, mbarrier);
  size_t count = loadsNeeded(state, loads, object->tx), pending = object->pending;
  if (count > loads.size() || pending > arrivals.size())
    return;
  // Backwards, so that indices stay what they are; then in the order of issue.
  std::vector<BulkCopy> due;
  for (size_t k = count; k-- > 0;) {
    due.push_back(std::move(state.loads[loads[k]]));
    state.loads.erase(state.loads.begin() + long(loads[k]));
  }
  for (size_t k = count; k-- > 0 && !cta.failed;)
    performLoad(due[k]);
  for (size_t k = 0; k < pending && !cta.failed; ++k)
    performArrivalAt(cta, state, indicesFor(state.arrivals, mbarrier)[0]);
}

// One after the other, in any order, until the phase completes.
void deliverAnyhow(WarpContext &w, Cta &cta, CtaAsync &state, uint32_t mbarrier) {
  uint64_t phase = state.mbarriers.find(mbarrier)->phase;
  while (!cta.failed && state.mbarriers.find(mbarrier)->phase == phase) {
    std::vector<size_t> loads = indicesFor(state.loads, mbarrier),
                        arrivals = indicesFor(state.arrivals, mbarrier);
    if (loads.empty() && arrivals.empty())
      return;
    size_t choice = size_t(drawRandom(w) % (loads.size() + arrivals.size()));
    if (choice < loads.size())
      performLoadAt(state, loads[choice]);
    else
      performArrivalAt(cta, state, arrivals[choice - loads.size()]);
  }
}

// In random order anything may happen at any time.
void performSome(WarpContext &w, Cta &cta) {
  CtaAsync &state = asyncOf(cta);
  for (size_t k = 0; k < state.loads.size() && !cta.failed;)
    if (drawRandom(w) % 3 == 0)
      performLoadAt(state, k);
    else
      ++k;
}
} // namespace

void issueLoad(const BulkCopy &copy) {
  WarpContext &w = *copy.warp;
  bookLoad(copy);
  if (modeOf(w) == kEager)
    return performLoad(copy);
  asyncOf(*copy.signalled).loads.push_back(copy);
  if (modeOf(w) == kRandom)
    performSome(w, *copy.signalled);
}

void issueArrival(Cta &cta, const PendingArrival &arrival) {
  WarpContext &w = *arrival.warp;
  bool isNow = modeOf(w) == kEager || (modeOf(w) == kRandom && (drawRandom(w) & 1) != 0);
  if (isNow)
    performArrival(cta, arrival);
  else
    asyncOf(cta).arrivals.push_back(arrival);
}

void deliverTo(WarpContext &w, Cta &cta, uint32_t mbarrier) {
  CtaAsync &state = asyncOf(cta);
  if ((state.loads.empty() && state.arrivals.empty()) || state.mbarriers.find(mbarrier) == nullptr)
    return;
  if (modeOf(w) == kRandom)
    deliverAnyhow(w, cta, state, mbarrier);
  else
    deliverLazily(cta, state, mbarrier);
}

uint64_t bytesUnderWay(const Cta &cta, uint32_t mbarrier) {
  uint64_t bytes = 0;
  if (cta.async != nullptr)
    for (const BulkCopy &copy : cta.async->loads)
      bytes += copy.mbarrier == mbarrier ? copy.bytes : 0;
  return bytes;
}

namespace {
void reportEarlyExit(const Cta &cta, const BulkCopy &copy, const std::string &what) {
  WarpContext &w = *copy.warp;
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, *copy.inst, copy.lane, "sync", "exit-before-copy");
  finding.message = "block (" + std::to_string(cta.id[0]) + "," + std::to_string(cta.id[1]) + "," +
                    std::to_string(cta.id[2]) + ") exits while " + what;
  report(w, *copy.inst, std::move(finding));
}

// Copies of the whole cluster that would use the CTA's memory after its end.
void endLoads(Cta &cta) {
  for (const auto &other : cta.cluster->ctas) {
    if (other->async == nullptr)
      continue;
    std::vector<BulkCopy> &loads = other->async->loads;
    for (size_t k = 0; k < loads.size();) {
      const BulkCopy &copy = loads[k];
      bool isSource = copy.form->kind == BulkKind::ToCluster && copy.warp->cta == &cta;
      if (copy.owner != &cta && copy.signalled != &cta && !isSource) {
        ++k;
        continue;
      }
      reportEarlyExit(cta, copy,
                      std::string("an asynchronous copy ") + (isSource ? "from" : "to") +
                          " its shared memory is under way; wait for the mbarrier first");
      loads.erase(loads.begin() + long(k));
    }
  }
}

// Stores happen at the latest at the end of the launch. Only kernels that talk across CTAs can see
// the difference.
void endStore(Cta &cta, BulkCopy &copy) {
  Worker &worker = *copy.warp->worker;
  if (!copy.isRead)
    reportEarlyExit(cta, copy,
                    "a bulk copy has not read its shared memory; wait with "
                    "cp.async.bulk.wait_group.read first");
  if (!copy.isRead)
    readSource(copy);
  if (!observeTarget(copy))
    return;
  if (!worker.launch->kernel->isOrdered)
    return writeBytes(copy);
  if (worker.lateStores == nullptr)
    worker.lateStores = std::make_shared<LateStores>();
  worker.lateStores->copies.push_back(std::move(copy));
}
} // namespace

void endAsync(Cta &cta) {
  endLoads(cta);
  for (WarpContext &w : cta.warps) {
    if (w.async == nullptr)
      continue;
    for (auto &groups : w.async->stores)
      if (groups != nullptr)
        groups->waitAll([&](BulkCopy &copy) { endStore(cta, copy); });
  }
}

void finishLateStores(Worker &worker) {
  if (worker.lateStores == nullptr)
    return;
  for (const BulkCopy &copy : worker.lateStores->copies)
    writeBytes(copy);
  worker.lateStores.reset();
}

} // namespace azulejo::sim
