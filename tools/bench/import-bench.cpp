// This file times the ONNX JSON reader on one file and prints its speed and its memory.
#include "lib/Import/OnnxReader.h"

#include <chrono>
#include <cstdio>
#include <cstring>

#include <sys/resource.h>

using namespace azulejo;

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s MODEL.onnx.json\n", argv[0]);
    return 2;
  }
  std::string reason;
  std::unique_ptr<ByteInput> input = ByteInput::openFile(argv[1], reason);
  if (!input) {
    std::fprintf(stderr, "%s: %s\n", argv[1], reason.c_str());
    return 1;
  }
  auto start = std::chrono::steady_clock::now();
  ImportDiagnostics diagnostics;
  std::unique_ptr<onnx::ModelProto> model = readOnnxModel(*input, {}, diagnostics);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  for (const ImportDiagnostic &diagnostic : diagnostics.list)
    std::fprintf(stderr, "%s:%u:%u: %s: %s\n", argv[1], diagnostic.position.line,
                 diagnostic.position.column, diagnostic.code.c_str(), diagnostic.message.c_str());
  if (!model)
    return 1;
  uint64_t decoded = 0;
  for (const onnx::TensorProto &tensor : model->graph->initializer)
    decoded += tensor.data.size();
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double megabytes = static_cast<double>(input->size()) / 1e6;
  double peak = static_cast<double>(usage.ru_maxrss) * 1024;
  std::printf("%.0f MB in %.3f s: %.0f MB/s; %zu nodes; weights %.0f MB; peak memory %.0f MB",
              megabytes, seconds.count(), megabytes / seconds.count(), model->graph->node.size(),
              static_cast<double>(decoded) / 1e6, peak / 1e6);
  if (decoded != 0)
    std::printf(" (%.3f times the weights)", peak / static_cast<double>(decoded));
  std::printf("\n");
  return 0;
}
