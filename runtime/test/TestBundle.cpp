// This file builds bundles for the runtime's tests.
#include "TestBundle.h"

#include "base/Sha256.h"
#include "bundle/Format.h"
#include "bundle/SafetensorsWriter.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace azulejo::runtime::test {

TemporaryFolder::TemporaryFolder() {
  // Thousands of small files are written here: memory serves better than a disk.
  std::error_code ignored;
  auto parent = std::filesystem::is_directory("/dev/shm", ignored)
                    ? std::filesystem::path("/dev/shm")
                    : std::filesystem::temp_directory_path();
  std::string pattern = parent / "azulejo-XXXXXX";
  folder = mkdtemp(pattern.data()) ? pattern : "";
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!folder.empty())
    std::filesystem::remove_all(folder, ignored);
}

std::string TemporaryFolder::write(const std::string &name, const std::string &content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

std::string ptxName(const std::string &text) {
  return "ptx/" + sha256Hex(text.data(), text.size()).substr(0, format::hashDigits);
}

std::string BundleParts::planText() const {
  if (!plan.empty())
    return plan;
  return R"({"version": 1, "symbols": )" + symbols + R"(, "inputs": )" + inputs +
         R"(, "outputs": )" + outputs + R"(, "weights": )" + weights + R"(, "programs": [{)" +
         R"("targets": )" + targets + R"(, "arena": )" + arena +
         R"(, "arena_align": 256, "kernels": [{"name": "add", "entry": "add", "ptx": ")" +
         ptxName(ptx) + R"(", )" + kernel +
         R"("ptx_version": 70, "block": [128, 1, 1], "cluster": [1, 1, 1]}], "steps": )" + steps +
         "}" + morePrograms + "]}";
}

std::string BundleParts::file() const {
  SafetensorsWriter writer;
  if (!version.empty())
    writer.setMetadata(format::formatKey, version);
  writer.setMetadata(format::planKey, planText());
  writer.setMetadata(format::buildKey, "test");
  for (auto &[key, value] : metadata)
    writer.setMetadata(key, value);
  if (externalWeights)
    writer.setMetadata(format::weightsKey, "0123.safetensors");
  else
    writer.add("weight/w", AZJ_F32, {static_cast<int64_t>(weight.size())}, weight.data(),
               weight.size() * 4);
  writer.add(ptxName(ptx), AZJ_U8, {static_cast<int64_t>(ptx.size())}, ptx.data(), ptx.size());
  return writer.toString();
}

std::string BundleParts::weightFile() const {
  SafetensorsWriter writer;
  writer.add("weight/w", AZJ_F32, {static_cast<int64_t>(weight.size())}, weight.data(),
             weight.size() * 4);
  return writer.toString();
}

std::string take(azj_status status) {
  if (!status)
    return "";
  std::string text =
      std::string(azj_code_name(azj_status_code(status))) + ": " + azj_status_message(status);
  azj_status_free(status);
  return text;
}

} // namespace azulejo::runtime::test
