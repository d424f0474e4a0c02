// This file implements the launch of a kernel: worker threads that take clusters.
#include "exec/Grid.h"
#include "exec/AsyncState.h"
#include "exec/LaunchControl.h"
#include "exec/RunState.h"

#include <algorithm>
#include <deque>
#include <thread>

namespace azulejo::sim {

namespace {

// How many clusters may be under way at a time. Only kernels that talk across CTAs can wait for
// another one; others just run long, and take turns in random order alone.
uint64_t mostResident(const Launch &launch) {
  constexpr uint64_t kTurns = 4;
  uint64_t fit = std::max<uint64_t>(1, launch.multiprocessors / launch.cluster.count());
  if (launch.kernel->isOrdered)
    return fit;
  return launch.asyncMode == kRandom ? std::min(fit, kTurns) : 1;
}

// In random order no cluster starts before all that would be under way when a GPU started it in
// order have been started: those that wait for clusters of lower numbers go on in the end.
uint64_t shuffledAtATime(const Launch &launch) {
  constexpr uint64_t kMost = 4096;
  if (launch.asyncMode != kRandom)
    return 1;
  return launch.kernel->isOrdered ? mostResident(launch) : kMost;
}

// The clusters that a worker has under way. There are several where they wait for each other, or in
// random order.
class Worklist {
public:
  Worklist(Worker &worker, ClusterQueue &pending) : worker(worker), pending(pending) {
    const Launch &launch = *worker.launch;
    isRandom = launch.asyncMode == kRandom;
    maxResident = mostResident(launch);
    wave = launch.kernel->cancelsClusters ? firstWave(launch) : maxResident;
  }

  void run() {
    if (worker.launch->kernel->cancelsClusters)
      startWave();
    while (!worker.stop) {
      std::unique_ptr<Cluster> cluster = take();
      if (!cluster)
        break;
      ClusterStop stop = runCluster(*cluster, worker);
      allWait = stop == ClusterStop::Spinning || stop == ClusterStop::Stuck;
      stuck = stop == ClusterStop::Stuck ? stuck + 1 : 0;
      if (!allWait && stop != ClusterStop::HandedOver) {
        idle.push_back(std::move(cluster));
        continue;
      }
      resident.push_back(std::move(cluster));
      if (stuck >= (isRandom ? 2 : 1) * resident.size() && !mayStart())
        giveUp();
    }
    finishLateStores(worker);
  }

private:
  bool mayStart() const { return more && resident.size() < maxResident; }

  // Those of the wave have all been started before one may cancel another.
  void startWave() {
    for (uint64_t number; resident.size() < wave && pending.take(number);)
      resident.push_back(start(number));
  }

  // New clusters go first where one of the wave is missing, or those under way wait for something.
  std::unique_ptr<Cluster> take() {
    if (mayStart() && isStartDue()) {
      uint64_t number;
      if (pending.take(number))
        return start(number);
      more = false;
    }
    if (resident.empty())
      return nullptr;
    if (isRandom)
      chooseNext();
    std::unique_ptr<Cluster> cluster = std::move(resident.front());
    resident.pop_front();
    return cluster;
  }

  bool isStartDue() {
    if (isRandom && !allWait && !resident.empty() && !worker.launch->kernel->cancelsClusters)
      return worker.random.draw() % 2 != 0;
    return allWait || resident.size() < wave;
  }

  // Any of those that have not had a turn since all others had one.
  void chooseNext() {
    if (turns == 0)
      turns = resident.size();
    std::swap(resident.front(), resident[size_t(worker.random.draw() % turns--)]);
  }

  std::unique_ptr<Cluster> start(uint64_t number) {
    std::unique_ptr<Cluster> cluster;
    if (idle.empty()) {
      cluster = makeCluster(worker);
    } else {
      cluster = std::move(idle.back());
      idle.pop_back();
    }
    startCluster(*cluster, worker, number);
    return cluster;
  }

  // All clusters under way wait, and nothing has changed for long.
  void giveUp() {
    for (const auto &cluster : resident)
      reportDeadlock(*cluster);
    worker.stop = true;
  }

  Worker &worker;
  ClusterQueue &pending;
  uint64_t maxResident = 1, wave = 1;
  bool isRandom = false;
  uint64_t turns = 0;   // of the first of `resident`, which have not had theirs
  bool allWait = false; // the cluster that ran last waits for another one
  std::vector<std::unique_ptr<Cluster>> idle;
  std::deque<std::unique_ptr<Cluster>> resident;
  bool more = true;
  uint64_t stuck = 0; // clusters found stuck since one was not
};

void addWorker(LaunchResult &result, Worker &worker) {
  for (MemCache &cache : worker.caches)
    flushCounts(worker, cache);
  result.findings.merge(worker.findings);
  result.printed += worker.printed;
  for (size_t b = 0; b < result.blockRuns.size(); ++b) {
    result.blockRuns[b] += worker.blockRuns[b];
    result.blockLanes[b] += worker.blockLanes[b];
  }
  result.add(worker);
}
} // namespace

void runGrid(const Launch &launch, unsigned threads, LaunchResult &result) {
  const Kernel &kernel = *launch.kernel;
  uint64_t count = launch.grid.count() / launch.cluster.count(); // clusters
  // The race check keeps one clock for the whole launch.
  bool isSerial =
      kernel.isOrdered || (launch.checks & kCheckRace) != 0 || launch.asyncMode == kRandom;
  unsigned workers = isSerial ? 1 : unsigned(std::min<uint64_t>(threads, count));
  uint64_t seed = launch.seed + launch.gridId;
  ClusterQueue pending(count, shuffledAtATime(launch), seed);
  std::vector<Worker> all(workers);
  for (Worker &worker : all) {
    worker.launch = &launch;
    worker.pending = &pending;
    worker.random = Random(~seed);
    worker.checks = launch.checks;
    worker.caches.resize(kernel.memCount);
    if (launch.checks & (kCheckRace | kCheckInit))
      worker.runs.resize(kernel.memCount);
    worker.blockRuns.resize(kernel.blocks.size());
    worker.blockLanes.resize(kernel.blocks.size());
  }
  std::vector<std::thread> pool;
  for (unsigned t = 1; t < workers; ++t)
    pool.emplace_back([&, t] { Worklist(all[t], pending).run(); });
  Worklist(all[0], pending).run();
  for (std::thread &thread : pool)
    thread.join();
  result.blockRuns.assign(kernel.blocks.size(), 0);
  result.blockLanes.assign(kernel.blocks.size(), 0);
  for (Worker &worker : all)
    addWorker(result, worker);
}

} // namespace azulejo::sim
