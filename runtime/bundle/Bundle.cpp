// This file opens bundles and checks the plan against the tensors of the file.
#include "bundle/Bundle.h"

#include "base/Sha256.h"
#include "base/Status.h"
#include "base/Strings.h"

#include <cinttypes>
#include <cstring>

namespace azulejo::runtime {
namespace {

bool startsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// Finds ".version M.N" at the start of a line and returns M * 10 + N, or 0.
uint32_t ptxVersionOf(std::string_view text) {
  constexpr std::string_view directive = ".version";
  for (size_t at = text.find(directive); at != std::string_view::npos;
       at = text.find(directive, at + 1)) {
    if (at != 0 && text[at - 1] != '\n')
      continue;
    std::string_view rest = text.substr(at + directive.size(), 16);
    uint32_t numbers[2] = {0, 0};
    size_t cursor = rest.find_first_not_of(" \t");
    for (uint32_t &number : numbers) {
      for (; cursor < rest.size() && rest[cursor] >= '0' && rest[cursor] <= '9'; ++cursor)
        number = number * 10 + static_cast<uint32_t>(rest[cursor] - '0');
      if (cursor < rest.size() && rest[cursor] == '.')
        ++cursor;
    }
    return numbers[0] * 10 + numbers[1];
  }
  return 0;
}

} // namespace

azj_status Bundle::open(const std::string &path, std::shared_ptr<const Bundle> &out) {
  auto bundle = std::make_shared<Bundle>();
  AZJ_TRY(bundle->load(path));
  out = std::move(bundle);
  return nullptr;
}

azj_status Bundle::load(const std::string &path) {
  AZJ_TRY(main.open(path));
  const std::string *version = main.metadata(format::formatKey);
  if (!version)
    return makeStatus(AZJ_CORRUPT, "'%s' is not an Azulejo bundle: its metadata has no '%s'",
                      path.c_str(), format::formatKey);
  if (*version != format::version)
    return makeStatus(AZJ_UNSUPPORTED,
                      "'%s' has bundle format '%s', this runtime reads '%s'; use a "
                      "newer runtime or compile the model again",
                      path.c_str(), printable(*version, 20).c_str(), format::version.data());
  const std::string *plan = main.metadata(format::planKey);
  if (!plan)
    return makeStatus(AZJ_CORRUPT, "'%s': metadata has no '%s'", path.c_str(), format::planKey);
  AZJ_TRY(prefix(readPlan(*plan, parsedPlan), "'%s': plan", path.c_str()));
  AZJ_TRY(prefix(checkNames(), "'%s'", path.c_str()));
  AZJ_TRY(openWeights(path));
  return prefix(checkKernels(), "'%s'", path.c_str());
}

azj_status Bundle::checkNames() const {
  for (const SafetensorsTensor &tensor : main.tensors()) {
    bool isKnown = startsWith(tensor.name, format::weightPrefix) ||
                   startsWith(tensor.name, format::ptxPrefix) ||
                   startsWith(tensor.name, format::cubinPrefix) ||
                   startsWith(tensor.name, format::paddingPrefix);
    if (!isKnown)
      return makeStatus(AZJ_CORRUPT, "tensor '%s' is of no kind that bundles have",
                        printable(tensor.name).c_str());
  }
  return nullptr;
}

azj_status Bundle::openWeights(const std::string &path) {
  const std::string *name = main.metadata(format::weightsKey);
  const SafetensorsFile *file = &main;
  if (name) {
    if (!isBareFileName(*name))
      return makeStatus(AZJ_CORRUPT, "'%s': '%s' must be a bare file name, got '%s'", path.c_str(),
                        format::weightsKey, printable(*name).c_str());
    AZJ_TRY(
        prefix(external.open(folderOf(path) + *name), "external weights of '%s'", path.c_str()));
    file = &external;
  }
  for (const std::string &weight : parsedPlan.weights) {
    const SafetensorsTensor *tensor = file->find(weight);
    if (!tensor)
      return makeStatus(AZJ_CORRUPT, "'%s': weight '%s' is in the plan but not in the %s",
                        path.c_str(), printable(weight).c_str(),
                        name ? "external weights" : "bundle");
    weights.push_back(tensor);
  }
  return nullptr;
}

azj_status Bundle::checkKernels() const {
  for (const PlanProgram &program : parsedPlan.programs) {
    for (const PlanKernel &kernel : program.kernels) {
      const SafetensorsTensor *tensor = main.find(kernel.ptx);
      if (!tensor || tensor->dtype != AZJ_U8 || tensor->bytes == 0)
        return makeStatus(AZJ_CORRUPT, "kernel '%s': '%s' is not a U8 tensor of the bundle",
                          printable(kernel.name).c_str(), kernel.ptx.c_str());
    }
  }
  return nullptr;
}

const SafetensorsTensor *Bundle::cubin(const PlanKernel &kernel, int32_t sm) const {
  std::string hash = kernel.ptx.substr(format::ptxPrefix.size());
  for (const char *suffix : {"a", ""}) {
    const SafetensorsTensor *tensor =
        main.find(formatText("cubin/sm_%d%s/%s", sm, suffix, hash.c_str()));
    if (tensor && tensor->dtype == AZJ_U8 && tensor->bytes)
      return tensor;
  }
  return nullptr;
}

azj_status checkPtx(const PlanKernel &kernel, const SafetensorsTensor &tensor) {
  if (memchr(tensor.data, 0, tensor.bytes))
    return makeStatus(AZJ_CORRUPT, "'%s' contains a NUL byte", tensor.name.c_str());
  std::string digest = sha256Hex(tensor.data, tensor.bytes).substr(0, format::hashDigits);
  if (format::ptxPrefix.data() + digest != kernel.ptx)
    return makeStatus(AZJ_CORRUPT, "'%s' is damaged: the SHA-256 of its text starts with %s",
                      tensor.name.c_str(), digest.c_str());
  uint32_t version = ptxVersionOf(
      {reinterpret_cast<const char *>(tensor.data), static_cast<size_t>(tensor.bytes)});
  if (version == 0)
    return makeStatus(AZJ_CORRUPT, "'%s' has no '.version' line", tensor.name.c_str());
  if (version > kernel.ptxVersion)
    return makeStatus(AZJ_CORRUPT, "'%s' is PTX %u.%u but the plan states %u.%u",
                      tensor.name.c_str(), version / 10, version % 10, kernel.ptxVersion / 10,
                      kernel.ptxVersion % 10);
  return nullptr;
}

} // namespace azulejo::runtime
