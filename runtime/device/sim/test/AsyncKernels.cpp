// This file implements pieces of PTX that the tests of asynchronous operations share.
#include "test/AsyncKernels.h"

namespace azulejo::sim::test {

const char *const kAsyncOptions[4] = {"sm=90,checks=all,async=lazy", "sm=90,checks=all,async=eager",
                                      "sm=90,checks=all,async=random,seed=1",
                                      "sm=90,checks=all,async=random,seed=7"};

const char *const kClusterSync =
    "barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;\n";

std::string waitFor(const std::string &address, const std::string &parity) {
  return "{\n.reg .pred P1;\nLAB_WAIT: mbarrier.try_wait.parity.shared::cta.b64 P1, [" + address +
         "], " + parity + ";\n@P1 bra DONE;\nbra LAB_WAIT;\nDONE:\n}\n";
}

std::string startKernel(unsigned count) {
  return "mov.u32 %r1, %tid.x;\nsetp.ne.u32 %p1, %r1, 0;\nmov.u32 %r2, %cluster_ctarank;\n"
         "@%p1 bra READY;\nmbarrier.init.shared::cta.b64 [bar], " +
         std::to_string(count) +
         ";\nfence.mbarrier_init.release.cluster;\nfence.proxy.async;\nREADY:\n" + kClusterSync;
}

std::string storeOut(unsigned threads) {
  return "mad.lo.u32 %r120, %r2, " + std::to_string(threads) +
         ", %r1;\nmul.wide.u32 %rd60, %r120, 4;\nld.param.u64 %rd61, [out];\n"
         "add.s64 %rd61, %rd61, %rd60;\nst.global.b32 [%rd61], %r9;\n";
}

AsyncRun runCluster(const std::string &ptx, unsigned blocks, unsigned threads,
                    const std::string &options,
                    const std::function<std::vector<Arg>(Sim &)> &args) {
  Sim sim(options);
  AsyncRun run;
  run.error = sim.load(ptx);
  EXPECT_EQ(run.error, "");
  if (!run.error.empty())
    return run;
  azj_device_ptr out = sim.allocate(size_t(blocks) * threads * 4, "out");
  std::vector<Arg> all = {Arg::of(out)};
  if (args != nullptr)
    for (const Arg &arg : args(sim))
      all.push_back(arg);
  run.error = sim.launch("k", {blocks, 1, 1}, {threads, 1, 1}, all, 0, {blocks, 1, 1});
  if (!run.error.empty())
    run.error += sim.report();
  run.out = sim.download<uint32_t>(out, size_t(blocks) * threads);
  return run;
}

} // namespace azulejo::sim::test
