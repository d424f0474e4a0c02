// This file checks the shape and the arguments of launches.
#include "LaunchChecks.h"

#include "base/Status.h"

#include <cstring>

namespace azulejo::sim {

using runtime::makeStatus;

namespace {
std::string describe(azj_dim3 d) {
  return std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z);
}
} // namespace

azj_status checkDimensions(const GpuModel &gpu, const Kernel &kernel, const azj_launch &launch) {
  const azj_dim3 &block = launch.block, &grid = launch.grid;
  uint64_t threads = uint64_t(block.x) * block.y * block.z;
  const char *name = kernel.name.c_str();
  if (threads == 0 || threads > 1024 || block.x > 1024 || block.y > 1024 || block.z > 64)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': a block has 1 to 1024 threads (z up to 64), got %s", name,
                      describe(block).c_str());
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffff || grid.y > 65535 ||
      grid.z > 65535)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': a grid is 1 to 2147483647 by 65535 by 65535, got %s", name,
                      describe(grid).c_str());
  const uint32_t *required = kernel.requiredThreads, *most = kernel.maxThreads;
  if (required[0] != 0 &&
      (block.x != required[0] || block.y != required[1] || block.z != required[2]))
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': .reqntid asks for blocks of %u,%u,%u, got %s", name,
                      required[0], required[1], required[2], describe(block).c_str());
  if (most[0] != 0 && threads > uint64_t(most[0]) * most[1] * most[2])
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': .maxntid allows %llu threads per block, got %llu", name,
                      static_cast<unsigned long long>(uint64_t(most[0]) * most[1] * most[2]),
                      static_cast<unsigned long long>(threads));
  uint64_t shared = uint64_t(kernel.staticShared) + launch.dynamic_shared_bytes;
  if (shared > uint64_t(gpu.sharedBytes))
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': %llu bytes of shared memory (%u static, %u dynamic), "
                      "sm_%d has %d per block",
                      name, static_cast<unsigned long long>(shared), kernel.staticShared,
                      launch.dynamic_shared_bytes, gpu.sm, gpu.sharedBytes);
  return nullptr;
}

azj_status checkCluster(const GpuModel &gpu, const Kernel &kernel, const azj_launch &launch,
                        Dim3 &cluster) {
  azj_dim3 given = launch.cluster;
  const uint32_t *required = kernel.requiredCluster;
  bool isGiven = given.x != 0 || required[0] != 0;
  if (given.x == 0)
    given = required[0] != 0 ? azj_dim3{required[0], required[1], required[2]} : azj_dim3{1, 1, 1};
  if (required[0] != 0 &&
      (given.x != required[0] || given.y != required[1] || given.z != required[2]))
    return makeStatus(
        AZJ_INVALID_ARGUMENT, "launch of '%s': the kernel asks for clusters of %u,%u,%u, got %s",
        kernel.name.c_str(), required[0], required[1], required[2], describe(given).c_str());
  uint64_t count = uint64_t(given.x) * given.y * given.z;
  if (count > 1 && gpu.sm < 90)
    return makeStatus(AZJ_UNSUPPORTED, "launch of '%s': clusters need sm_90, the device is sm_%d",
                      kernel.name.c_str(), gpu.sm);
  if (kernel.needsCluster && !isGiven)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': .explicitcluster asks for a launch with a cluster",
                      kernel.name.c_str());
  if (kernel.maxClusterRank != 0 && count > kernel.maxClusterRank)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': .maxclusterrank allows %u blocks in a cluster, got %llu",
                      kernel.name.c_str(), kernel.maxClusterRank,
                      static_cast<unsigned long long>(count));
  if (count == 0 || count > 8 || launch.grid.x % given.x != 0 || launch.grid.y % given.y != 0 ||
      launch.grid.z % given.z != 0)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': a cluster has up to 8 blocks (the portable size) and "
                      "divides the grid %s, got %s",
                      kernel.name.c_str(), describe(launch.grid).c_str(), describe(given).c_str());
  cluster = {given.x, given.y, given.z};
  return nullptr;
}

azj_status packParams(const Kernel &kernel, const azj_launch &launch,
                      std::vector<uint8_t> &params) {
  if (launch.arg_count != kernel.params.size())
    return makeStatus(AZJ_INVALID_ARGUMENT, "launch of '%s': expected %zu argument%s, got %u",
                      kernel.name.c_str(), kernel.params.size(),
                      kernel.params.size() == 1 ? "" : "s", launch.arg_count);
  params.assign(kernel.paramBytes, 0);
  for (uint32_t i = 0; i < launch.arg_count; ++i) {
    const Param &param = kernel.params[i];
    if (launch.arg_sizes != nullptr && launch.arg_sizes[i] != param.bytes)
      return makeStatus(
          AZJ_INVALID_ARGUMENT, "launch of '%s': argument %u ('%s') has %u bytes, got %zu",
          kernel.name.c_str(), i, param.name.c_str(), param.bytes, launch.arg_sizes[i]);
    std::memcpy(params.data() + param.offset, launch.args[i], param.bytes);
  }
  return nullptr;
}

} // namespace azulejo::sim
