// This file declares the hash of a compiler's input that a bundle records.
#ifndef AZULEJO_LIB_PIPELINE_INPUTHASH_H
#define AZULEJO_LIB_PIPELINE_INPUTHASH_H

#include "lib/Import/ByteInput.h"

#include <future>
#include <string>
#include <vector>

namespace azulejo {

// Hashes a model in one thread and its external files, which may be thousands, in another, while
// the compiler works.
class InputHash {
public:
  // Starts with the model's own file.
  void start(const std::string &model);
  // Goes on with the files beside it, in the order of their locations.
  void add(std::vector<ExternalFile> files);
  // Waits for the hash in hexadecimal digits, or "" where a file could not be read. Of a model
  // alone it is the file's SHA-256; with external files that of the lines `HASH  NAME` that
  // sha256sum writes, for the model with the name `-`, then for each file with its location.
  std::string get();

private:
  std::future<std::string> model, external;
};

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_INPUTHASH_H
