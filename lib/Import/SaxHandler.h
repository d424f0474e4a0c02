// This file declares the handler that turns the events of nlohmann's SAX parser into ONNX messages.
#ifndef AZULEJO_LIB_IMPORT_SAXHANDLER_H
#define AZULEJO_LIB_IMPORT_SAXHANDLER_H

#include "lib/Import/ImportDiagnostics.h"
#include "lib/Import/ImportLimits.h"
#include "lib/Import/JsonSource.h"
#include "lib/Import/NumberText.h"
#include "lib/Import/OnnxSchema.h"

#include <nlohmann/json.hpp>

#include <set>

namespace azulejo {

/// Fills `root`, described by `rootDesc`, from the events of one parse of `source`. Every function
/// returns false to stop the parse after an error.
class SaxHandler : public nlohmann::json_sax<nlohmann::json> {
public:
  SaxHandler(JsonSource &source, const ByteInput &input, const ImportLimits &limits, bool strict,
             ImportDiagnostics &diagnostics, const onnx::MessageDesc &rootDesc, onnx::Message *root)
      : source(source), input(input), limits(limits), strict(strict), diagnostics(diagnostics),
        rootDesc(rootDesc), root(root) {}

  bool null() override;
  bool boolean(bool value) override;
  bool number_integer(number_integer_t value) override;
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t value, const string_t &text) override;
  bool string(string_t &value) override;
  bool binary(binary_t &value) override { return false; }
  bool start_object(std::size_t elements) override;
  bool key(string_t &value) override;
  bool end_object() override;
  bool start_array(std::size_t elements) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string &lastToken,
                   const nlohmann::detail::exception &exception) override;

private:
  /// A message that is being filled.
  struct Frame {
    const onnx::MessageDesc *desc;
    onnx::Message *object;
    const onnx::FieldDesc *field = nullptr; // null: the value of an unknown key
    uint64_t seen = 0;                      // bit per field of `desc`
    unsigned oneofSeen = 0;
    bool inArray = false;
    uint64_t index = 0; // of the current array element
    std::set<std::string> unknownKeys = {};
  };

  bool error(llvm::StringRef code, const onnx::Position &position, const std::string &message);
  bool wrongKind(const onnx::Position &position, const char *got);
  static const char *expectedKind(const onnx::FieldDesc &field, bool inArray);
  std::string path() const;

  bool beginElement(const onnx::Position &position, const char *got);
  bool beginScalar(const onnx::Position &position, const char *got, const onnx::FieldDesc *&field);
  void endElement();
  bool charge(uint64_t bytes, const onnx::Position &position);

  bool unknownKey(Frame &frame, const std::string &key, const onnx::Position &position);
  bool beginSkip();
  bool integer(ExactInteger value, const onnx::Position &position, const char *got);
  bool floating(llvm::StringRef text, const onnx::Position &position, const char *got);
  bool text(std::string &value, const onnx::Position &position);
  bool bytes(const std::string &value, const onnx::Position &position);
  bool longString(const LongString &value);
  bool numberString(const std::string &value, const onnx::Position &position);
  bool enumString(const std::string &value, const onnx::Position &position);
  bool readLongText(const LongString &value, std::string &result);
  bool noteFlag();

  JsonSource &source;
  const ByteInput &input;
  const ImportLimits &limits;
  bool strict;
  ImportDiagnostics &diagnostics;
  const onnx::MessageDesc &rootDesc;
  onnx::Message *root;

  std::vector<Frame> frames;
  unsigned jsonDepth = 0;
  unsigned skipDepth = 0; // open objects and arrays of a value that is dropped
  bool flagPending = false;
  uint64_t messageCount = 0;
  uint64_t structureBytes = 0;
  unsigned unknownKeyCount = 0;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_SAXHANDLER_H
