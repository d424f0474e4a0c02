// This file declares the lexer of PTX text.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_LEXER_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_LEXER_H

#include <cstdint>
#include <string_view>

namespace azulejo::sim {

enum class Tok : uint8_t {
  End,
  Error,
  Ident,     // name, opcode with its modifiers, or special register: %r1, add.rn.f32, %tid.x
  Directive, // .entry, .b8
  Int,       // value in `bits`
  Float32,   // 0f…; bits in `bits`
  Float64,   // 0d… or a decimal float; bits in `bits`
  String,    // text without its quotes
  Punct,     // one character in `punct`
};

struct Token {
  Tok kind = Tok::End;
  char punct = 0;
  uint32_t line = 0, column = 0;
  uint64_t bits = 0;
  std::string_view text;
};

// Cuts PTX text into tokens. The text must outlive the lexer and its tokens. Never reads outside
// the text; after an Error token `error()` says what was wrong.
class Lexer {
public:
  explicit Lexer(std::string_view text) : text(text) {}

  Token next();
  const char *error() const { return message; }

private:
  void skipBlanks();
  char peek(size_t ahead = 0) const { return pos + ahead < text.size() ? text[pos + ahead] : '\0'; }
  void lexIdent(Token &token);
  void lexNumber(Token &token);
  bool lexHexFloat(Token &token, unsigned digits);
  void lexString(Token &token);
  void fail(Token &token, const char *why);

  std::string_view text;
  size_t pos = 0, lineStart = 0;
  uint32_t line = 1;
  const char *message = "";
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_LEXER_H
