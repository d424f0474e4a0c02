// This file implements the lexer of PTX text.
#include "ptx/Lexer.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace azulejo::sim {

namespace {
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '%';
}
bool isWord(char c) { return isWordStart(c) || isDigit(c); }

int hexDigit(char c) {
  if (isDigit(c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}
} // namespace

void Lexer::fail(Token &token, const char *why) {
  token.kind = Tok::Error;
  message = why;
  pos = text.size();
}

void Lexer::skipBlanks() {
  while (pos < text.size()) {
    char c = text[pos];
    if (c == '\n') {
      ++line;
      lineStart = ++pos;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++pos;
    } else if (c == '/' && peek(1) == '/') {
      while (pos < text.size() && text[pos] != '\n')
        ++pos;
    } else if (c == '/' && peek(1) == '*') {
      pos += 2;
      while (pos < text.size() && !(text[pos] == '*' && peek(1) == '/')) {
        if (text[pos] == '\n') {
          ++line;
          lineStart = pos + 1;
        }
        ++pos;
      }
      pos = pos + 2 <= text.size() ? pos + 2 : text.size();
    } else {
      return;
    }
  }
}

// A name, with its dotted tail: opcodes and special registers carry modifiers, some of which
// contain a double colon (.shared::cta, .mbarrier::complete_tx::bytes).
void Lexer::lexIdent(Token &token) {
  size_t start = pos;
  while (isWord(peek()))
    ++pos;
  while (peek() == '.' && isWord(peek(1))) {
    ++pos;
    while (isWord(peek()) || (peek() == ':' && peek(1) == ':' && isWord(peek(2))))
      pos += peek() == ':' ? 2 : 1;
  }
  token.kind = Tok::Ident;
  token.text = text.substr(start, pos - start);
}

bool Lexer::lexHexFloat(Token &token, unsigned digits) {
  size_t start = pos;
  pos += 2;
  uint64_t bits = 0;
  for (unsigned i = 0; i < digits; ++i, ++pos) {
    int digit = hexDigit(peek());
    if (digit < 0) {
      fail(token, "hexadecimal float literal is too short");
      return false;
    }
    bits = bits << 4 | static_cast<unsigned>(digit);
  }
  token.kind = digits == 8 ? Tok::Float32 : Tok::Float64;
  token.bits = bits;
  token.text = text.substr(start, pos - start);
  return true;
}

void Lexer::lexNumber(Token &token) {
  char second = peek(1);
  if (peek() == '0' && (second == 'f' || second == 'F' || second == 'd' || second == 'D')) {
    lexHexFloat(token, second == 'f' || second == 'F' ? 8 : 16);
    return;
  }
  size_t start = pos;
  unsigned base = 10;
  if (peek() == '0' && (second == 'x' || second == 'X'))
    base = 16, pos += 2;
  else if (peek() == '0' && (second == 'b' || second == 'B'))
    base = 2, pos += 2;
  else if (peek() == '0' && isDigit(second))
    base = 8, pos += 1;
  uint64_t value = 0;
  size_t first = pos;
  for (int digit; (digit = hexDigit(peek())) >= 0 && static_cast<unsigned>(digit) < base; ++pos)
    value = value * base + static_cast<unsigned>(digit);
  bool isFloat =
      base == 10 && ((peek() == '.' && isDigit(peek(1))) || peek() == 'e' || peek() == 'E');
  if (isFloat) {
    while (isDigit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' ||
           ((peek() == '+' || peek() == '-') && (text[pos - 1] == 'e' || text[pos - 1] == 'E')))
      ++pos;
    std::string digits(text.substr(start, pos - start));
    double number = std::strtod(digits.c_str(), nullptr);
    std::memcpy(&token.bits, &number, sizeof(number));
    token.kind = Tok::Float64;
    token.text = text.substr(start, pos - start);
    return;
  }
  if (pos == first)
    return fail(token, "number has no digits");
  if (peek() == 'U' || peek() == 'u')
    ++pos;
  token.kind = Tok::Int;
  token.bits = value;
  token.text = text.substr(start, pos - start);
}

void Lexer::lexString(Token &token) {
  size_t start = ++pos;
  while (pos < text.size() && text[pos] != '"' && text[pos] != '\n')
    pos += text[pos] == '\\' && pos + 1 < text.size() ? 2 : 1;
  if (peek() != '"')
    return fail(token, "string is not closed on its line");
  token.kind = Tok::String;
  token.text = text.substr(start, pos - start);
  ++pos;
}

Token Lexer::next() {
  skipBlanks();
  Token token;
  token.line = line;
  token.column = static_cast<uint32_t>(pos - lineStart + 1);
  if (pos >= text.size())
    return token;
  char c = text[pos];
  token.text = text.substr(pos, 1);
  if (isWordStart(c)) {
    // A lone '%' or '$' is not a name; a lone '_' is the sink operand.
    lexIdent(token);
  } else if (isDigit(c)) {
    lexNumber(token);
  } else if (c == '"') {
    lexString(token);
  } else if (c == '.' && isWordStart(peek(1))) {
    size_t start = pos++;
    while (isWord(peek()) || (peek() == ':' && peek(1) == ':' && isWord(peek(2))))
      pos += peek() == ':' ? 2 : 1;
    token.kind = Tok::Directive;
    token.text = text.substr(start, pos - start);
  } else if (std::strchr(",;:{}[]()@!+-|<>=*", c) != nullptr && c != '\0') {
    token.kind = Tok::Punct;
    token.punct = c;
    ++pos;
  } else {
    fail(token, "unexpected character");
  }
  return token;
}

} // namespace azulejo::sim
